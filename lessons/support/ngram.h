// N-gram language models: the baselines that a character-level network has to beat.
//
// With n(h) the occurrences of a context h that are followed by something, n(hc) those followed by
// c, and t(h) the number of different symbols that follow it, Witten-Bell interpolation says
//
//   p(c | h) = (n(hc) + t(h) p(c | h')) / (n(h) + t(h)),      h' = h without its oldest symbol,
//
// and below the unigrams lies the uniform distribution, so that every symbol of the vocabulary, the
// unknown one included, has some probability and they sum to one. (Witten & Bell 1991; Chen &
// Goodman 1998, section 2.4.)
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace unroll::lessons {

/// Interpolated models of order 1 to `order` (an order-n model looks at n - 1 symbols) in one trie.
class NgramModel {
 public:
  /// Counts `training`, whose ids are from 0 to `vocabulary_size` - 1.
  NgramModel(std::span<const std::int32_t> training, std::int64_t vocabulary_size, int order);

  int order() const { return order_; }

  /// p(next | the end of context) by the models of order 1 to `order()`. Where the context is too
  /// short for an order, it gives what the longest order that fits gives.
  std::vector<double> probabilities(std::span<const std::int32_t> context, std::int32_t next) const;

  /// p(next | the end of context) of each symbol of the vocabulary by the model of order `order`.
  std::vector<double> distribution(std::span<const std::int32_t> context, int order) const;

  /// The mean of -ln p over all symbols of `text`, for the models of order 1 to `order()`. The text
  /// stands alone: its first symbols are predicted from the fewer that precede them.
  std::vector<double> nats_per_symbol(std::span<const std::int32_t> text) const;

 private:
  // A node is an n-gram of the training text; the root is the empty one.
  struct Node {
    std::int64_t count = 0;      // how often it occurs
    std::int64_t followed = 0;   // n(h): how often something follows
    std::int64_t followers = 0;  // t(h): how many different symbols follow
  };
  static constexpr std::int32_t kNone = -1;

  std::int32_t child(std::int32_t node, std::int32_t symbol) const;
  std::int32_t add_child(std::int32_t node, std::int32_t symbol);
  // Fills p[k] with the probability of `symbol` given the last k symbols, whose node is
  // contexts[k], and moves `contexts` on past `symbol`.
  void predict(std::int32_t symbol, std::vector<std::int32_t>& contexts,
               std::vector<double>& p) const;

  // The nodes of the last 0, 1, … symbols of `context`, as `predict` takes them.
  std::vector<std::int32_t> contexts_after(std::span<const std::int32_t> context) const;

  int order_;
  std::int64_t vocabulary_size_;
  double uniform_;
  std::vector<Node> nodes_;
  std::unordered_map<std::uint64_t, std::int32_t> children_;  // (node, symbol) to node
};

/// The share of the `n`-grams of `sample` that also occur in `training`, each counted as often as
/// it comes. 0 for a sample shorter than `n`. How much of it was copied: compare with the same
/// share of text that the model has not seen.
double copied_share(std::span<const std::int32_t> sample, std::span<const std::int32_t> training,
                    int n);

}  // namespace unroll::lessons
