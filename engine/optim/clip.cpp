#include <cmath>

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"
#include "engine/optim.h"
#include "kernels/optimizer.h"

namespace unroll::optim {
namespace {

double sum_of_squares(const Tensor& x) {
  const int64_t partial_sums = (x.numel() + kernels::kSumBlock - 1) / kernels::kSumBlock;
  const Workspace scratch(x.device(), static_cast<size_t>(partial_sums) * sizeof(double));
  Tensor sum({}, DType::f64, x.device());
  dispatch("clip_grad_norm", x, [&]<class T>(auto device, T) {
    kernels::sum_of_squares(device, x.numel(), x.data<T>(), static_cast<double*>(scratch.data()),
                            sum.mutable_data<double>());
  });
  return sum.item();
}

}  // namespace

double clip_grad_norm(const NamedTensors& parameters, double max_norm) {
  require(max_norm > 0.0, "clip_grad_norm: expected max_norm > 0, got ", max_norm);
  NoGrad no_grad;
  double sum = 0.0;
  for (const NamedTensor& parameter : parameters)
    if (const Tensor gradient = parameter.tensor.grad(); gradient.defined())
      sum += sum_of_squares(gradient);
  const double norm = std::sqrt(sum);
  // PyTorch's 1e-6 guards against 0/0 and shifts the result a little; kept for equal numbers.
  const double factor = max_norm / (norm + 1e-6);
  if (!std::isfinite(norm) || factor >= 1.0) return norm;
  for (const NamedTensor& parameter : parameters) {
    // Not in place: two parameters may have been given the same gradient tensor.
    Tensor tensor = parameter.tensor;
    if (const Tensor gradient = tensor.grad(); gradient.defined())
      tensor.set_grad(scale(gradient, factor));
  }
  return norm;
}

}  // namespace unroll::optim
