// Whether one way to translate is really better than another.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lessons/support/bleu.h"

namespace unroll::lessons {

/// The counts of each sentence of the test part, as one run (one seed) has translated them.
using CountsBySentence = std::vector<BleuCounts>;

struct TranslationComparison {
  double first = 0, second = 0;  // BLEU, mean over the runs
  /// The standard deviation of their difference, had the test part been other sentences: by paired
  /// bootstrap, which draws as many sentences with replacement, the same for both.
  double error = 0;
  /// 1 the first is better, −1 worse, 0 no difference: by more than two `error` and by more than
  /// the deviation between the runs.
  int outcome = 0;

  double difference() const { return first - second; }
  /// "+3.10 BLEU: better", "+0.20 BLEU: no difference"
  std::string text() const;
};

/// Compares runs of two networks on the same sentences. P. Koehn, "Statistical significance tests
/// for machine translation evaluation", EMNLP 2004. Throws `Error` unless all have as many
/// sentences.
TranslationComparison compare_translations(std::span<const CountsBySentence> first,
                                           std::span<const CountsBySentence> second);

}  // namespace unroll::lessons
