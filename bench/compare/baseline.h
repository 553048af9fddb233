// A run beside an earlier one.
#pragma once

#include <string>

#include "bench/compare/results.h"

namespace unroll::compare {

/// How our share of the FMA peak has changed since `before`, over the cases that both have: the
/// geometric mean for each kind and pass, then the cases that changed by more than 5 %, the slower
/// ones first. Shares are compared rather than times, since the machine may be faster on one day.
std::string against_baseline(const Results& now, const Results& before);

}  // namespace unroll::compare
