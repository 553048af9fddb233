// What a network knows of a word by itself: a learned vector, and what its letters say.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/nn.h"
#include "lessons/support/lexicon.h"

namespace unroll::lessons {

/// Each word's vector is [one learned for it, or for all unknown words; the last states of two
/// small networks that read its letters from either end]. So what a new word looks like is known.
class WordReader {
 public:
  /// Adds embeddings "words" and "letters" and the reader of letters, "speller", to `model`; with
  /// `letter_units` 0 there are words alone.
  WordReader(nn::Module& model, const Lexicon& lexicon, nn::Cell cell, std::int64_t word_features,
             std::int64_t letter_units);

  /// The length of a word's vector.
  std::int64_t features() const;

  /// (longest, batch, features).
  Tensor operator()(const WordBatch& batch);

  nn::Embedding words;

 private:
  std::optional<nn::Embedding> letters_;
  std::optional<nn::Recurrent> speller_;
};

}  // namespace unroll::lessons
