// The pictures of the sequence to sequence lesson.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/translation_report.h"

namespace unroll::lessons {

struct TranslationPictures {
  const TranslationReport& report;
  const std::vector<ScoredWay>& ways;  // the last is the network with its beam
  std::string caption;                 // data, seeds, what was left out

  void draw_training() const;  // training.png: losses, BLEU, and the share of own words
  void draw_scores() const;    // scores.png: BLEU, chrF and exact matches
  void draw_lengths(const std::vector<LengthGroup>& groups) const;        // lengths.png
  void draw_phenomena(const std::vector<PhenomenonGroup>& groups) const;  // phenomena.png
  void draw_beam() const;      // beam.png: BLEU by the width of the beam
  void draw_contexts() const;  // contexts.png: similar sentences as vectors
  void draw_samples(const std::vector<std::size_t>& samples) const;  // samples.png
};

}  // namespace unroll::lessons
