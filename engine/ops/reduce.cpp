// Reductions over one axis or all elements.
#include "kernels/reduce.h"

#include <limits>

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"

namespace unroll {
namespace {

// What is reduced, and to which shape.
struct Axis {
  AxisView view;
  Shape result;
};

Axis along(const char* op, const Tensor& x, int axis, bool keep_dim) {
  axis = checked_axis(op, axis, x.rank());
  Shape result = x.shape().without(axis);
  if (keep_dim) result = result.with(axis, 1);
  return {view_axis(x.shape(), axis), result};
}

Axis along_all(const Tensor& x) { return {{1, x.numel(), 1}, {}}; }

void require_elements(const char* op, const Tensor& x, const Axis& axis) {
  require(axis.view.size > 0, "[", op, "] nothing to reduce in shape ", x.shape());
}

struct Sum {
  static constexpr const char* name = "sum";
  Axis axis;

  Tensor forward(Context&, const Tensor& x) const {
    const AxisView& view = axis.view;
    Tensor y(axis.result, x.dtype(), x.device());
    const int64_t scratch = kernels::sum_workspace(view.outer, view.size, view.inner);
    Workspace workspace(x.device(), static_cast<size_t>(scratch) * size_of(x.dtype()));
    dispatch(name, x, [&]<class T>(auto device, T) {
      kernels::sum_forward(device, view.outer, view.size, view.inner, x.data<T>(),
                           y.mutable_data<T>(), static_cast<T*>(workspace.data()));
    });
    return y;
  }

  void backward(Backward& pass) const {
    if (!pass.needs(0)) return;
    const Tensor& dy = pass.d_output();
    Tensor dx(pass.input_shape(0), dy.dtype(), dy.device());
    dispatch(name, dy, [&]<class T>(auto device, T) {
      kernels::sum_backward(device, axis.view.outer, axis.view.size, axis.view.inner, dy.data<T>(),
                            dx.mutable_data<T>());
    });
    pass.add(0, std::move(dx));
  }
};

struct MaxResult {
  Tensor values, indices;
};

MaxResult max_and_index(const char* op, const Axis& axis, const Tensor& x) {
  require_elements(op, x, axis);
  require(axis.view.size <= std::numeric_limits<int32_t>::max(), "[", op, "] ", axis.view.size,
          " elements along one axis are more than an i32 index can count");
  MaxResult result{Tensor(axis.result, x.dtype(), x.device()),
                   Tensor(axis.result, DType::i32, x.device())};
  dispatch(op, x, [&]<class T>(auto device, T) {
    kernels::max_forward(device, axis.view.outer, axis.view.size, axis.view.inner, x.data<T>(),
                         result.values.mutable_data<T>(), result.indices.mutable_data<int32_t>());
  });
  return result;
}

struct Max {
  static constexpr const char* name = "max";
  Axis axis;

  Tensor forward(Context& context, const Tensor& x) const {
    MaxResult result = max_and_index(name, axis, x);
    context.save(result.indices);
    return result.values;
  }

  void backward(Backward& pass) const {
    if (!pass.needs(0)) return;
    const Tensor& dy = pass.d_output();
    Tensor dx(pass.input_shape(0), dy.dtype(), dy.device());
    dispatch(name, dy, [&]<class T>(auto device, T) {
      kernels::max_backward(device, axis.view.outer, axis.view.size, axis.view.inner,
                            pass.saved(0).data<int32_t>(), dy.data<T>(), dx.mutable_data<T>());
    });
    pass.add(0, std::move(dx));
  }
};

struct LogSumExp {
  static constexpr const char* name = "logsumexp";
  Axis axis;

  Tensor forward(Context& context, const Tensor& x) const {
    require_elements(name, x, axis);
    Tensor y(axis.result, x.dtype(), x.device());
    dispatch(name, x, [&]<class T>(auto device, T) {
      kernels::logsumexp_forward(device, axis.view.outer, axis.view.size, axis.view.inner,
                                 x.data<T>(), y.mutable_data<T>());
    });
    context.save(x, y);
    return y;
  }

  void backward(Backward& pass) const {
    const Tensor& x = pass.saved(0);
    Tensor dx(x.shape(), x.dtype(), x.device());
    dispatch(name, x, [&]<class T>(auto device, T) {
      kernels::logsumexp_backward(device, axis.view.outer, axis.view.size, axis.view.inner,
                                  x.data<T>(), pass.saved(1).data<T>(), pass.d_output().data<T>(),
                                  dx.mutable_data<T>());
    });
    pass.add(0, std::move(dx));
  }
};

Tensor mean_of(const Tensor& x, const Axis& axis) {
  require_elements("mean", x, axis);
  return scale(apply(Sum{axis}, x), 1.0 / static_cast<double>(axis.view.size));
}

}  // namespace

Tensor sum(const Tensor& x) { return apply(Sum{along_all(x)}, x); }
Tensor mean(const Tensor& x) { return mean_of(x, along_all(x)); }
Tensor max(const Tensor& x) { return apply(Max{along_all(x)}, x); }
Tensor logsumexp(const Tensor& x) { return apply(LogSumExp{along_all(x)}, x); }

Tensor sum(const Tensor& x, int axis, bool keep_dim) {
  return apply(Sum{along("sum", x, axis, keep_dim)}, x);
}
Tensor mean(const Tensor& x, int axis, bool keep_dim) {
  return mean_of(x, along("mean", x, axis, keep_dim));
}
Tensor max(const Tensor& x, int axis, bool keep_dim) {
  return apply(Max{along("max", x, axis, keep_dim)}, x);
}
Tensor logsumexp(const Tensor& x, int axis, bool keep_dim) {
  return apply(LogSumExp{along("logsumexp", x, axis, keep_dim)}, x);
}

Tensor argmax(const Tensor& x, int axis) {
  return max_and_index("argmax", along("argmax", x, axis, false), x).indices;
}

}  // namespace unroll
