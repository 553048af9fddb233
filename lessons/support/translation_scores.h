// How good translations are, and how good those are that take no network.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lessons/support/bleu.h"
#include "lessons/support/translation_comparison.h"
#include "lessons/support/translation_data.h"

namespace unroll::lessons {

/// The share of translations that are their references, letter for letter.
double exact_matches(std::span<const std::string> translations,
                     std::span<const std::string> references);

struct TranslationScores {
  CountsBySentence counts = {};  // of which BLEU is made
  double bleu = 0, chrf = 0, exact = 0;
};

TranslationScores score_translations(std::span<const std::string> translations,
                                     std::span<const std::string> references,
                                     BleuTokenizer tokenizer);

/// The translations of a part that replace each word by its likeliest one, in the same order. What
/// that is, IBM Model 1 (lexical_alignment.h) learns from the training part; words that it does not
/// have stay as they are.
std::vector<std::string> word_for_word(const TranslationData& data, const TranslationPart& part);

/// The sentences of generated pairs in which something comes, "negation".
struct PhenomenonGroup {
  std::string name;
  std::vector<std::int64_t> sentences = {};

  /// BLEU of these sentences; `counts` holds those of all sentences.
  double bleu(std::span<const BleuCounts> counts) const;
};

/// One group a phenomenon, the largest first; none of pairs that were not generated.
std::vector<PhenomenonGroup> phenomenon_groups(const TranslationPart& part);

}  // namespace unroll::lessons
