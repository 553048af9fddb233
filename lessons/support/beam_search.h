// Beam search: the likeliest sequence that a network could write, looked for along several lines.
//
// Greedy writing takes the likeliest symbol at each step and cannot take it back. A beam keeps the
// `width` likeliest beginnings instead. Of complete sequences y of T symbols, the best has the
// highest
//
//   score(y) = ln p(y) / ((5 + T)/6)^α,
//
// as each symbol makes ln p smaller, so that without the divisor (α = 0) short ones win.
// Y. Wu et al., "Google's neural machine translation system", 2016, eq. 14.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace unroll::lessons {

struct BeamOptions {
  std::int64_t width = 4;       // 1: greedy
  double length_penalty = 1.0;  // α
  std::int32_t start = 0;       // stands before the first symbol
  std::int32_t end = -1;        // ends a sequence; −1: only its greatest length does
  std::int32_t excluded = -1;   // never written, such as the unknown word; −1: none
};

/// A sequence that was found.
struct Hypothesis {
  std::vector<std::int32_t> symbols = {};  // without start and end
  double log_probability = 0;
  double score = 0;
  bool ended = false;  // with `end`, not by its length
};

/// Lets the network read one more symbol each in some sequences. Row i of what it has read goes on
/// from row rows[i] of the call before (in the first call: from sequence number rows[i]) with
/// symbols[i]. Returns the logarithms of the probabilities of each next symbol, row by row.
using NextSymbols = std::function<std::vector<float>(std::span<const std::int64_t> rows,
                                                     std::span<const std::int32_t> symbols)>;

/// For each of several sequences, which are searched side by side, what was found: the best first,
/// at most `width`, at least one. limits[i] is the greatest number of symbols of sequence i.
/// A sequence is done when as many ends as the width were among the likeliest continuations.
std::vector<std::vector<Hypothesis>> beam_search(std::span<const std::int64_t> limits,
                                                 const NextSymbols& next,
                                                 const BeamOptions& options);

}  // namespace unroll::lessons
