#include "lessons/support/word_vocabulary.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/error.h"

namespace unroll::lessons {

WordVocabulary::WordVocabulary(std::vector<std::string> known) : words_{"\uFFFD"} {
  for (std::string& word : known) {
    if (!ids_.emplace(word, static_cast<std::int32_t>(words_.size())).second)
      throw input_error("damaged vocabulary: the word \"", word, "\" comes twice");
    words_.push_back(std::move(word));
  }
}

WordVocabulary WordVocabulary::from_texts(std::span<const std::vector<std::string>> training_texts,
                                          std::int64_t smallest_count) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& text : training_texts)
    for (const std::string& word : text) ++counts[word];
  std::vector<std::pair<std::int64_t, std::string>> kept;
  for (const auto& [word, count] : counts)
    if (count >= smallest_count) kept.emplace_back(count, word);
  if (kept.empty())
    throw input_error("a vocabulary needs words: the training texts have none that comes ",
                      smallest_count, " times");
  std::stable_sort(kept.begin(), kept.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> words;
  for (auto& [count, word] : kept) words.push_back(std::move(word));
  return WordVocabulary(std::move(words));
}

std::int32_t WordVocabulary::id(const std::string& word) const {
  const auto found = ids_.find(word);
  return found == ids_.end() ? kUnknown : found->second;
}

std::vector<std::int32_t> WordVocabulary::encode(std::span<const std::string> words) const {
  std::vector<std::int32_t> ids;
  for (const std::string& word : words) ids.push_back(id(word));
  return ids;
}

const std::string& WordVocabulary::word(std::int32_t id) const {
  require(id >= 0 && id < size(), "[WordVocabulary] expected an id from 0 to ", size() - 1,
          ", got ", id);
  return words_[static_cast<std::size_t>(id)];
}

Json WordVocabulary::to_json() const { return Json(std::vector(words_.begin() + 1, words_.end())); }

WordVocabulary WordVocabulary::from_json(const Json& json) {
  std::vector<std::string> known;
  try {
    known = json.get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
  }
  if (known.empty()) throw input_error("damaged vocabulary: expected an array of words");
  return WordVocabulary(std::move(known));
}

}  // namespace unroll::lessons
