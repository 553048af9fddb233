// Text to learn from: a file, a folder, or the prose and source of this checkout.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace unroll::lessons {

/// The text of some files, one after another.
struct Corpus {
  std::string text;                          // valid UTF-8
  std::vector<std::filesystem::path> files;  // those that were taken, in order
  std::int64_t skipped = 0;     // files of a folder that are binary, hidden or links to others
  std::int64_t characters = 0;  // code points
  std::int64_t cut = 0;         // characters of the files that keep_first() has taken away

  /// Drops what follows the first `count` characters.
  void keep_first(std::int64_t count);
  /// "12 files (3 skipped), 345,678 characters", or "…, the first 1,000 of 345,678 characters".
  std::string describe() const;
};

/// Reads a file, or every text file below a folder in the order of their paths. In a folder, hidden
/// files and folders, those of version control, and binary files are skipped; a link to a file
/// that is there anyway is skipped too, so that no text comes twice. A byte order mark is dropped,
/// and a file that does not end in a line feed gets one when another follows.
/// Throws an input error: nothing there, unreadable, empty, no text, or invalid UTF-8.
Corpus read_corpus(const std::filesystem::path& path);

/// Reads several files or folders, each as above, in the given order.
Corpus read_corpus(std::span<const std::filesystem::path> paths);

/// Reads those files below `parts` (files or folders, relative to `root`) whose names end in one of
/// `endings` (".md"), in the order of `parts` and of the paths within. Throws an input error for a
/// part that is not there.
Corpus read_checkout(const std::filesystem::path& root, std::span<const std::string> parts,
                     std::span<const std::string> endings);

}  // namespace unroll::lessons
