// Texts that are nearly the same, found so that a split can keep them on one side.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace unroll::lessons {

/// For each text the number of its group, from 0 in the order of first appearance. Two texts are
/// near-duplicates when they share at least half of their pairs of neighbouring words (Jaccard
/// index; marks do not count as words); groups are chains of those.
///
/// Only texts that share one of the eight smallest hashes of their pairs are compared (A. Broder,
/// "On the resemblance and containment of documents", 1997), so that it takes a second for
/// thousands of texts and now and then misses one that is only just alike.
std::vector<std::int64_t> near_duplicate_groups(std::span<const std::vector<std::string>> texts);

}  // namespace unroll::lessons
