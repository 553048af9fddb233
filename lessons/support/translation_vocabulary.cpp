#include "lessons/support/translation_vocabulary.h"

#include <nlohmann/json.hpp>
#include <set>

#include "engine/error.h"
#include "lessons/support/joined_words.h"

namespace unroll::lessons {

namespace {

using Sentences = std::span<const std::vector<std::string>>;

std::optional<Bpe> learn(Sentences words, std::int64_t merges) {
  if (merges == 0) return std::nullopt;
  return Bpe::learn(words, merges);
}

WordVocabulary symbols_of(Sentences words, std::int64_t min_count, const std::optional<Bpe>& bpe) {
  if (!bpe) return WordVocabulary::from_texts(words, min_count);
  std::vector<std::vector<std::string>> pieces;
  std::set<std::string> different;
  for (const auto& sentence : words) {
    pieces.push_back(bpe->apply(sentence));
    different.insert(sentence.begin(), sentence.end());
  }
  // Letters and the results of merges are pieces, also those that were always merged further: new
  // words are spelled with them.
  pieces.push_back(Bpe({}).apply(std::vector(different.begin(), different.end())));
  for (const auto& [first, second] : bpe->merges())
    pieces.back().push_back(first.substr(0, first.size() - Bpe::kGoesOn.size()) + second);
  return WordVocabulary::from_texts(pieces, min_count);
}

}  // namespace

TranslationVocabulary::TranslationVocabulary(Sentences training_words, std::int64_t min_count,
                                             std::int64_t merges)
    : bpe_(learn(training_words, merges)), symbols_(symbols_of(training_words, min_count, bpe_)) {}

TranslationVocabulary::TranslationVocabulary(std::optional<Bpe> bpe, WordVocabulary symbols)
    : bpe_(std::move(bpe)), symbols_(std::move(symbols)) {}

std::vector<std::int32_t> TranslationVocabulary::encode(std::span<const std::string> words) const {
  return bpe_ ? symbols_.encode(bpe_->apply(words)) : symbols_.encode(words);
}

std::vector<std::string> TranslationVocabulary::decode(
    std::span<const std::int32_t> symbols) const {
  std::vector<std::string> found;
  for (const std::int32_t symbol : symbols)
    if (symbol != border()) found.push_back(symbols_.word(symbol));
  return bpe_ ? join_pieces(found) : found;
}

std::string TranslationVocabulary::shown(std::int32_t symbol) const {
  return symbol == border() ? "∎" : without_joints(symbols_.word(symbol));
}

Json TranslationVocabulary::to_json() const {
  Json json = {{"symbols", symbols_.to_json()}, {"merges", nullptr}};
  if (bpe_) json["merges"] = bpe_->merges();
  return json;
}

TranslationVocabulary TranslationVocabulary::from_json(const Json& json) {
  try {
    std::optional<Bpe> bpe;
    if (!json.at("merges").is_null())
      bpe = Bpe(json["merges"].get<std::vector<std::pair<std::string, std::string>>>());
    return {std::move(bpe), WordVocabulary::from_json(json.at("symbols"))};
  } catch (const nlohmann::json::exception&) {
    throw input_error("damaged vocabulary: expected symbols and merges");
  }
}

}  // namespace unroll::lessons
