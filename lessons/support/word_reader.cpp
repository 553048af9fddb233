#include "lessons/support/word_reader.h"

#include "engine/nn/init.h"

namespace unroll::lessons {

WordReader::WordReader(nn::Module& model, const Lexicon& lexicon, nn::Cell cell,
                       std::int64_t word_features, std::int64_t letter_units)
    : words(model, "words", lexicon.vocabulary.size(), word_features) {
  Random start = model.random("words");
  nn::init::normal(words.weight, 0.0, 0.1, start);
  if (letter_units == 0) return;
  constexpr std::int64_t kLetterFeatures = 24;
  letters_.emplace(model, "letters", lexicon.letters.size(), kLetterFeatures);
  speller_.emplace(model, "speller", cell, kLetterFeatures, letter_units,
                   nn::RecurrentOptions{.bidirectional = true});
}

std::int64_t WordReader::features() const {
  return words.weight.size(1) + (speller_ ? 2 * speller_->hidden_size() : 0);
}

Tensor WordReader::operator()(const WordBatch& batch) {
  const Tensor known = words(batch.words.values);
  if (!speller_) return known;
  // A word's beginning and end are the last states of the two readers of its letters.
  const Tensor ends =
      (*speller_)((*letters_)(batch.letters.values), {.lengths = batch.letters.lengths}).state.h;
  const Tensor spelled = concat({select(ends, 0), select(ends, 1)}, 1);
  return concat({known, embedding(spelled, batch.forms)}, 2);
}

}  // namespace unroll::lessons
