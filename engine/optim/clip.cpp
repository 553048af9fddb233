#include "engine/optim/clip.h"

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"
#include "engine/optim.h"
#include "kernels/optimizer.h"

namespace unroll::optim {
namespace {

// Writes Σ x² to `sum`, one element of f64 on the device of x.
void sum_of_squares(const Tensor& x, Tensor sum) {
  const int64_t partial_sums = (x.numel() + kernels::kSumBlock - 1) / kernels::kSumBlock;
  const Workspace scratch(x.device(), static_cast<size_t>(partial_sums) * sizeof(double));
  dispatch("clip_grad_norm", x, [&]<class T>(auto device, T) {
    kernels::sum_of_squares(device, x.numel(), x.data<T>(), static_cast<double*>(scratch.data()),
                            sum.mutable_data<double>());
  });
}

}  // namespace

Tensor clipping_of(const NamedTensors& parameters, double max_norm) {
  require(max_norm > 0.0, "clip_grad_norm: expected max_norm > 0, got ", max_norm);
  Tensors gradients;
  for (const NamedTensor& parameter : parameters)
    if (Tensor gradient = parameter.tensor.grad(); gradient.defined())
      gradients.push_back(std::move(gradient));
  if (gradients.empty()) return Tensor();
  const int64_t count = static_cast<int64_t>(gradients.size());
  const Device device = gradients[0].device();
  const Tensor sums({count}, DType::f64, device);
  for (int64_t i = 0; i < count; ++i)
    sum_of_squares(gradients[static_cast<size_t>(i)], sums.view_rows(i, i + 1));
  static_assert(sizeof(kernels::Clipping) == 2 * sizeof(double));
  Tensor clipping({2}, DType::f64, device);
  dispatch_device("clip_grad_norm", device, [&](auto tag) {
    kernels::clip_norm(tag, count, sums.data<double>(), max_norm,
                       reinterpret_cast<kernels::Clipping*>(clipping.mutable_data<double>()));
  });
  return clipping;
}

double clip_grad_norm(const NamedTensors& parameters, double max_norm) {
  const NoGrad no_grad;
  const Tensor clipping = clipping_of(parameters, max_norm);
  if (!clipping.defined()) return 0.0;
  const std::vector<double> on_host = clipping.to_vector<double>();
  const double norm = on_host[0], factor = on_host[1];
  if (factor == 0.0 || factor == 1.0) return norm;
  for (const NamedTensor& parameter : parameters) {
    // Not in place: two parameters may have been given the same gradient tensor.
    Tensor tensor = parameter.tensor;
    if (const Tensor gradient = tensor.grad(); gradient.defined())
      tensor.set_grad(scale(gradient, factor));
  }
  return norm;
}

}  // namespace unroll::optim
