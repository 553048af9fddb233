#include "kernels/softmax.h"

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"

namespace unroll {
namespace {

struct Softmax {
  static constexpr const char* name = "softmax";
  AxisView view;

  Tensor forward(Context& context, const Tensor& x) const {
    Tensor y(x.shape(), x.dtype(), x.device());
    dispatch(name, x, [&]<class T>(auto device, T) {
      kernels::softmax_forward(device, view.outer, view.size, view.inner, x.data<T>(),
                               y.mutable_data<T>());
    });
    context.save(y);
    return y;
  }

  void backward(Backward& pass) const {
    const Tensor& dy = pass.d_output();
    Tensor dx(dy.shape(), dy.dtype(), dy.device());
    dispatch(name, dy, [&]<class T>(auto device, T) {
      kernels::softmax_backward(device, view.outer, view.size, view.inner, pass.saved(0).data<T>(),
                                dy.data<T>(), dx.mutable_data<T>());
    });
    pass.add(0, std::move(dx));
  }
};

struct LogSoftmax {
  static constexpr const char* name = "log_softmax";
  AxisView view;

  Tensor forward(Context& context, const Tensor& x) const {
    Tensor y(x.shape(), x.dtype(), x.device());
    dispatch(name, x, [&]<class T>(auto device, T) {
      kernels::log_softmax_forward(device, view.outer, view.size, view.inner, x.data<T>(),
                                   y.mutable_data<T>());
    });
    context.save(y);
    return y;
  }

  void backward(Backward& pass) const {
    const Tensor& dy = pass.d_output();
    Tensor dx(dy.shape(), dy.dtype(), dy.device());
    dispatch(name, dy, [&]<class T>(auto device, T) {
      kernels::log_softmax_backward(device, view.outer, view.size, view.inner,
                                    pass.saved(0).data<T>(), dy.data<T>(), dx.mutable_data<T>());
    });
    pass.add(0, std::move(dx));
  }
};

}  // namespace

Tensor softmax(const Tensor& x, int axis) {
  return apply(Softmax{view_axis(x.shape(), checked_axis("softmax", axis, x.rank()))}, x);
}

Tensor log_softmax(const Tensor& x, int axis) {
  return apply(LogSoftmax{view_axis(x.shape(), checked_axis("log_softmax", axis, x.rank()))}, x);
}

}  // namespace unroll
