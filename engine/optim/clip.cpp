#include <cmath>
#include <numeric>

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

double clip_grad_norm(const NamedTensors& parameters, double max_norm) {
  require(max_norm > 0.0, "clip_grad_norm: expected max_norm > 0, got ", max_norm);
  NoGrad no_grad;
  Tensors gradients;
  for (const NamedTensor& parameter : parameters)
    if (Tensor gradient = parameter.tensor.grad(); gradient.defined())
      gradients.push_back(std::move(gradient));
  if (gradients.empty()) return 0.0;
  // All sums are left on the device and read together: waiting for a GPU once is enough.
  const int64_t count = static_cast<int64_t>(gradients.size());
  const Tensor sums({count}, DType::f64, gradients[0].device());
  for (int64_t i = 0; i < count; ++i)
    sum_of_squares(gradients[static_cast<size_t>(i)], sums.view_rows(i, i + 1));
  const std::vector<double> on_host = sums.to_vector<double>();
  const double norm = std::sqrt(std::accumulate(on_host.begin(), on_host.end(), 0.0));
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
