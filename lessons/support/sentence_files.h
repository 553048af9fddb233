// Files with a word on each line and empty lines between sentences, and the parts that they make.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lessons/support/splits.h"

namespace unroll::lessons {

/// A line that is not empty: "words.tsv:3", and what stands there.
struct PlacedLine {
  std::string where, text;
};

/// The lines of a UTF-8 file between its empty ones (blanks and tabs alone count as empty). Throws
/// an input error when the file cannot be read or is empty.
std::vector<std::vector<PlacedLine>> read_line_blocks(const std::filesystem::path& file);

/// The beginning of a line, in quotes, for messages.
std::string quoted(std::string_view line);

struct PartFiles {
  std::filesystem::path train, validation, test;
};

/// The three files of a folder whose names hold "train", "dev" or "valid", and "test". Throws an
/// input error unless there is one of each.
PartFiles find_part_files(const std::filesystem::path& folder);

/// 80 % to train on, 10 % to validate, 10 % to test, at random but the same in every run,
/// near-duplicates on one side. Throws an input error when a part would be empty.
ShuffledSplit split_sentences(const std::vector<std::vector<std::string>>& sentences);

inline constexpr const char* kOwnParts = "the parts are the data set's own";
inline constexpr const char* kSplitParts =
    "80 % / 10 % / 10 % of the sentences at random, near-duplicates in one part";

/// Reads the parts of a data set: `read` turns a file into sentences, which have `words`. `path` is
/// a folder with a file for each part, or a file, which is split. The result is filled in order:
/// train, validation, test, and how they were made.
template <class Parts, class Read>
Parts read_parts(const std::filesystem::path& path, const Read& read) {
  Parts parts;
  if (std::filesystem::is_directory(path)) {
    const PartFiles files = find_part_files(path);
    parts.train = read(files.train);
    parts.validation = read(files.validation);
    parts.test = read(files.test);
    parts.split = kOwnParts;
    return parts;
  }
  auto all = read(path);
  std::vector<std::vector<std::string>> words;
  for (const auto& sentence : all) words.push_back(sentence.words);
  const ShuffledSplit split = split_sentences(words);
  const auto take = [&all](const std::vector<std::int64_t>& which, auto& part) {
    for (const std::int64_t i : which) part.push_back(std::move(all[static_cast<std::size_t>(i)]));
  };
  take(split.train, parts.train);
  take(split.validation, parts.validation);
  take(split.test, parts.test);
  parts.split = kSplitParts;
  return parts;
}

}  // namespace unroll::lessons
