// The sizes of a tensor's dimensions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace unroll {

/// Up to `kMaxRank` sizes, held in place. Rank 0 is a scalar with one element.
class Shape {
 public:
  static constexpr int kMaxRank = 6;

  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  /// Throws `Error` for more than `kMaxRank` sizes, a negative size, or more elements than an
  /// address can reach.
  explicit Shape(std::span<const int64_t> sizes);

  int rank() const { return rank_; }
  int64_t numel() const {
    int64_t elements = 1;
    for (int64_t size : *this) elements *= size;
    return elements;
  }

  /// The size of dimension `axis`; negative axes count from the end.
  int64_t operator[](int axis) const { return sizes_[axis < 0 ? axis + rank_ : axis]; }
  void set(int axis, int64_t size) { sizes_[axis < 0 ? axis + rank_ : axis] = size; }
  int64_t back() const { return sizes_[rank_ - 1]; }

  const int64_t* begin() const { return sizes_; }
  const int64_t* end() const { return sizes_ + rank_; }

  /// This shape without dimension `axis`, or with a dimension of `size` put in before it.
  Shape without(int axis) const;
  Shape with(int axis, int64_t size) const;

  bool operator==(const Shape& other) const {
    bool equal = rank_ == other.rank_;
    for (int axis = 0; equal && axis < rank_; ++axis) equal = sizes_[axis] == other.sizes_[axis];
    return equal;
  }

  /// "(2, 3)"; "()" for a scalar, "(5)" for a vector.
  std::string str() const;

 private:
  int64_t sizes_[kMaxRank] = {};
  int rank_ = 0;
};

std::ostream& operator<<(std::ostream& out, const Shape& shape);

/// NumPy's broadcast of two shapes. Throws `Error` naming `op` and both shapes where they clash.
Shape broadcast(const char* op, const Shape& a, const Shape& b);

/// `axis` counted from the front. Throws `Error` naming `op` unless −rank ≤ axis < rank.
int checked_axis(const char* op, int axis, int rank);

/// A shape seen from one axis: (outer, size, inner), with outer and inner the products of the sizes
/// before and after it.
struct AxisView {
  int64_t outer = 1, size = 1, inner = 1;
};
AxisView view_axis(const Shape& shape, int axis);

}  // namespace unroll
