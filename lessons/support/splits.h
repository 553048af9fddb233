// What is learned from, what is tuned on, and what is only looked at in the end.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// The indices from `begin` up to, not including, `end`.
struct IndexRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t size() const { return end - begin; }
};

struct PositionSplit {
  IndexRange train, validation, test;
};

/// Splits 0 … count-1 by position: the first `train` (a fraction), then `validation`, and the rest
/// as test. Boundaries are rounded down. Throws `Error` unless the fractions are positive and sum
/// to at most 1, an input error when a part that should hold something is empty.
PositionSplit split_by_position(std::int64_t count, double train, double validation);

struct TextSplit {
  std::string_view train, validation, test;
};

/// The same for the code points of valid UTF-8; the parts point into `text`.
TextSplit split_text(std::string_view text, double train, double validation);

struct ShuffledSplit {
  std::vector<std::int64_t> train, validation, test;
};

/// The same sizes, of a permutation of 0 … count-1 that depends on `seed` and `count` alone.
ShuffledSplit split_shuffled(std::int64_t count, double train, double validation,
                             std::uint64_t seed);

/// The same for items in groups: `groups[i]` is the number of item i's group, from 0. A group lies
/// on one side as a whole, so sizes are met as nearly as that allows. `turn` shifts the parts along
/// the permutation by that share of all items: for cross-validation, turns of 0, 0.1, … 0.9 test on
/// each item once where a tenth is the test part.
ShuffledSplit split_groups(std::span<const std::int64_t> groups, double train, double validation,
                           std::uint64_t seed, double turn = 0);

}  // namespace unroll::lessons
