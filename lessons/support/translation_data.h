// What the translation lessons learn from: pairs of sentences in three parts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor.h"
#include "lessons/support/alignment_error.h"
#include "lessons/support/json.h"
#include "lessons/support/padded_batches.h"
#include "lessons/support/parallel_text.h"
#include "lessons/support/translation_vocabulary.h"

namespace unroll::lessons {

/// Some pairs, number i of each vector about the same one.
struct TranslationPart {
  using Numbers = std::vector<std::vector<std::int32_t>>;
  using Sentences = std::vector<std::vector<std::string>>;

  std::vector<std::string> source_texts = {}, target_texts = {};
  Sentences source_words = {}, target_words = {};  // of the texts, with joints (joined_words.h)
  Numbers source = {}, target = {};                // words or pieces, as the vocabularies have them
  // Of generated pairs: which words are each other's translations, and what is in the sentence.
  std::vector<Links> alignments = {};
  std::vector<std::vector<std::string>> phenomena = {};

  std::int64_t size() const { return static_cast<std::int64_t>(source.size()); }
};

struct TranslationData {
  std::string name;
  TranslationVocabulary source, target;  // of the training part alone
  TranslationPart train = {}, validation = {}, test = {};
  std::string split = {};   // how the parts were made, a sentence
  std::string sha256 = {};  // of all texts
  bool is_generated = false;

  /// Some lines for the terminal.
  std::string describe() const;
  /// The same for metrics.json.
  Json to_json() const;
};

/// Which pairs, and how they are cut into words.
struct TranslationChoice {
  ParallelFiles files = {};
  std::int64_t pairs = 0;       // to train on; of files 0: all
  std::int64_t min_count = 1;   // words that come less often in the training part are unknown
  std::int64_t bpe = 0;         // merges of byte-pair encoding; 0: whole words
  std::int64_t max_words = 50;  // training pairs with longer sentences are left out
};

/// Generated pairs (translation_grammar.h), or those of the files. Throws an input error.
TranslationData read_translation_data(const TranslationChoice& choice);

/// The target of what is no word. Losses leave it out.
inline constexpr std::int32_t kNoWord = -100;

/// Some pairs side by side. A target of T words is T + 1 steps: the word before (first the border),
/// and the word that should follow (last the border).
struct TranslationBatch {
  PaddedBatch source;
  Tensor inputs;   // (steps, batch), i32
  Tensor targets;  // (steps, batch), i32, kNoWord behind the ends
};

TranslationBatch make_batch(const TranslationData& data, const TranslationPart& part,
                            std::span<const std::int64_t> pairs);

}  // namespace unroll::lessons
