// One language of a translation as a network reads or writes it: sentences as numbers and back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lessons/support/json.h"
#include "lessons/support/word_vocabulary.h"

namespace unroll::lessons {

/// Words (joined_words.h), and the border, a symbol of its own that stands before and behind a
/// sentence.
class TranslationVocabulary {
 public:
  static constexpr std::int32_t kUnknown = WordVocabulary::kUnknown;

  /// Of the words of training texts, those that come at least `min_count` times. Throws an input
  /// error when nothing is left.
  TranslationVocabulary(std::span<const std::vector<std::string>> training_words,
                        std::int64_t min_count);

  /// How many symbols there are, the border included.
  std::int64_t size() const { return words_.size() + 1; }
  std::int32_t border() const { return static_cast<std::int32_t>(words_.size()); }

  std::vector<std::int32_t> encode(std::span<const std::string> words) const;
  /// The words that the symbols stand for, without borders.
  std::vector<std::string> decode(std::span<const std::int32_t> symbols) const;

 private:
  WordVocabulary words_;
};

}  // namespace unroll::lessons
