#include "lessons/support/ngram.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

// A node and a symbol in one number; ids are not negative.
std::uint64_t edge(std::int32_t node, std::int32_t symbol) {
  return (static_cast<std::uint64_t>(node) << 32) | static_cast<std::uint64_t>(symbol);
}

}  // namespace

NgramModel::NgramModel(std::span<const std::int32_t> training, std::int64_t vocabulary_size,
                       int order)
    : order_(order),
      vocabulary_size_(vocabulary_size),
      uniform_(1.0 / static_cast<double>(vocabulary_size)),
      nodes_(1) {
  require(order >= 1, "[NgramModel] expected an order of at least 1, got ", order);
  require(vocabulary_size >= 1, "[NgramModel] expected a vocabulary, got size ", vocabulary_size);
  std::vector<std::int32_t> contexts(static_cast<std::size_t>(order), kNone);
  contexts[0] = 0;
  for (const std::int32_t symbol : training) {
    require(symbol >= 0 && symbol < vocabulary_size, "[NgramModel] expected symbols below ",
            vocabulary_size, ", got ", symbol);
    // From the longest down, so that each still finds the shorter context it grows from.
    for (std::size_t k = contexts.size(); k-- > 0;) {
      if (contexts[k] == kNone) continue;
      const std::int32_t longer = add_child(contexts[k], symbol);
      if (k + 1 < contexts.size()) contexts[k + 1] = longer;
    }
  }
}

std::int32_t NgramModel::add_child(std::int32_t node, std::int32_t symbol) {
  const auto [found, is_new] =
      children_.try_emplace(edge(node, symbol), static_cast<std::int32_t>(nodes_.size()));
  if (is_new) nodes_.emplace_back();
  Node& parent = nodes_[static_cast<std::size_t>(node)];
  ++parent.followed;
  parent.followers += is_new;
  ++nodes_[static_cast<std::size_t>(found->second)].count;
  return found->second;
}

std::int32_t NgramModel::child(std::int32_t node, std::int32_t symbol) const {
  if (node == kNone) return kNone;
  const auto found = children_.find(edge(node, symbol));
  return found == children_.end() ? kNone : found->second;
}

void NgramModel::predict(std::int32_t symbol, std::vector<std::int32_t>& contexts,
                         std::vector<double>& p) const {
  double lower = uniform_;
  std::int32_t shorter = 0;  // the node of the last k symbols, once `symbol` is the last of them
  for (std::size_t k = 0; k < contexts.size(); ++k) {
    const std::int32_t longer = child(contexts[k], symbol);
    if (contexts[k] != kNone) {
      const Node& context = nodes_[static_cast<std::size_t>(contexts[k])];
      if (context.followed > 0) {
        const std::int64_t count =
            longer == kNone ? 0 : nodes_[static_cast<std::size_t>(longer)].count;
        lower = (static_cast<double>(count) + static_cast<double>(context.followers) * lower) /
                static_cast<double>(context.followed + context.followers);
      }
    }
    p[k] = lower;
    contexts[k] = shorter;
    shorter = longer;
  }
}

std::vector<std::int32_t> NgramModel::contexts_after(std::span<const std::int32_t> context) const {
  const auto order = static_cast<std::size_t>(order_);
  std::vector<std::int32_t> contexts(order, kNone);
  std::vector<double> p(order);
  contexts[0] = 0;
  for (const std::int32_t symbol : context.last(std::min(context.size(), order - 1))) {
    predict(symbol, contexts, p);
  }
  return contexts;
}

std::vector<double> NgramModel::probabilities(std::span<const std::int32_t> context,
                                              std::int32_t next) const {
  std::vector<std::int32_t> contexts = contexts_after(context);
  std::vector<double> p(contexts.size());
  predict(next, contexts, p);
  return p;
}

std::vector<double> NgramModel::distribution(std::span<const std::int32_t> context,
                                             int order) const {
  require(order >= 1 && order <= order_, "[NgramModel] expected an order from 1 to ", order_,
          ", got ", order);
  const std::vector<std::int32_t> contexts = contexts_after(context);
  std::vector<std::int32_t> moved;
  std::vector<double> p(contexts.size()), all;
  for (std::int64_t symbol = 0; symbol < vocabulary_size_; ++symbol) {
    moved = contexts;
    predict(static_cast<std::int32_t>(symbol), moved, p);
    all.push_back(p[static_cast<std::size_t>(order - 1)]);
  }
  return all;
}

std::vector<double> NgramModel::nats_per_symbol(std::span<const std::int32_t> text) const {
  const auto order = static_cast<std::size_t>(order_);
  require(!text.empty(), "[NgramModel] expected some text to score, got none");
  std::vector<std::int32_t> contexts(order, kNone);
  std::vector<double> p(order);
  std::vector<double> nats(order, 0.0);
  contexts[0] = 0;
  for (const std::int32_t symbol : text) {
    predict(symbol, contexts, p);
    for (std::size_t k = 0; k < order; ++k) nats[k] -= std::log(p[k]);
  }
  for (double& sum : nats) sum /= static_cast<double>(text.size());
  return nats;
}

double copied_share(std::span<const std::int32_t> sample, std::span<const std::int32_t> training,
                    int n) {
  require(n >= 1, "[copied_share] expected n of at least 1, got ", n);
  const auto length = static_cast<std::size_t>(n);
  if (sample.size() < length) return 0.0;

  // A rolling hash finds the candidates, a comparison makes sure.
  constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15;
  std::uint64_t oldest_weight = 1;
  for (std::size_t i = 1; i < length; ++i) oldest_weight *= kBase;
  const auto for_each_hash = [&](std::span<const std::int32_t> text, const auto& visit) {
    std::uint64_t hash = 0;
    for (std::size_t end = 0; end < text.size(); ++end) {
      if (end >= length) {
        hash -= oldest_weight * (static_cast<std::uint64_t>(text[end - length]) + 1);
      }
      hash = hash * kBase + static_cast<std::uint64_t>(text[end]) + 1;
      if (end + 1 >= length) visit(hash, text.subspan(end + 1 - length, length));
    }
  };

  struct Gram {
    std::span<const std::int32_t> symbols;
    std::size_t occurrences;
    bool copied;
  };
  std::unordered_multimap<std::uint64_t, Gram> grams;
  const auto find = [&grams](std::uint64_t hash, std::span<const std::int32_t> symbols) -> Gram* {
    for (auto [it, last] = grams.equal_range(hash); it != last; ++it) {
      if (std::equal(symbols.begin(), symbols.end(), it->second.symbols.begin())) {
        return &it->second;
      }
    }
    return nullptr;
  };
  for_each_hash(sample, [&](std::uint64_t hash, std::span<const std::int32_t> symbols) {
    if (Gram* gram = find(hash, symbols)) {
      ++gram->occurrences;
    } else {
      grams.emplace(hash, Gram{symbols, 1, false});
    }
  });
  for_each_hash(training, [&](std::uint64_t hash, std::span<const std::int32_t> symbols) {
    if (Gram* gram = find(hash, symbols)) gram->copied = true;
  });

  std::size_t copied = 0;
  for (const auto& [hash, gram] : grams) copied += gram.copied ? gram.occurrences : 0;
  return static_cast<double>(copied) / static_cast<double>(sample.size() - length + 1);
}

}  // namespace unroll::lessons
