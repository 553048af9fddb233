#include "lessons/support/sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/error.h"
#include "lessons/support/format.h"

namespace unroll::lessons {

std::string Sampling::describe() const {
  if (temperature == 0) return "likeliest";
  std::string text = "temperature " + format_fixed(temperature, 1);
  if (top_k > 0) text += ", top-k " + std::to_string(top_k);
  if (top_p < 1) text += ", top-p " + format_fixed(top_p, 2);
  return text;
}

std::vector<double> probabilities(std::span<const float> logits, const Sampling& sampling,
                                  std::int32_t excluded) {
  std::vector<std::size_t> order;  // the likeliest first; of equal ones, the first
  for (std::size_t i = 0; i < logits.size(); ++i)
    if (static_cast<std::int32_t>(i) != excluded) order.push_back(i);
  require(!order.empty(), "[probabilities] there is no symbol to choose from");
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  std::vector<double> p(logits.size(), 0.0);
  if (sampling.temperature == 0) {
    p[order[0]] = 1;
    return p;
  }
  const auto normalize = [&] {
    const double total = std::accumulate(p.begin(), p.end(), 0.0);
    for (double& value : p) value /= total;
  };
  if (sampling.top_k > 0 && static_cast<std::size_t>(sampling.top_k) < order.size())
    order.resize(static_cast<std::size_t>(sampling.top_k));
  const auto largest = static_cast<double>(logits[order[0]]);
  for (const std::size_t i : order)
    p[i] = std::exp((static_cast<double>(logits[i]) - largest) / sampling.temperature);
  normalize();
  double before = 0;
  for (const std::size_t i : order) {
    const double own = p[i];
    if (before >= sampling.top_p) p[i] = 0;
    before += own;
  }
  normalize();
  return p;
}

std::int32_t draw(std::span<const double> probabilities, Random& random) {
  double left = random.next_uniform();
  std::int32_t last = -1;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] == 0) continue;
    last = static_cast<std::int32_t>(i);
    left -= probabilities[i];
    if (left < 0) break;
  }
  require(last >= 0, "[draw] there is no symbol to choose from");
  return last;
}

std::int32_t sample(std::span<const float> logits, const Sampling& sampling, Random& random,
                    std::int32_t excluded) {
  return draw(probabilities(logits, sampling, excluded), random);
}

}  // namespace unroll::lessons
