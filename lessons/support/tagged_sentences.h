// Sentences whose words have a tag each, from the formats in which data sets come.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace unroll::lessons {

/// Word number i has tag number i.
struct TaggedSentence {
  std::vector<std::string> words = {};
  std::vector<std::string> tags = {};
};

/// Reads a file
///  - in CoNLL-U (its name ends in .conllu): ten columns, of which FORM and UPOS are taken.
///  Comments,
///    ranges of words that are written as one (3-4) and words that are not written (5.1) are
///    skipped;
///  - of any other name: `word<TAB>tag` on each line.
/// An empty line ends a sentence. Throws an input error with file and line for a line of another
/// form, an empty word, a missing tag, and when there is no sentence.
std::vector<TaggedSentence> read_tagged_sentences(const std::filesystem::path& file);

struct TaggedParts {
  std::vector<TaggedSentence> train = {}, validation = {}, test = {};
  std::string split = {};  // how the parts were made, a sentence
};

/// Reads a folder with one file each whose name holds "train", "dev" or "valid", and "test"; or a
/// file, which is split: 80 % to train on, 10 % to validate, 10 % to test, at random but the same
/// in every run, near-duplicates on one side. Throws an input error, also when a part would be
/// empty.
TaggedParts read_tagged_parts(const std::filesystem::path& path);

}  // namespace unroll::lessons
