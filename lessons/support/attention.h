// Attention: a decoder that asks, at each step, which places of the source it needs now.
//
// The decoder's state is the query q. Each place s of the source has a key k_s, with which the
// query is compared, and a value v_s, which is handed over. With d the size of the keys,
//
//   score(q, k_s) = wᵀ·tanh(W_q·q + W_k·v_s)   additive    D. Bahdanau, K. Cho and Y. Bengio,
//   "Neural
//                                                          machine translation by jointly learning
//                                                          to align and translate", ICLR 2015
//                 = q·v_s                      dot         M.-T. Luong, H. Pham and C. D. Manning,
//                 = q·W_k·v_s                  general     "Effective approaches to attention-based
//                                                          neural machine translation", EMNLP 2015
//                 = W_q·q·(W_k·v_s)/√d         scaled dot  A. Vaswani et al., "Attention is all you
//                                                          need", NeurIPS 2017
//   α_s = e^score(q, k_s) / Σ_r e^score(q, k_r)            over the words of the sentence alone
//   c   = Σ_s α_s·v_s                                      the context
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/nn.h"

namespace unroll::lessons {

enum class AttentionScore { kAdditive, kDot, kGeneral, kScaledDot };

class Attention : public nn::Module {
 public:
  /// Queries and values have `size` features, and so have the keys.
  Attention(nn::Module& parent, std::string_view name, AttentionScore score, int64_t size);

  /// The keys of some values, (longest, batch, size): what can be computed before any query is
  /// there.
  Tensor keys(const Tensor& values) const;

  struct Attended {
    Tensor context;  // (steps, batch, size): c of each query
    Tensor weights;  // (steps, batch, longest): α, exactly 0 at masked places
  };
  /// queries: (steps, batch, size); keys and values: (longest, batch, size). mask: (longest, batch,
  /// 1), added to the scores: 0 at words, −∞ at what is none.
  Attended operator()(const Tensor& queries, const Tensor& keys, const Tensor& values,
                      const Tensor& mask) const;

 private:
  Tensor scores(const Tensor& queries, const Tensor& keys) const;

  AttentionScore score_;
  int64_t size_;
  std::optional<nn::Linear> w_q_;  // (size, size): additive, scaled dot
  std::optional<nn::Linear> w_k_;  // (size, size): all but dot
  std::optional<nn::Linear> w_;    // (1, size): additive
};

/// The mask of sentences of these lengths (i32, (batch), on the host).
Tensor attention_mask(const Tensor& lengths, int64_t longest, DType dtype = DType::f32);

/// How spread some weights are: −Σ α·ln α, from 0 (one place has all) to the logarithm of their
/// number.
double attention_entropy(std::span<const double> weights);

}  // namespace unroll::lessons
