// What a network with attention looks at while it writes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lessons/support/alignment_error.h"
#include "lessons/support/translation_data.h"
#include "lessons/support/translator.h"

namespace unroll::lessons {

/// The weights of one sentence pair: a row for each word of the target and for the border behind
/// it, a column for each word of the source.
struct AttentionMap {
  std::int64_t rows = 0, columns = 0;
  std::vector<double> weights = {};

  std::span<const double> row(std::int64_t i) const {
    return std::span(weights).subspan(static_cast<std::size_t>(i * columns),
                                      static_cast<std::size_t>(columns));
  }
};

/// Of each pair of `source` and `target`, when the network is told to write the target. Empty for a
/// network without attention.
std::vector<AttentionMap> attention_maps(Translator& model, const TranslationData& data,
                                         const TranslationPart::Numbers& source,
                                         const TranslationPart::Numbers& target);

/// The mean entropy of the rows of words, in nats.
double mean_entropy(std::span<const AttentionMap> maps);

/// Whether the largest weight of each word is where its translation is. `alignments` holds the
/// links that are right, one list a map.
AlignmentError alignment_error(std::span<const AttentionMap> maps,
                               std::span<const Links> alignments);

/// A test sentence and a translation of it, as they are shown, and what was looked at.
struct AttentionSample {
  std::vector<std::string> source = {}, target = {};  // words or pieces, without joints
  AttentionMap map = {};
};

/// Of some test sentences, by number, and their translations.
std::vector<AttentionSample> attention_samples(Translator& model, const TranslationData& data,
                                               const std::vector<std::size_t>& sentences,
                                               const TranslationPart::Numbers& target);

/// Four of the sentences, by number: one longer than most, one shorter, one like most, one of the
/// longest.
std::vector<std::size_t> sentences_of_different_lengths(const TranslationPart::Numbers& sentences);

}  // namespace unroll::lessons
