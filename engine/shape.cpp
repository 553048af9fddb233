#include "engine/shape.h"

#include <algorithm>
#include <limits>
#include <ostream>

#include "engine/error.h"

namespace unroll {

Shape::Shape(std::span<const int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
  require(sizes.size() <= kMaxRank, "shape: at most ", kMaxRank, " dimensions, got ", sizes.size());
  int64_t elements = 1;
  for (int axis = 0; axis < rank_; ++axis) {
    const int64_t size = sizes[static_cast<size_t>(axis)];
    require(size >= 0, "shape: size ", size, " of dimension ", axis, " is negative");
    require(size == 0 || elements <= std::numeric_limits<int64_t>::max() / 16 / size,
            "shape: too many elements");
    elements *= std::max<int64_t>(size, 1);
    sizes_[axis] = size;
  }
}

Shape Shape::without(int axis) const {
  Shape result = *this;
  if (axis < 0) axis += rank_;
  std::copy(sizes_ + axis + 1, sizes_ + rank_, result.sizes_ + axis);
  --result.rank_;
  return result;
}

Shape Shape::with(int axis, int64_t size) const {
  require(rank_ < kMaxRank, "shape: at most ", kMaxRank, " dimensions, ", str(), " has them all");
  Shape result = *this;
  std::copy(sizes_ + axis, sizes_ + rank_, result.sizes_ + axis + 1);
  result.sizes_[axis] = size;
  ++result.rank_;
  return result;
}

std::string Shape::str() const {
  std::string text = "(";
  for (int axis = 0; axis < rank_; ++axis)
    text += (axis == 0 ? "" : ", ") + std::to_string(sizes_[axis]);
  return text + ")";
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.str(); }

Shape broadcast(const char* op, const Shape& a, const Shape& b) {
  if (a == b) return a;
  const int rank = std::max(a.rank(), b.rank());
  Shape result = a.rank() >= b.rank() ? a : b;
  for (int axis = 1; axis <= rank; ++axis) {
    const int64_t of_a = axis <= a.rank() ? a[-axis] : 1;
    const int64_t of_b = axis <= b.rank() ? b[-axis] : 1;
    require(of_a == of_b || of_a == 1 || of_b == 1, "[", op, "] shapes ", a, " and ", b,
            " do not broadcast: sizes ", of_a, " and ", of_b,
            " differ, counted from the last dimension at ", axis);
    result.set(-axis, of_a == 1 ? of_b : of_a);
  }
  return result;
}

int checked_axis(const char* op, int axis, int rank) {
  require(axis >= -rank && axis < rank, "[", op, "] axis ", axis, " is out of range for ", rank,
          " dimensions");
  return axis < 0 ? axis + rank : axis;
}

AxisView view_axis(const Shape& shape, int axis) {
  AxisView view;
  for (int i = 0; i < axis; ++i) view.outer *= shape[i];
  view.size = shape[axis];
  for (int i = axis + 1; i < shape.rank(); ++i) view.inner *= shape[i];
  return view;
}

}  // namespace unroll
