// Sentences by their length: what a score of all of them hides.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lessons/support/bleu.h"

namespace unroll::lessons {

struct LengthGroup {
  std::int64_t shortest = 0, longest = 0;  // words
  std::vector<std::int64_t> sentences = {};

  /// "5–8", "9".
  std::string name() const;
  /// BLEU of these sentences; `counts` holds those of all sentences.
  double bleu(std::span<const BleuCounts> counts) const;
};

/// At most `groups` groups of about as many sentences each, the shortest first. Sentences of one
/// length are in one group.
std::vector<LengthGroup> length_groups(std::span<const std::vector<std::int32_t>> sentences,
                                       std::int64_t groups);

}  // namespace unroll::lessons
