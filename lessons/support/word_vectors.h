// Word vectors trained elsewhere, in the text formats of GloVe and word2vec.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/tensor.h"
#include "lessons/support/word_vocabulary.h"

namespace unroll::lessons {

struct WordVectors {
  std::int64_t width = 0;
  std::vector<float> values = {};  // (vocabulary, width); 0 for words that the file lacks
  std::vector<bool> found = {};    // (vocabulary)
  std::int64_t found_count = 0;

  /// "Word vectors: 300 numbers each, for 1,234 of 2,000 words", a line.
  std::string describe() const;
  /// Writes the vectors into the rows of `embedding` (vocabulary, width). The rows of the other
  /// words are scaled to be as large as these.
  void copy_into(Tensor& embedding) const;
};

/// Reads the vectors of the words in `vocabulary`: on each line a word and its numbers, with blanks
/// between. The first line may be the "count width" of word2vec's text format. Throws an input
/// error with file and line for vectors of another width than `width` (0: any, as long as all have
/// the same), for a field that is no finite number, and when no word of the vocabulary is there.
WordVectors read_word_vectors(const std::filesystem::path& file, const WordVocabulary& vocabulary,
                              std::int64_t width = 0);

}  // namespace unroll::lessons
