#include "engine/nn/init.h"

#include <cmath>
#include <vector>

#include "engine/autograd.h"
#include "engine/error.h"

namespace unroll::nn::init {
namespace {

void set(Tensor& parameter, const Tensor& values) {
  NoGrad no_grad;
  assign(parameter, cast(values, parameter.dtype()));
}

void check_matrix(const char* initialiser, const Tensor& weight) {
  require(weight.rank() == 2, "[", initialiser, "] weight: expected 2 dimensions (out, in), got ",
          weight.shape());
}

double fan_sum(const Tensor& weight) {
  return static_cast<double>(weight.size(0) + weight.size(1));
}

double dot(const double* a, const double* b, int64_t n) {
  double sum = 0.0;
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// Makes the `count` rows of length n orthonormal; count ≤ n. Each row is projected twice, since
// rounding leaves a part of the earlier rows after the first time.
void orthonormalise(std::vector<double>& rows, int64_t count, int64_t n) {
  for (int64_t i = 0; i < count; ++i) {
    double* row = &rows[static_cast<size_t>(i * n)];
    for (int64_t j = 0; j < 2 * i; ++j) {
      const double* earlier = &rows[static_cast<size_t>(j % i * n)];
      const double overlap = dot(row, earlier, n);
      for (int64_t k = 0; k < n; ++k) row[k] -= overlap * earlier[k];
    }
    const double length = std::sqrt(dot(row, row, n));
    for (int64_t k = 0; k < n; ++k) row[k] /= length;
  }
}

}  // namespace

void constant(Tensor parameter, double value) {
  set(parameter, full(parameter.shape(), value, parameter.dtype()));
}

void uniform(Tensor parameter, double low, double high, Random& random) {
  set(parameter, unroll::uniform(parameter.shape(), low, high, random, parameter.dtype()));
}

void normal(Tensor parameter, double mean, double deviation, Random& random) {
  std::vector<double> values =
      randn(parameter.shape(), random, DType::f64, Device::cpu).to_vector<double>();
  for (double& value : values) value = mean + deviation * value;
  set(parameter, from_vector(values, parameter.shape()));
}

void xavier_uniform(Tensor weight, Random& random, double gain) {
  check_matrix("xavier_uniform", weight);
  const double bound = gain * std::sqrt(6.0 / fan_sum(weight));
  uniform(weight, -bound, bound, random);
}

void xavier_normal(Tensor weight, Random& random, double gain) {
  check_matrix("xavier_normal", weight);
  normal(weight, 0.0, gain * std::sqrt(2.0 / fan_sum(weight)), random);
}

void orthogonal(Tensor weight, Random& random, double gain) {
  check_matrix("orthogonal", weight);
  const int64_t out = weight.size(0), in = weight.size(1);
  const bool wide = out <= in;
  const int64_t count = wide ? out : in, length = wide ? in : out;
  std::vector<double> rows =
      randn({count, length}, random, DType::f64, Device::cpu).to_vector<double>();
  orthonormalise(rows, count, length);
  std::vector<double> values(rows.size());
  for (int64_t i = 0; i < out; ++i)
    for (int64_t j = 0; j < in; ++j)
      values[static_cast<size_t>(i * in + j)] =
          gain * rows[static_cast<size_t>(wide ? i * in + j : j * out + i)];
  set(weight, from_vector(values, weight.shape()));
}

}  // namespace unroll::nn::init
