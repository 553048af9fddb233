// Which words translate which: links taken from attention, and how wrong they are.
//
// With A the links found, S those that are surely right and P (S among them) those that may be,
//
//   alignment error rate = 1 − (|A∩S| + |A∩P|) / (|A| + |S|),
//
// 0 when all sure links are found and only right ones. F. J. Och and H. Ney, "A systematic
// comparison of various statistical alignment models", Computational Linguistics 29, 2003.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lessons/support/parallel_text.h"

namespace unroll::lessons {

/// The links of a sentence pair.
using Links = std::vector<AlignmentLink>;

/// Links each target word to the source word that has the largest weight, the first where several
/// have. weights: (target_words, source_words), row-major.
Links largest_links(std::span<const double> weights, std::int64_t target_words,
                    std::int64_t source_words);

/// Links each target word to the source word at the same share of the sentence: a baseline.
Links diagonal_links(std::int64_t target_words, std::int64_t source_words);

/// Counts over the sentences of a corpus.
class AlignmentError {
 public:
  /// Adds a sentence, each link once; `possible` are those beside the sure ones.
  void add(const Links& found, const Links& sure, const Links& possible = {});

  /// The alignment error rate; NaN when there are no links at all.
  double rate() const;
  /// |A∩P|/|A| and |A∩S|/|S|; NaN when there are none.
  double precision() const;
  double recall() const;

 private:
  std::int64_t found_ = 0, sure_ = 0, found_sure_ = 0, found_possible_ = 0;
};

}  // namespace unroll::lessons
