// The words a network knows, numbered; made from training texts alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lessons/support/json.h"

namespace unroll::lessons {

/// Word 0 is the unknown one, which stands for all others. The rest come by how often they stand in
/// the training texts, equally frequent ones in the order of their letters.
class WordVocabulary {
 public:
  static constexpr std::int32_t kUnknown = 0;

  /// Holds each word that comes at least `smallest_count` times. Throws an input error when there
  /// is none.
  static WordVocabulary from_texts(std::span<const std::vector<std::string>> training_texts,
                                   std::int64_t smallest_count = 1);

  /// How many words there are, the unknown one included.
  std::int64_t size() const { return static_cast<std::int64_t>(words_.size()); }

  /// The number of a word, `kUnknown` for one that is not there.
  std::int32_t id(const std::string& word) const;

  /// One id a word.
  std::vector<std::int32_t> encode(std::span<const std::string> words) const;

  /// A word; U+FFFD for the unknown one. Throws `Error` for an id that is none.
  const std::string& word(std::int32_t id) const;

  /// The words but the unknown one, as an array of strings.
  Json to_json() const;

  /// Reverses `to_json`. Throws an input error when `json` is something else.
  static WordVocabulary from_json(const Json& json);

 private:
  explicit WordVocabulary(std::vector<std::string> known);

  std::vector<std::string> words_;
  std::unordered_map<std::string, std::int32_t> ids_;
};

}  // namespace unroll::lessons
