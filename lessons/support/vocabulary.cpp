#include "lessons/support/vocabulary.h"

#include <nlohmann/json.hpp>
#include <set>

#include "engine/error.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {

namespace {

constexpr const char* kReplacement = "\uFFFD";

}  // namespace

Vocabulary::Vocabulary(std::vector<std::string> known) : symbols_{kReplacement} {
  for (std::string& symbol : known) {
    // The unknown symbol's text may be in the training text too, as a symbol of its own.
    const auto id = static_cast<std::int32_t>(symbols_.size());
    if (!ids_.emplace(symbol, id).second) {
      throw input_error("damaged vocabulary: the symbol \"", symbol, "\" comes twice");
    }
    symbols_.push_back(std::move(symbol));
  }
}

Vocabulary Vocabulary::from_text(std::string_view training_text) {
  if (training_text.empty()) throw input_error("a vocabulary needs some text, this one is empty");
  require_utf8(training_text, "the training text");
  // UTF-8 keeps the order of the code points.
  std::set<std::string, std::less<>> known;
  while (!training_text.empty()) {
    const std::string_view symbol = training_text.substr(0, code_point_bytes(training_text));
    if (!known.contains(symbol)) known.emplace(symbol);
    training_text.remove_prefix(symbol.size());
  }
  return Vocabulary({known.begin(), known.end()});
}

std::vector<std::int32_t> Vocabulary::encode(std::string_view text) const {
  require_utf8(text, "the text");
  std::vector<std::int32_t> ids;
  ids.reserve(text.size());
  std::string symbol;
  while (!text.empty()) {
    symbol.assign(text, 0, code_point_bytes(text));
    const auto found = ids_.find(symbol);
    ids.push_back(found == ids_.end() ? kUnknown : found->second);
    text.remove_prefix(symbol.size());
  }
  return ids;
}

std::string Vocabulary::decode(std::span<const std::int32_t> ids) const {
  std::string text;
  for (const std::int32_t id : ids) text += symbol(id);
  return text;
}

const std::string& Vocabulary::symbol(std::int32_t id) const {
  require(id >= 0 && id < size(), "[Vocabulary] expected an id from 0 to ", size() - 1, ", got ",
          id);
  return symbols_[static_cast<std::size_t>(id)];
}

Json Vocabulary::to_json() const { return Json(std::vector(symbols_.begin() + 1, symbols_.end())); }

Vocabulary Vocabulary::from_json(const Json& json) {
  std::vector<std::string> known;
  try {
    known = json.get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
  }
  if (known.empty()) throw input_error("damaged vocabulary: expected an array of strings");
  return Vocabulary(std::move(known));
}

}  // namespace unroll::lessons
