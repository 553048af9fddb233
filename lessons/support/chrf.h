// chrF: how much of a translation's spelling is that of the reference. It forgives a wrong ending
// where BLEU counts the whole word as wrong. The same numbers as sacrebleu's chrF2.
//
// Precision P and recall R of character n-grams (white space left out), counted over the whole
// corpus and averaged over n = 1 … 6; recall counts twice as much, β = 2:
//
//   chrF = 100 · (1 + β²)·P·R / (β²·P + R)
//
// M. Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015.
#pragma once

#include <span>
#include <string>

namespace unroll::lessons {

/// 0 to 100; one reference a hypothesis, UTF-8. An n for which either side has no n-gram is left
/// out. Throws `Error` when their numbers differ or there are none.
double corpus_chrf(std::span<const std::string> hypotheses,
                   std::span<const std::string> references);

/// "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|…", as sacrebleu says it.
std::string chrf_signature();

}  // namespace unroll::lessons
