// Ops that pick elements by index or mask: embedding, gather, where, masked_fill.
#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"
#include "kernels/gather.h"
#include "kernels/where.h"

namespace unroll {
namespace {

// "(2, 0)": where in `shape` the element number `flat` stands.
std::string position(const Shape& shape, int64_t flat) {
  std::string text;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    text = std::to_string(flat % shape[axis]) + (text.empty() ? "" : ", ") + text;
    flat /= shape[axis];
  }
  return "(" + text + ")";
}

// Throws `Error` unless `indices` are i32 on the device of `x` and 0 ≤ index < size, which
// `meaning` explains.
void check_indices(const char* op, const Tensor& indices, const Tensor& x, int64_t size,
                   const char* meaning) {
  check_i32(op, "indices", indices);
  check_device(op, "indices", indices, x);
  require(size > 0 || indices.numel() == 0, "[", op, "] indices: expected none, as ", meaning,
          " is 0, got ", indices.numel());
  int64_t invalid = -1;
  dispatch_device(op, x.device(), [&](auto device) {
    constexpr int32_t kNoneAllowed = 0;  // besides those in range, which 0 is
    invalid = kernels::check_indices(device, op, indices.numel(), indices.data<int32_t>(), size,
                                     kNoneAllowed);
  });
  if (invalid < 0) return;
  throw Error(concat_message("[", op, "] indices: expected 0 <= index < ", size, " = ", meaning,
                             ", got ", indices.view({indices.numel()}).at({invalid}),
                             " at position ", position(indices.shape(), invalid)));
}

struct Embedding {
  static constexpr const char* name = "embedding";

  Tensor forward(Context& context, const Tensor& weight, const Tensor& indices) const {
    check_indices(name, indices, weight, weight.size(0), "the vocabulary size");
    const int64_t features = weight.size(1);
    Tensor y(indices.shape().with(indices.rank(), features), weight.dtype(), weight.device());
    dispatch(name, weight, [&]<class T>(auto device, T) {
      kernels::embedding_forward(device, sizes(weight, indices), weight.data<T>(),
                                 indices.data<int32_t>(), y.mutable_data<T>());
    });
    context.save(indices);
    return y;
  }

  void backward(Backward& pass) const {
    if (!pass.needs(0)) return;
    const Tensor& dy = pass.d_output();
    const Tensor& indices = pass.saved(0);
    Tensor& d_weight = pass.sum_of(0);
    dispatch(name, dy, [&]<class T>(auto device, T) {
      const Workspace workspace(dy.device(),
                                static_cast<size_t>(kernels::embedding_backward_workspace(
                                    device, sizes(d_weight, indices))));
      kernels::embedding_backward(device, sizes(d_weight, indices), dy.data<T>(),
                                  indices.data<int32_t>(), d_weight.mutable_data<T>(),
                                  workspace.data());
    });
  }

 private:
  static kernels::EmbeddingSizes sizes(const Tensor& weight, const Tensor& indices) {
    return {weight.size(0), indices.numel(), weight.size(1)};
  }
};

struct Gather {
  static constexpr const char* name = "gather";
  int axis;

  Tensor forward(Context& context, const Tensor& x, const Tensor& indices) const {
    check_indices(name, indices, x, x.size(axis), "the size of the axis");
    Tensor y(indices.shape(), x.dtype(), x.device());
    dispatch_any(name, x, [&]<class T>(auto device, T) {
      kernels::gather_forward(device, sizes(x, indices), x.data<T>(), indices.data<int32_t>(),
                              y.mutable_data<T>());
    });
    context.save(indices);
    return y;
  }

  void backward(Backward& pass) const {
    if (!pass.needs(0)) return;
    const Tensor& dy = pass.d_output();
    const Tensor& indices = pass.saved(0);
    Tensor& dx = pass.sum_of(0);
    dispatch(name, dy, [&]<class T>(auto device, T) {
      kernels::gather_backward(device, sizes(dx, indices), dy.data<T>(), indices.data<int32_t>(),
                               dx.mutable_data<T>());
    });
  }

 private:
  kernels::GatherSizes sizes(const Tensor& x, const Tensor& indices) const {
    const AxisView view = view_axis(x.shape(), axis);
    return {view.outer, view.size, indices.size(axis), view.inner};
  }
};

// x with `value` where the mask is true, or with `where_true` = false, where it is not.
Tensor filled(const Tensor& x, const Tensor& mask, bool where_true, double value) {
  Tensor y(x.shape(), x.dtype(), x.device());
  dispatch_any("masked_fill", x, [&]<class T>(auto device, T) {
    kernels::masked_fill(device, x.numel(), mask.data<int32_t>(), where_true, static_cast<T>(value),
                         x.data<T>(), y.mutable_data<T>());
  });
  return y;
}

struct Where {
  static constexpr const char* name = "where";

  Tensor forward(Context& context, const Tensor& mask, const Tensor& a, const Tensor& b) const {
    Tensor y(a.shape(), a.dtype(), a.device());
    dispatch_any(name, a, [&]<class T>(auto device, T) {
      kernels::where(device, a.numel(), mask.data<int32_t>(), a.data<T>(), b.data<T>(),
                     y.mutable_data<T>());
    });
    context.save(mask);
    return y;
  }

  void backward(Backward& pass) const {
    if (pass.needs(1)) pass.add(1, filled(pass.d_output(), pass.saved(0), false, 0.0));
    if (pass.needs(2)) pass.add(2, filled(pass.d_output(), pass.saved(0), true, 0.0));
  }
};

struct MaskedFill {
  static constexpr const char* name = "masked_fill";
  double value;

  Tensor forward(Context& context, const Tensor& x, const Tensor& mask) const {
    context.save(mask);
    return filled(x, mask, true, value);
  }

  void backward(Backward& pass) const {
    pass.add(0, filled(pass.d_output(), pass.saved(0), true, 0.0));
  }
};

// Throws `Error` unless `mask` is an i32 tensor beside `x` of its shape.
void check_mask(const char* op, const Tensor& mask, const Tensor& x, const char* meaning) {
  check_i32(op, "mask", mask);
  check_device(op, "mask", mask, x);
  check_shape(op, "mask", mask, x.shape(), meaning);
}

}  // namespace

Tensor embedding(const Tensor& weight, const Tensor& indices) {
  check_rank("embedding", "weight", weight, 2, "(vocabulary, features)");
  return apply(Embedding{}, weight, indices);
}

Tensor gather(const Tensor& x, int axis, const Tensor& indices) {
  axis = checked_axis("gather", axis, x.rank());
  Shape shape = x.shape();
  if (indices.rank() == x.rank()) shape.set(axis, indices.size(axis));
  check_shape("gather", "indices", indices, shape, "the shape of x, free along the axis");
  return apply(Gather{axis}, x, indices);
}

Tensor where(const Tensor& mask, const Tensor& a, const Tensor& b) {
  check_mask("where", mask, a, "the shape of a");
  check_like("where", "b", b, a);
  check_shape("where", "b", b, a.shape(), "the shape of a");
  return apply(Where{}, mask, a, b);
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, double value) {
  check_mask("masked_fill", mask, x, "the shape of x");
  return apply(MaskedFill{value}, x, mask);
}

}  // namespace unroll
