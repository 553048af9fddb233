// Texts and their translations, from the formats in which they come.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace unroll::lessons {

/// A sentence and its translation, as they were written.
struct SentencePair {
  std::string source, target;
};

/// Word number `source` of a sentence and word number `target` of its translation say the same.
struct AlignmentLink {
  std::int64_t source = 0, target = 0;
  auto operator<=>(const AlignmentLink&) const = default;
};

/// Where the pairs are: either `pairs`, a file with `source<TAB>target` on each line, or `source`
/// and `target`, two files whose lines number i belong together; with those for validation and
/// for testing in the same form, or without.
struct ParallelFiles {
  std::string pairs = {};
  std::string source = {}, target = {};
  std::string dev_source = {}, dev_target = {};
  std::string test_source = {}, test_target = {};

  bool empty() const { return pairs.empty() && source.empty() && target.empty(); }
};

struct ParallelParts {
  std::vector<SentencePair> train = {}, validation = {}, test = {};
  std::string name = {};
  std::string split = {};  // how the parts were made, a sentence
};

/// Reads the files. Without dev or test files a tenth each is taken from the rest at random, the
/// same in every run, near-duplicates (of either side) in one part; training pairs whose source is
/// also in the validation or test part are left out. Throws an input error with file and line for
/// a line of another form, an empty sentence, files of different numbers of lines, half a pair of
/// options, and when a part would be empty.
ParallelParts read_parallel_parts(const ParallelFiles& files);

}  // namespace unroll::lessons
