#include "engine/nn/layers.h"

#include <cmath>

#include "engine/error.h"
#include "engine/nn/init.h"
#include "engine/ops.h"

namespace unroll::nn {
namespace {

// Throws `Error` unless the last dimension of x has `features` elements.
void check_features(const char* layer, const Tensor& x, int64_t features) {
  require(x.rank() >= 1 && x.size(-1) == features, "[", layer, "] input: expected (…, ", features,
          "), got ", x.shape());
}

void check_sizes(const char* layer, const Module& module, std::initializer_list<int64_t> sizes) {
  for (int64_t size : sizes)
    require(size >= 1, "[", layer, "] ", module.path(), ": expected sizes of at least 1, got ",
            size);
}

}  // namespace

Linear::Linear(Module& parent, std::string_view name, int64_t in_features, int64_t out_features,
               bool with_bias)
    : Module(parent, name) {
  check_sizes("Linear", *this, {in_features, out_features});
  const double bound = 1.0 / std::sqrt(static_cast<double>(in_features));
  add_parameter("weight", weight, {out_features, in_features});
  Random weight_random = random("init.weight");
  init::uniform(weight, -bound, bound, weight_random);
  if (!with_bias) return;
  add_parameter("bias", bias, {out_features});
  Random bias_random = random("init.bias");
  init::uniform(bias, -bound, bound, bias_random);
}

Tensor Linear::operator()(const Tensor& x) const {
  const int64_t in = weight.size(1), out = weight.size(0);
  check_features("Linear", x, in);
  Shape shape = x.shape();
  shape.set(-1, out);
  const Tensor rows = x.rank() == 2 ? x : reshape(x, {x.numel() / in, in});
  Tensor y = matmul(rows, weight, {.b = true});
  if (bias.defined()) y = y + bias;
  return x.rank() == 2 ? y : reshape(y, {shape.begin(), shape.end()});
}

Embedding::Embedding(Module& parent, std::string_view name, int64_t vocabulary, int64_t features)
    : Module(parent, name) {
  check_sizes("Embedding", *this, {vocabulary, features});
  add_parameter("weight", weight, {vocabulary, features});
  Random weight_random = random("init.weight");
  init::normal(weight, 0.0, 1.0, weight_random);
}

Tensor Embedding::operator()(const Tensor& tokens) const { return embedding(weight, tokens); }

LayerNorm::LayerNorm(Module& parent, std::string_view name, int64_t features, double epsilon)
    : Module(parent, name), epsilon_(epsilon) {
  check_sizes("LayerNorm", *this, {features});
  add_parameter("weight", weight, {features});
  init::constant(weight, 1.0);
  add_parameter("bias", bias, {features});
}

Tensor LayerNorm::operator()(const Tensor& x) const {
  check_features("LayerNorm", x, weight.size(0));
  return layer_norm(x, weight, bias, epsilon_);
}

Dropout::Dropout(Module& parent, std::string_view name, double p)
    : Module(parent, name), p_(p), random_(random("dropout")) {
  require(p >= 0.0 && p < 1.0, "[Dropout] ", path(), ": expected 0 <= p < 1, got ", p);
  add_random("dropout", random_);
}

Tensor Dropout::operator()(const Tensor& x) {
  return training() && p_ > 0.0 ? dropout(x, p_, random_) : x;
}

}  // namespace unroll::nn
