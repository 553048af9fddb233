// Choosing the next symbol from a network's scores.
#pragma once

#include <cstdint>
#include <span>

#include "engine/random.h"

namespace unroll::lessons {

/// Draws from softmax(logits / temperature): below 1 the likely symbols become likelier, above 1
/// the choice is more even; at 0 it is the likeliest. `excluded` (a symbol that must not be chosen,
/// such as the unknown one; −1: none) has probability 0.
std::int32_t sample(std::span<const float> logits, double temperature, Random& random,
                    std::int32_t excluded = -1);

}  // namespace unroll::lessons
