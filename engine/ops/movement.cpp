// Ops that give elements a new place: concat, stack, slice, select, reshape, transpose.
#include <algorithm>

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"
#include "kernels/copy.h"

namespace unroll {
namespace {

// The range [begin, end) of an axis: a view of the leading axis, a copy of any other.
Tensor cut(const Tensor& x, int axis, int64_t begin, int64_t end) {
  if (axis == 0) return x.view_rows(begin, end);
  Shape shape = x.shape();
  shape.set(axis, end - begin);
  Tensor y(shape, x.dtype(), x.device());
  const AxisView view = view_axis(x.shape(), axis);
  const int64_t columns = (end - begin) * view.inner;
  dispatch_any("slice", x, [&]<class T>(auto device, T) {
    kernels::copy_rows(device, view.outer, columns, view.size * view.inner,
                       x.data<T>() + begin * view.inner, columns, y.mutable_data<T>());
  });
  return y;
}

// Tensors laid one after another along an axis of the result, part i with sizes[i] of it.
struct Join {
  int axis;
  std::vector<int64_t> sizes;
  Shape shape;  // of the result

  Tensor forward(Context&, const Tensors& parts) const {
    Tensor y(shape, parts[0].dtype(), parts[0].device());
    const AxisView view = view_axis(shape, axis);
    dispatch_any("concat", y, [&]<class T>(auto device, T) {
      T* to = y.mutable_data<T>();
      for (size_t i = 0; i < parts.size(); ++i) {
        const int64_t columns = sizes[i] * view.inner;
        kernels::copy_rows(device, view.outer, columns, columns, parts[i].data<T>(),
                           view.size * view.inner, to);
        to += columns;
      }
    });
    return y;
  }

  void backward(Backward& pass) const {
    const Tensor& dy = pass.d_output();
    int64_t begin = 0;
    for (size_t i = 0; i < sizes.size(); ++i) {
      const int64_t end = begin + sizes[i];
      if (pass.needs(i)) pass.add(i, cut(dy, axis, begin, end).view(pass.input_shape(i)));
      begin = end;
    }
  }
};

struct Concat : Join {
  static constexpr const char* name = "concat";
};

struct Stack : Join {
  static constexpr const char* name = "stack";
};

// The range [begin, end) of an axis. The gradient is added in place into the same range of the
// input's gradient, so that taking every x[t] of a sequence costs time linear in its length.
struct Range {
  int axis;
  int64_t begin, end;

  void backward(Backward& pass) const {
    if (!pass.needs(0)) return;
    const Tensor& dy = pass.d_output();
    Tensor& dx = pass.sum_of(0);
    const AxisView view = view_axis(dx.shape(), axis);
    const int64_t columns = (end - begin) * view.inner;
    dispatch("slice", dy, [&]<class T>(auto device, T) {
      kernels::add_rows(device, view.outer, columns, columns, dy.data<T>(), view.size * view.inner,
                        dx.mutable_data<T>() + begin * view.inner);
    });
  }
};

struct Slice : Range {
  static constexpr const char* name = "slice";
  Tensor forward(Context&, const Tensor& x) const { return cut(x, axis, begin, end); }
};

struct Select : Range {
  static constexpr const char* name = "select";
  Tensor forward(Context&, const Tensor& x) const {
    return cut(x, axis, begin, end).view(x.shape().without(axis));
  }
};

struct Reshape {
  static constexpr const char* name = "reshape";
  Shape shape;

  Tensor forward(Context&, const Tensor& x) const { return x.view(shape); }

  void backward(Backward& pass) const {
    if (pass.needs(0)) pass.add(0, pass.d_output().view(pass.input_shape(0)));
  }
};

struct TransposeAxes {
  static constexpr const char* name = "transpose";
  int a, b;  // a < b

  Tensor forward(Context&, const Tensor& x) const { return exchanged(x); }

  void backward(Backward& pass) const { pass.add(0, exchanged(pass.d_output())); }

