#include "lessons/support/translation_vocabulary.h"

namespace unroll::lessons {

TranslationVocabulary::TranslationVocabulary(
    std::span<const std::vector<std::string>> training_words, std::int64_t min_count)
    : words_(WordVocabulary::from_texts(training_words, min_count)) {}

std::vector<std::int32_t> TranslationVocabulary::encode(std::span<const std::string> words) const {
  return words_.encode(words);
}

std::vector<std::string> TranslationVocabulary::decode(
    std::span<const std::int32_t> symbols) const {
  std::vector<std::string> words;
  for (const std::int32_t symbol : symbols)
    if (symbol != border()) words.push_back(words_.word(symbol));
  return words;
}

}  // namespace unroll::lessons
