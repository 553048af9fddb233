#include "lessons/support/tagging_probes.h"

#include <cstdlib>

#include "lessons/support/metrics.h"

namespace unroll::lessons {

ContextUse context_use(std::span<const std::vector<double>> shares,
                       std::span<const TokenPlace> places) {
  ContextUse use;
  for (std::size_t i = 0; i < places.size(); ++i)
    for (std::size_t t = 0; t < shares[i].size(); ++t) {
      const std::int64_t distance = static_cast<std::int64_t>(t) - places[i].position;
      const double share = shares[i][t] / static_cast<double>(places.size());
      if (std::abs(distance) <= kReach)
        use.shares[static_cast<std::size_t>(distance + kReach)] += share;
      if (distance < 0) use.before += share;
      if (distance > 0) use.behind += share;
    }
  return use;
}

double accuracy_at(std::span<const TokenPlace> places, const TaggingPart& cut,
                   std::span<const double> right) {
  RunningMean at_places;
  std::size_t first_word = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    at_places.add(right[first_word + static_cast<std::size_t>(places[i].position)]);
    first_word += cut.words[i].size();
  }
  return at_places.value();
}

std::pair<std::size_t, std::size_t> best_two(std::span<const float> scores) {
  std::size_t best = 0, next = 1;
  if (scores[1] > scores[0]) std::swap(best, next);
  for (std::size_t k = 2; k < scores.size(); ++k) {
    if (scores[k] > scores[best])
      next = std::exchange(best, k);
    else if (scores[k] > scores[next])
      next = k;
  }
  return {best, next};
}

void add_states(SentenceFlow& flow, std::span<const float> state, std::span<const float> scores,
                std::span<const float> weights, bool is_both, bool reads_backward) {
  const std::size_t width = state.size(), half = is_both ? width / 2 : width;
  const auto first = state.first(half), second = state.subspan(half);
  (reads_backward ? flow.backward : flow.forward).emplace_back(first.begin(), first.end());
  if (!is_both) return;
  flow.backward.emplace_back(second.begin(), second.end());
  const auto [best, next] = best_two(scores);
  double parts[2] = {};
  for (std::size_t j = 0; j < width; ++j)
    parts[j / half] +=
        static_cast<double>((weights[best * width + j] - weights[next * width + j]) * state[j]);
  flow.forward_margin.push_back(parts[0]);
  flow.backward_margin.push_back(parts[1]);
}

}  // namespace unroll::lessons
