// Sentences with names in them, from files in CoNLL's columns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace unroll::lessons {

/// Word number i has the tag tags[level][i]; level 0 holds the outer names, the next ones what
/// stands inside of these.
struct EntitySentence {
  std::vector<std::string> words = {};
  std::vector<std::vector<std::string>> tags = {};
};

/// Reads a file with a word on each line, an empty line behind a sentence, and two to four columns:
/// the word first, the tags of `levels` levels last, outermost first; what stands between (parts of
/// speech, chunks) is not read. Columns are separated by tabs where a line has any, else by blanks.
/// Where words are numbered (1, 2, … in each sentence, in a column of its own before them), lines
/// that begin with # are comments. Documents' headings (-DOCSTART-) are skipped. Throws an input
/// error with file and line for another number of columns and for what is no tag.
std::vector<EntitySentence> read_entity_sentences(const std::filesystem::path& file,
                                                  std::int64_t levels);

struct EntityParts {
  std::vector<EntitySentence> train = {}, validation = {}, test = {};
  std::string split = {};  // how the parts were made, a sentence
};

/// A folder with a file each to train on, to validate (dev) and to test, or a file, which is split.
EntityParts read_entity_parts(const std::filesystem::path& path, std::int64_t levels);

}  // namespace unroll::lessons
