// The pictures of the tagging lesson.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/tagging_report.h"
#include "lessons/support/tagging_scores.h"

namespace unroll::lessons {

struct TaggingPictures {
  const TaggingReport& report;
  const std::vector<WordGroup>& groups;
  const Predictions& baseline;  // of the test part
  std::string caption;          // data, seeds, what was left out

  void draw_training() const;   // training.png: loss and accuracy by epoch
  void draw_scores() const;     // scores.png: right words by group
  void draw_future() const;     // future.png: right words by how much future may be read
  void draw_context() const;    // context.png: share of the gradient by distance
  void draw_confusion() const;  // confusion.png: of the last network
  void draw_flow() const;       // flow.png: one sentence, states and what they say
  void draw_sources() const;    // sources.png: one sentence, where each tag comes from
  void draw_language_models(double pairs) const;  // language_model.png: the cheat
};

}  // namespace unroll::lessons
