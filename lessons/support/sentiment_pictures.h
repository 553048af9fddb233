// The pictures of the sentiment lesson.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/sentiment_scores.h"

namespace unroll::lessons {

struct SentimentPictures {
  const SentimentReport& report;
  const std::vector<SentimentBaseline>& baselines;
  std::string caption;  // data, seeds, what was left out

  void draw_loss() const;       // loss.png: training, validation, what was chosen
  void draw_confusion() const;  // confusion.png: network beside the best baseline
  void draw_roc() const;        // roc.png: one panel a class
  void draw_constructions(const ConstructionScores& scores) const;        // constructions.png
  void draw_comparison() const;                                           // comparison.png
  void draw_contributions(const std::vector<SampleText>& samples) const;  // contributions.png
  void draw_reading(const std::vector<SampleText>& samples) const;        // reading.png
};

}  // namespace unroll::lessons
