// One language of a translation as a network reads or writes it: sentences as numbers and back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lessons/support/bpe.h"
#include "lessons/support/json.h"
#include "lessons/support/word_vocabulary.h"

namespace unroll::lessons {

/// Words (joined_words.h), or with byte pair encoding their pieces; and the border, a symbol of its
/// own that stands before and behind a sentence.
class TranslationVocabulary {
 public:
  static constexpr std::int32_t kUnknown = WordVocabulary::kUnknown;

  /// Of the words of training texts, those that come at least `min_count` times; with `merges` > 0
  /// of their pieces. Throws an input error when nothing is left.
  TranslationVocabulary(std::span<const std::vector<std::string>> training_words,
                        std::int64_t min_count, std::int64_t merges);

  /// How many symbols there are, the border included.
  std::int64_t size() const { return symbols_.size() + 1; }
  std::int32_t border() const { return static_cast<std::int32_t>(symbols_.size()); }
  /// Whether symbols are pieces of words.
  bool has_pieces() const { return bpe_.has_value(); }

  std::vector<std::int32_t> encode(std::span<const std::string> words) const;
  /// The words that the symbols stand for, without borders.
  std::vector<std::string> decode(std::span<const std::int32_t> symbols) const;
  /// A symbol as it is written in tables and pictures: without joints, "∎" for the border.
  std::string shown(std::int32_t symbol) const;

  Json to_json() const;
  /// Reverses `to_json`. Throws an input error when `json` is something else.
  static TranslationVocabulary from_json(const Json& json);

 private:
  TranslationVocabulary(std::optional<Bpe> bpe, WordVocabulary symbols);

  std::optional<Bpe> bpe_;
  WordVocabulary symbols_;
};

}  // namespace unroll::lessons
