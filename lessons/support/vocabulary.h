// The characters a network knows, numbered; made from training text alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lessons/support/json.h"

namespace unroll::lessons {

/// Symbol 0 is the unknown one, which stands for every character that the training text lacks. The
/// others are the code points of that text in ascending order.
class Vocabulary {
 public:
  static constexpr std::int32_t kUnknown = 0;

  /// Throws an input error when `training_text` is empty or not valid UTF-8.
  static Vocabulary from_text(std::string_view training_text);

  /// How many symbols there are, the unknown one included.
  std::int64_t size() const { return static_cast<std::int64_t>(symbols_.size()); }

  /// One id for each code point. Throws an input error when `text` is not valid UTF-8.
  std::vector<std::int32_t> encode(std::string_view text) const;

  /// The text of `ids`; U+FFFD for the unknown symbol. Throws `Error` for an id that is none.
  std::string decode(std::span<const std::int32_t> ids) const;

  /// The UTF-8 text of one symbol. Throws `Error` for an id that is none.
  const std::string& symbol(std::int32_t id) const;

  /// The symbols but the unknown one, as an array of strings.
  Json to_json() const;

  /// Reverses `to_json`. Throws an input error when `json` is something else.
  static Vocabulary from_json(const Json& json);

 private:
  explicit Vocabulary(std::vector<std::string> known);

  std::vector<std::string> symbols_;
  std::unordered_map<std::string, std::int32_t> ids_;
};

}  // namespace unroll::lessons
