// The scores of the attention lesson: BLEU by network, seed and length, what an aligner has to
// beat, and whether networks differ.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lessons/support/attention_report.h"
#include "lessons/support/length_groups.h"
#include "lessons/support/translation_comparison.h"
#include "lessons/support/translation_scores.h"

namespace unroll::lessons {

struct AttentionVerdict {
  std::string first, second;  // names of networks
  std::string sentences;      // "all", or their lengths
  TranslationComparison comparison;

  /// "general against none, all sentences, +3.10 BLEU: better"
  std::string text() const;
};

struct AttentionScores {
  AttentionScores(const AttentionReport& report, std::int64_t length_groups);

  std::vector<std::vector<TranslationScores>> greedy, beam;          // by network and run
  std::vector<std::pair<std::string, TranslationScores>> baselines;  // without a network
  std::vector<LengthGroup> groups;  // of the test part, by source words
  /// Each network against the first, of all sentences; and of the longest ones.
  std::vector<AttentionVerdict> verdicts;
  /// Of generated pairs, those who link words without attention: the diagonal, IBM Model 1, and the
  /// best that one link a word allows.
  std::vector<std::pair<std::string, AlignmentError>> aligners;
};

}  // namespace unroll::lessons
