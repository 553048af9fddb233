#include "lessons/support/lexicon.h"

#include <utility>

#include "lessons/support/utf8.h"

namespace unroll::lessons {

namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kLongestSpelling = 20;  // of longer words, both ends are read

Words letters_of(const std::string& word) {
  Words letters;
  for (std::string_view rest = word; !rest.empty();) {
    const std::size_t bytes = code_point_bytes(rest);
    letters.emplace_back(rest.substr(0, bytes));
    rest.remove_prefix(bytes);
  }
  if (letters.size() > kLongestSpelling)
    letters.erase(letters.begin() + kLongestSpelling / 2, letters.end() - kLongestSpelling / 2);
  return letters;
}

std::vector<Words> all_letters(const std::vector<Words>& sentences) {
  std::vector<Words> letters;
  for (const Words& sentence : sentences)
    for (const std::string& word : sentence) letters.push_back(letters_of(word));
  return letters;
}

Words lowered(std::span<const std::string> sentence) {
  Words words;
  for (const std::string& word : sentence) words.push_back(lower_case(word));
  return words;
}

WordVocabulary make_vocabulary(std::vector<Words> sentences, std::int64_t min_count,
                               Capitals capitals) {
  if (capitals == Capitals::kLowered)
    for (Words& sentence : sentences) sentence = lowered(sentence);
  return WordVocabulary::from_texts(sentences, min_count);
}

}  // namespace

Lexicon::Lexicon(WordVocabulary saved_vocabulary, WordVocabulary saved_letters, Capitals capitals)
    : vocabulary(std::move(saved_vocabulary)),
      letters(std::move(saved_letters)),
      counts(static_cast<std::size_t>(vocabulary.size())),
      capitals_(capitals) {}

Lexicon::Lexicon(const std::vector<Words>& training_sentences, std::int64_t min_count,
                 Capitals capitals)
    : Lexicon(make_vocabulary(training_sentences, min_count, capitals),
              WordVocabulary::from_texts(all_letters(training_sentences)), capitals) {
  for (const Words& sentence : training_sentences)
    for (const std::int32_t word : encode(sentence)) ++counts[static_cast<std::size_t>(word)];
}

std::vector<std::int32_t> Lexicon::encode(std::span<const std::string> sentence) const {
  return vocabulary.encode(capitals_ == Capitals::kLowered
                               ? lowered(sentence)
                               : Words(sentence.begin(), sentence.end()));
}

std::vector<std::int32_t> Lexicon::add(std::span<const std::string> sentence) {
  std::vector<std::int32_t> numbers;
  for (const std::string& word : sentence) {
    const auto [found, is_new] =
        numbers_.try_emplace(word, static_cast<std::int32_t>(forms.size()));
    if (is_new) {
      forms.push_back(word);
      spellings.push_back(letters.encode(letters_of(word)));
    }
    numbers.push_back(found->second);
  }
  return numbers;
}

WordBatch make_word_batch(const Lexicon& lexicon, const SentenceNumbers& words,
                          const SentenceNumbers& forms, std::span<const std::int64_t> sentences) {
  WordBatch batch{pad(words, sentences), {}, {}};
  const PaddedBatch padded = pad(forms, sentences, -1);
  std::map<std::int32_t, std::int32_t> columns;
  std::vector<std::int64_t> spelled;
  std::vector<std::int32_t> which;
  for (const std::int32_t form : padded.values.to_vector<std::int32_t>()) {
    if (form < 0) {
      which.push_back(0);  // not looked at
      continue;
    }
    const auto [column, is_new] =
        columns.try_emplace(form, static_cast<std::int32_t>(columns.size()));
    if (is_new) spelled.push_back(form);
    which.push_back(column->second);
  }
  batch.letters = pad(lexicon.spellings, spelled);
  batch.forms = from_vector(which, padded.values.shape());
  return batch;
}

void drop_words(WordBatch& batch, const Lexicon& lexicon, double strength, Random& random) {
  std::vector<std::int32_t> words = batch.words.values.to_vector<std::int32_t>();
  for (std::int32_t& word : words) {
    const auto count = static_cast<double>(lexicon.counts[static_cast<std::size_t>(word)]);
    if (random.next_uniform() * (strength + count) < strength) word = WordVocabulary::kUnknown;
  }
  batch.words.values = from_vector(words, batch.words.values.shape());
}

}  // namespace unroll::lessons