 private:
  Tensor exchanged(const Tensor& x) const {
    const AxisView before_b = view_axis(x.shape(), b), before_a = view_axis(x.shape(), a);
    int64_t middle = 1;
    for (int axis = a + 1; axis < b; ++axis) middle *= x.size(axis);
    const kernels::TransposeSizes sizes{before_a.outer, before_a.size, middle, before_b.size,
                                        before_b.inner};
    Shape shape = x.shape();
    shape.set(a, x.size(b));
    shape.set(b, x.size(a));
    Tensor y(shape, x.dtype(), x.device());
    dispatch_any(name, x, [&]<class T>(auto device, T) {
      kernels::transpose(device, sizes, x.data<T>(), y.mutable_data<T>());
    });
    return y;
  }
};

// Throws `Error` unless part i has `shape`, which `meaning` explains, and the first part's dtype
// and device.
void check_part(const char* op, const Tensors& parts, size_t i, const Shape& shape,
                const char* meaning) {
  if (parts[i].shape() == shape && parts[i].dtype() == parts[0].dtype() &&
      parts[i].device() == parts[0].device())
    return;
  const std::string argument = concat_message("part ", i);
  check_like(op, argument.c_str(), parts[i], parts[0]);
  check_shape(op, argument.c_str(), parts[i], shape, meaning);
}

}  // namespace

Tensor concat(const Tensors& parts, int axis) {
  require(!parts.empty(), "[concat] expected at least one tensor, got none");
  Shape shape = parts[0].shape();
  axis = checked_axis("concat", axis, shape.rank());
  std::vector<int64_t> sizes;
  int64_t total = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool fits = parts[i].rank() == shape.rank();
    shape.set(axis, fits ? parts[i].size(axis) : parts[0].size(axis));
    check_part("concat", parts, i, shape, "the shape of part 0, free along the axis");
    sizes.push_back(shape[axis]);
    total += shape[axis];
  }
  shape.set(axis, total);
  return unroll::apply(Concat{{axis, std::move(sizes), shape}}, parts);
}

Tensor stack(const Tensors& parts, int axis) {
  require(!parts.empty(), "[stack] expected at least one tensor, got none");
  const Shape& part = parts[0].shape();
  axis = checked_axis("stack", axis, part.rank() + 1);
  for (size_t i = 0; i < parts.size(); ++i)
    check_part("stack", parts, i, part, "the shape of part 0");
  const Shape shape = part.with(axis, static_cast<int64_t>(parts.size()));
  return unroll::apply(Stack{{axis, std::vector<int64_t>(parts.size(), 1), shape}}, parts);
}

Tensor slice(const Tensor& x, int axis, int64_t begin, int64_t end) {
  axis = checked_axis("slice", axis, x.rank());
  require(0 <= begin && begin <= end && end <= x.size(axis), "[slice] range [", begin, ", ", end,
          ") of axis ", axis, " is out of range for shape ", x.shape());
  return apply(Slice{{axis, begin, end}}, x);
}

Tensor select(const Tensor& x, int64_t index) {
  require(x.rank() > 0, "[select] a scalar has no leading axis");
  require(0 <= index && index < x.size(0), "[select] index ", index, " is out of range for shape ",
          x.shape());
  return apply(Select{{0, index, index + 1}}, x);
}

Tensor reshape(const Tensor& x, std::vector<int64_t> sizes) {
  const auto free = std::find(sizes.begin(), sizes.end(), -1);
  const int free_axis = free == sizes.end() ? -1 : static_cast<int>(free - sizes.begin());
  if (free_axis >= 0) *free = 1;
  Shape shape(sizes);
  const int64_t known = shape.numel(), left = known == 0 ? 0 : x.numel() / known;
  if (free_axis >= 0) shape.set(free_axis, left);
  if (shape.numel() == x.numel() && (free_axis < 0 || known > 0)) return apply(Reshape{shape}, x);
  if (free_axis >= 0) shape.set(free_axis, -1);
  throw Error(concat_message("[reshape] the ", x.numel(), " elements of ", x.shape(),
                             " cannot be arranged as ", shape));
}

Tensor transpose(const Tensor& x, int axis_a, int axis_b) {
  axis_a = checked_axis("transpose", axis_a, x.rank());
  axis_b = checked_axis("transpose", axis_b, x.rank());
  if (axis_a == axis_b) return x;
  return apply(TransposeAxes{std::min(axis_a, axis_b), std::max(axis_a, axis_b)}, x);
}

}  // namespace unroll
