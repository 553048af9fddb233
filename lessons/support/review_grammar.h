// Short film reviews, made up by a grammar: what counting words can and cannot tell.
//
// Each review is built by one construction. A word such as "dull" is as often in praise as in
// blame; what it means there is decided by "not", "but", "although", by who says it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/data_part.h"

namespace unroll::lessons {

using ReviewPart = DataPart;

struct Review {
  std::string text;
  std::int32_t label;        // kNegative, kNeutral or kPositive
  std::string construction;  // "contrast"
  /// What was combined: "not + dull", "the music + warm", "dull, but warm". A text has one or more.
  std::vector<std::string> combinations;
};

/// The labels with three classes; with two there is no neutral one, and positive is 1.
inline constexpr std::int32_t kNegative = 0, kNeutral = 1, kPositive = 2;

/// `count` different reviews, as many of each class, and within a class of each construction (as
/// far as they can be divided). Those of kTrain have combinations of that part only; every other
/// has at least one of its own part, the rest may be those of kTrain. So the words of the test part
/// are known and what is made of them is new. `classes` is 2 (no neutral ones) or 3; labels are
/// then from 0 to classes − 1. Throws an input error for more reviews than the grammar can make.
std::vector<Review> generate_reviews(ReviewPart part, std::int64_t count, std::int64_t classes,
                                     std::uint64_t seed);

}  // namespace unroll::lessons
