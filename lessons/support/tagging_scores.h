// What a tagger has to beat, which words are hard, and whether two taggers differ.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/classification.h"
#include "lessons/support/tagging_data.h"

namespace unroll::lessons {

/// The baseline: each word gets the tag that it has most often in the training part (the first in
/// the order of the letters where there are several); a word that is not there gets the tag that is
/// most frequent among the words that come once.
class FrequentTags {
 public:
  explicit FrequentTags(const TaggingData& data);

  /// One item a word, all sentences joined.
  Predictions tag(const TaggingPart& part) const;
  /// Whether the training part has the form at all; whether it has it with several tags.
  bool is_known(std::int32_t form) const { return different(form) > 0; }
  bool is_ambiguous(std::int32_t form) const { return different(form) > 1; }

 private:
  std::int64_t different(std::int32_t form) const;

  std::int64_t tags_;
  std::vector<std::int64_t> counts_;  // (forms, tags)
  std::int32_t of_unknown_ = 0;
};

/// Some words of a part, by a flag for each word, all sentences joined.
struct WordGroup {
  std::string name;
  std::vector<bool> members = {};

  std::int64_t size() const;
  /// The mean of `values`, one a word, over the members; NaN without members.
  double mean_of(const std::vector<double>& values) const;
};

/// All words, ambiguous ones, unknown ones; in the lesson's own language also those that are
/// ambiguous or bare and new and whose tag is decided to their left, or to their right.
std::vector<WordGroup> word_groups(const TaggingData& data, const FrequentTags& frequent,
                                   const TaggingPart& part);

/// A sentence of the test part for the pictures, neither short nor long: of those that are tagged
/// without a mistake the one with most ambiguous and unknown words, else one with few mistakes.
std::int64_t choose_sample(const TaggingData& data, const FrequentTags& frequent,
                           const Predictions& said);

/// Two taggers on the same sentences, each given by its runs (one a seed).
struct TaggerComparison {
  double difference = 0;  // of the mean accuracy over all words, first minus second
  double z = 0;           // `paired_z` with a sentence as an item: words of one are not independent
  /// 1 the first is better, −1 worse, 0 no difference: beyond ±2 standard errors and by more than
  /// the deviation between the runs of either.
  int outcome = 0;
};

TaggerComparison compare_taggers(const std::vector<Predictions>& first,
                                 const std::vector<Predictions>& second, const TaggingPart& part);

}  // namespace unroll::lessons
