// The run itself: all contenders in turn, in random order, one awake at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "bench/compare/case.h"
#include "bench/compare/peers.h"
#include "bench/compare/results.h"

namespace unroll::compare {

struct Effort {
  size_t samples = 9;            // of each contender that should count
  double sample_seconds = 0.02;  // what a sample lasts at least, or an iteration
  double case_seconds = 8;       // when a case has taken that long, `least` rounds are enough
  size_t least = 5;
};

/// A peer is not timed when a result differs from ours by more than this share of the largest
/// number of the array.
inline constexpr double kTolerance = 1e-4;

/// Measures the cases, which come ordered by their number of threads, and adds to `results` what
/// the contenders are, what came out, and how fast the machine is; calls `keep` after each case.
/// Files go into the folder `scratch`. Throws `Error` when unroll itself fails, `Interrupted` when
/// the user wants to stop; `results` then has the cases that were finished.
void measure(const std::vector<Case>& cases, const std::vector<Peer>& peers, const Effort& effort,
             const std::filesystem::path& scratch, Results& results,
             const std::function<void()>& keep);

}  // namespace unroll::compare
