// Walk-forward evaluation: learn from the past, forecast the next stretch, move on, learn again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/splits.h"

namespace unroll::lessons {

/// One stretch of the test and what comes before it; a target lies in one part alone.
struct WalkForwardFold {
  IndexRange train, validation, test;
};

/// Cuts `steps` so that each of `folds` networks knows everything before the stretch that it is
/// asked about: the first 40 % are learned from by all, the rest is cut into stretches of the same
/// length (up to a step). Of what precedes a stretch the last fifth is for choosing. Throws an
/// input error that begins with `name` when a part would have fewer than `smallest` steps.
std::vector<WalkForwardFold> walk_forward_folds(IndexRange steps, std::int64_t folds,
                                                std::int64_t smallest, const std::string& name);

}  // namespace unroll::lessons
