#include "lessons/support/translation_scores.h"

#include <algorithm>
#include <map>

#include "engine/error.h"
#include "lessons/support/chrf.h"
#include "lessons/support/joined_words.h"
#include "lessons/support/lexical_alignment.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

double exact_matches(std::span<const std::string> translations,
                     std::span<const std::string> references) {
  require(translations.size() == references.size(), "[exact_matches] expected ", references.size(),
          " translations, got ", translations.size());
  RunningMean exact;
  for (std::size_t i = 0; i < translations.size(); ++i)
    exact.add(translations[i] == references[i] ? 1 : 0);
  return exact.value();
}

TranslationScores score_translations(std::span<const std::string> translations,
                                     std::span<const std::string> references,
                                     BleuTokenizer tokenizer) {
  TranslationScores scores{.counts = count_bleu(translations, references, tokenizer)};
  BleuCounts all;
  for (const BleuCounts& sentence : scores.counts) all += sentence;
  scores.bleu = Bleu(all).score;
  scores.chrf = corpus_chrf(translations, references);
  scores.exact = exact_matches(translations, references);
  return scores;
}

std::vector<std::string> word_for_word(const TranslationData& data, const TranslationPart& part) {
  // Whole words, all of them, whatever the network reads.
  const auto source = WordVocabulary::from_texts(data.train.source_words);
  const auto target = WordVocabulary::from_texts(data.train.target_words);
  const auto encode = [](const WordVocabulary& vocabulary, const auto& sentences) {
    std::vector<std::vector<std::int32_t>> numbers;
    for (const auto& words : sentences) numbers.push_back(vocabulary.encode(words));
    return numbers;
  };
  const LexicalAligner lexicon(encode(source, data.train.source_words),
                               encode(target, data.train.target_words));
  std::vector<std::string> texts;
  for (const std::vector<std::string>& words : part.source_words) {
    std::vector<std::string> translated;
    for (const std::string& word : words) {
      const std::int32_t found = lexicon.translation(source.id(word));
      translated.push_back(found < 0 ? word : target.word(found));
    }
    texts.push_back(join_joined_words(translated));
  }
  return texts;
}

double PhenomenonGroup::bleu(std::span<const BleuCounts> counts) const {
  BleuCounts all;
  for (const std::int64_t i : sentences) all += counts[static_cast<std::size_t>(i)];
  return Bleu(all).score;
}

std::vector<PhenomenonGroup> phenomenon_groups(const TranslationPart& part) {
  std::map<std::string, std::vector<std::int64_t>> found;
  for (std::size_t i = 0; i < part.phenomena.size(); ++i)
    for (const std::string& name : part.phenomena[i])
      found[name].push_back(static_cast<std::int64_t>(i));
  std::vector<PhenomenonGroup> groups;
  for (auto& [name, sentences] : found) groups.push_back({name, std::move(sentences)});
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return a.sentences.size() > b.sentences.size();
  });
  return groups;
}

}  // namespace unroll::lessons
