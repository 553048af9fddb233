#include "lessons/support/sampling.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/error.h"

namespace unroll::lessons {

std::int32_t sample(std::span<const float> logits, double temperature, Random& random,
                    std::int32_t excluded) {
  std::int32_t best = -1;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(logits.size()); ++i)
    if (i != excluded &&
        (best < 0 || logits[static_cast<std::size_t>(i)] > logits[static_cast<std::size_t>(best)]))
      best = i;
  require(best >= 0, "sample: there is no symbol to choose from");
  if (temperature == 0) return best;

  const double largest = static_cast<double>(logits[static_cast<std::size_t>(best)]);
  std::vector<double> weights(logits.size(), 0.0);
  double total = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (static_cast<std::int32_t>(i) == excluded) continue;
    weights[i] = std::exp((static_cast<double>(logits[i]) - largest) / temperature);
    total += weights[i];
  }
  double left = random.next_uniform() * total;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    left -= weights[i];
    if (left < 0 && weights[i] > 0) return static_cast<std::int32_t>(i);
  }
  return best;  // only rounding leads here
}

}  // namespace unroll::lessons
