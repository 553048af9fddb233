// Linear, Embedding, LayerNorm, Dropout.
#pragma once

#include "engine/nn/module.h"

namespace unroll::nn {

/// y = x·Wᵀ + b. W and b are drawn from U(−1/√in, 1/√in), as PyTorch does.
class Linear : public Module {
 public:
  Linear(Module& parent, std::string_view name, int64_t in_features, int64_t out_features,
         bool bias = true);
  /// x: (…, in_features); returns (…, out_features).
  Tensor operator()(const Tensor& x) const;

  Tensor weight;  // (out_features, in_features)
  Tensor bias;    // (out_features), or undefined
};

/// A learned vector for each of `vocabulary` tokens, drawn from N(0, 1).
class Embedding : public Module {
 public:
  Embedding(Module& parent, std::string_view name, int64_t vocabulary, int64_t features);
  /// tokens: i32, any shape; returns (tokens…, features).
  Tensor operator()(const Tensor& tokens) const;

  Tensor weight;  // (vocabulary, features)
};

/// Normalises the last dimension to mean 0 and variance 1, then scales and shifts it: `layer_norm`
/// of ops.h.
class LayerNorm : public Module {
 public:
  LayerNorm(Module& parent, std::string_view name, int64_t features, double epsilon = 1e-5);
  /// x: (…, features).
  Tensor operator()(const Tensor& x) const;

  Tensor weight;  // (features), ones at first
  Tensor bias;    // (features), zeros at first

 private:
  double epsilon_;
};

/// While training, zeroes each element with probability p and scales the others by 1/(1−p).
class Dropout : public Module {
 public:
  /// Throws `Error` unless 0 ≤ p < 1.
  Dropout(Module& parent, std::string_view name, double p);
  Tensor operator()(const Tensor& x);

 private:
  double p_;
  Random random_;
};

}  // namespace unroll::nn
