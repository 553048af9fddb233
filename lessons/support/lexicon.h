// The words of a data set as a tagger reads them: as numbers of a vocabulary, and letter by letter.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/random.h"
#include "lessons/support/padded_batches.h"
#include "lessons/support/word_vocabulary.h"
#include "lessons/support/words.h"

namespace unroll::lessons {

/// A number for each word, one vector a sentence.
using SentenceNumbers = std::vector<std::vector<std::int32_t>>;

class Lexicon {
 public:
  /// Words that come less than `min_count` times in the training sentences are not in the
  /// vocabulary. With lowered capitals it holds words in small letters; `letters` tell them apart.
  Lexicon(const std::vector<std::vector<std::string>>& training_sentences, std::int64_t min_count,
          Capitals capitals = Capitals::kKept);
  /// That of a saved model.
  Lexicon(WordVocabulary saved_vocabulary, WordVocabulary saved_letters, Capitals capitals);

  WordVocabulary vocabulary, letters;                // of the training sentences alone
  std::vector<std::int64_t> counts;                  // of each word of `vocabulary`, there
  std::vector<std::string> forms = {};               // all different words that were added
  std::vector<std::vector<std::int32_t>> spellings;  // of the forms, in `letters`; of long words
                                                     // both ends

  /// The numbers in `vocabulary` of a sentence's words.
  std::vector<std::int32_t> encode(std::span<const std::string> sentence) const;

  /// The numbers in `forms` of a sentence's words; new ones are added.
  std::vector<std::int32_t> add(std::span<const std::string> sentence);

 private:
  Capitals capitals_;
  std::map<std::string, std::int32_t> numbers_ = {};  // of the forms
};

/// Some sentences side by side.
struct WordBatch {
  PaddedBatch words;    // (longest, batch), in the vocabulary
  PaddedBatch letters;  // (longest spelling, different forms): each form of the batch once
  Tensor forms;         // (longest, batch), i32: which column of `letters` spells the word
};

/// Puts those `sentences` side by side whose words have the numbers `words` in the lexicon's
/// vocabulary and `forms` among its forms.
WordBatch make_word_batch(const Lexicon& lexicon, const SentenceNumbers& words,
                          const SentenceNumbers& forms, std::span<const std::int64_t> sentences);

/// Word dropout: a word that the training part has n times becomes unknown with probability
/// `strength`/(`strength` + n), so that the rare ones teach what to do with unknown ones. The
/// letters stay. E. Kiperwasser and Y. Goldberg, "Simple and accurate dependency parsing using
/// bidirectional LSTM feature representations", TACL 2016.
void drop_words(WordBatch& batch, const Lexicon& lexicon, double strength, Random& random);

}  // namespace unroll::lessons
