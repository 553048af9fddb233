#include "kernels/layer_norm.h"

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"

namespace unroll {
namespace {

struct LayerNorm {
  static constexpr const char* name = "layer_norm";
  double epsilon;

  Tensor forward(Context& context, const Tensor& x, const Tensor& weight,
                 const Tensor& bias) const {
    const int64_t features = x.shape().back(), rows = x.numel() / features;
    Tensor y(x.shape(), x.dtype(), x.device());
    Tensor mean({rows}, x.dtype(), x.device()), rstd({rows}, x.dtype(), x.device());
    dispatch(name, x, [&]<class T>(auto device, T) {
      kernels::layer_norm_forward(device, rows, features, epsilon, x.data<T>(),
                                  optional_data<T>(weight), optional_data<T>(bias),
                                  y.mutable_data<T>(), mean.mutable_data<T>(),
                                  rstd.mutable_data<T>());
    });
    context.save(x, weight, mean, rstd);
    return y;
  }

  void backward(Backward& pass) const {
    const Tensor &x = pass.saved(0), &weight = pass.saved(1);
    const Tensor &mean = pass.saved(2), &rstd = pass.saved(3), &dy = pass.d_output();
    const int64_t features = x.shape().back(), rows = x.numel() / features;
    if (pass.needs(0)) {
      Tensor dx(x.shape(), x.dtype(), x.device());
      dispatch(name, x, [&]<class T>(auto device, T) {
        kernels::layer_norm_backward(device, rows, features, x.data<T>(), optional_data<T>(weight),
                                     mean.data<T>(), rstd.data<T>(), dy.data<T>(),
                                     dx.mutable_data<T>());
      });
      pass.add(0, std::move(dx));
    }
    if (pass.needs(1)) {
      Tensor product({rows, features}, x.dtype(), x.device());
      dispatch(name, x, [&]<class T>(auto device, T) {
        kernels::layer_norm_backward_weight(device, rows, features, x.data<T>(), mean.data<T>(),
                                            rstd.data<T>(), dy.data<T>(),
                                            product.mutable_data<T>());
      });
      pass.add(1, sum(product, 0));
    }
    if (pass.needs(2)) pass.add(2, sum(dy.view({rows, features}), 0));
  }
};

}  // namespace

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon) {
  const char* op = LayerNorm::name;
  require(x.rank() >= 1 && x.shape().back() > 0, "[", op,
          "] x: expected (..., features) with at least one feature, got ", x.shape());
  require(epsilon >= 0, "[", op, "] epsilon: expected at least 0, got ", epsilon);
  for (const auto& [argument, tensor] : {std::pair{"weight", &weight}, {"bias", &bias}}) {
    check_like(op, argument, *tensor, x);
    if (tensor->defined()) check_shape(op, argument, *tensor, {x.shape().back()}, "(features)");
  }
  return apply(LayerNorm{epsilon}, x, weight, bias);
}

}  // namespace unroll
