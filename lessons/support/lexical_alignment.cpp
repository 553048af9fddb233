#include "lessons/support/lexical_alignment.h"

#include "engine/error.h"

namespace unroll::lessons {

LexicalAligner::LexicalAligner(Sentences source, Sentences target, int rounds) {
  require(source.size() == target.size(), "[LexicalAligner] expected ", source.size(),
          " target sentences, got ", target.size());
  for (int round = 0; round < rounds; ++round) {
    decltype(t_) counts;
    for (std::size_t i = 0; i < source.size(); ++i) {
      std::vector<std::int32_t> words = source[i];
      words.push_back(kEmpty);
      for (const std::int32_t f : target[i]) {
        double all = 0;
        for (const std::int32_t e : words) all += probability(f, e);
        for (const std::int32_t e : words) counts[e][f] += probability(f, e) / all;
      }
    }
    for (auto& [e, translations] : counts) {
      double all = 0;
      for (const auto& [f, count] : translations) all += count;
      for (auto& [f, count] : translations) count /= all;
    }
    t_ = std::move(counts);
  }
}

double LexicalAligner::probability(std::int32_t target, std::int32_t source) const {
  if (t_.empty()) return 1;  // before the first round; a common factor does not matter
  const auto of_source = t_.find(source);
  if (of_source == t_.end()) return 0;
  const auto found = of_source->second.find(target);
  return found == of_source->second.end() ? 0 : found->second;
}

std::int32_t LexicalAligner::translation(std::int32_t source) const {
  const auto found = t_.find(source);
  std::int32_t best = -1;
  double highest = 0;
  if (found == t_.end()) return best;
  for (const auto& [target, p] : found->second)
    if (p > highest || (p == highest && target < best)) {
      highest = p;
      best = target;
    }
  return best;
}

Links LexicalAligner::align(std::span<const std::int32_t> source,
                            std::span<const std::int32_t> target) const {
  Links links;
  for (std::size_t j = 0; j < target.size(); ++j) {
    double highest = probability(target[j], kEmpty);
    std::int64_t best = -1;
    for (std::size_t i = 0; i < source.size(); ++i) {
      const double p = probability(target[j], source[i]);
      if (p > highest) {
        highest = p;
        best = static_cast<std::int64_t>(i);
      }
    }
    if (best >= 0) links.push_back({best, static_cast<std::int64_t>(j)});
  }
  return links;
}

}  // namespace unroll::lessons
