// Choosing the next symbol from a network's scores.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/random.h"

namespace unroll::lessons {

/// How freely to choose. The steps are taken in this order; the defaults leave the network's own
/// probabilities as they are.
struct Sampling {
  /// Divides the scores: below 1 the likely symbols become likelier, above 1 the choice is more
  /// even; at 0 it is the likeliest.
  double temperature = 1.0;
  /// Only the k likeliest symbols may be chosen; 0: all. A. Fan et al., "Hierarchical neural story
  /// generation", ACL 2018.
  std::int64_t top_k = 0;
  /// Only the likeliest that together have the probability p: few where the network is sure, many
  /// where it is not. A. Holtzman et al., "The curious case of neural text degeneration", ICLR
  /// 2020.
  double top_p = 1.0;

  /// "temperature 0.8, top-k 5"; "likeliest" at temperature 0.
  std::string describe() const;
};

/// The probabilities that are drawn from, one a score: 0 for what may not be chosen, 1 in all.
/// `excluded` (a symbol that must not be chosen, such as the unknown one; −1: none) has 0.
std::vector<double> probabilities(std::span<const float> logits, const Sampling& sampling,
                                  std::int32_t excluded = -1);

/// Draws an index; `probabilities` sum to 1.
std::int32_t draw(std::span<const double> probabilities, Random& random);

/// Draws from `probabilities(logits, sampling, excluded)`.
std::int32_t sample(std::span<const float> logits, const Sampling& sampling, Random& random,
                    std::int32_t excluded = -1);

}  // namespace unroll::lessons
