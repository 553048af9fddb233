// The pictures of the attention lesson.
#pragma once

#include <string>

#include "lessons/support/attention_report.h"
#include "lessons/support/attention_scores.h"
#include "lessons/support/colors.h"

namespace unroll::lessons {

struct AttentionPictures {
  const AttentionReport& report;
  const AttentionScores& scores;
  std::string caption;  // data, cell and seeds

  void draw_training() const;
  void draw_scores() const;
  void draw_lengths() const;
  /// What networks with attention look at; false, and nothing drawn, where none has it.
  bool draw_maps() const;
  /// Error rates beside those of other aligners; false where no network has attention.
  bool draw_alignment() const;

 private:
  void draw_samples(const AttentionNetwork& network) const;
  void draw_kinds(const std::vector<const AttentionNetwork*>& networks) const;
  void draw_entropy(const std::vector<const AttentionNetwork*>& networks) const;
  std::vector<const AttentionNetwork*> attentive() const;
  Color color_of(const AttentionNetwork& network) const;
};

}  // namespace unroll::lessons
