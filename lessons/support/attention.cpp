#include "lessons/support/attention.h"

#include <cmath>
#include <limits>
#include <vector>

#include "engine/ops.h"

namespace unroll::lessons {

Attention::Attention(nn::Module& parent, std::string_view name, AttentionScore score, int64_t size)
    : Module(parent, name), score_(score), size_(size) {
  constexpr bool kNoBias = false;
  const bool is_additive = score == AttentionScore::kAdditive;
  if (is_additive || score == AttentionScore::kScaledDot)
    w_q_.emplace(*this, "w_q", size, size, kNoBias);
  if (score != AttentionScore::kDot) w_k_.emplace(*this, "w_k", size, size, kNoBias);
  if (is_additive) w_.emplace(*this, "w", size, 1, kNoBias);
}

Tensor Attention::keys(const Tensor& values) const { return w_k_ ? (*w_k_)(values) : values; }

// queries: (batch, steps, size), keys: (batch, longest, size); returns (batch, steps, longest).
Tensor Attention::scores(const Tensor& queries, const Tensor& keys) const {
  const Tensor q = w_q_ ? (*w_q_)(queries) : queries;
  if (score_ == AttentionScore::kAdditive) {
    const int64_t batch = q.size(0), steps = q.size(1), longest = keys.size(1);
    const Tensor each_with_each =
        reshape(q, {batch, steps, 1, size_}) + reshape(keys, {batch, 1, longest, size_});
    return reshape((*w_)(tanh(each_with_each)), {batch, steps, longest});
  }
  const Tensor products = matmul(q, keys, {.b = true});
  if (score_ != AttentionScore::kScaledDot) return products;
  return products / std::sqrt(static_cast<double>(size_));
}

Attention::Attended Attention::operator()(const Tensor& queries, const Tensor& keys,
                                          const Tensor& values, const Tensor& mask) const {
  // Sentences in front, as batched products have it.
  const auto by_sentence = [](const Tensor& x) { return transpose(x, 0, 1); };
  const Tensor masked = scores(by_sentence(queries), by_sentence(keys)) +
                        reshape(by_sentence(mask), {mask.size(1), 1, mask.size(0)});
  const Tensor weights = softmax(masked);
  return {by_sentence(matmul(weights, by_sentence(values))), by_sentence(weights)};
}

Tensor attention_mask(const Tensor& lengths, int64_t longest, DType dtype) {
  const std::vector<int32_t> ends = lengths.to_vector<int32_t>();
  std::vector<double> mask;
  for (int64_t place = 0; place < longest; ++place)
    for (const int32_t end : ends)
      mask.push_back(place < end ? 0 : -std::numeric_limits<double>::infinity());
  const Shape shape{longest, static_cast<int64_t>(ends.size()), 1};
  if (dtype == DType::f64) return from_vector(mask, shape);
  return from_vector(std::vector<float>(mask.begin(), mask.end()), shape);
}

double attention_entropy(std::span<const double> weights) {
  double entropy = 0;
  for (const double weight : weights)
    if (weight > 0) entropy -= weight * std::log(weight);
  return entropy;
}

}  // namespace unroll::lessons
