// What the sentiment lesson scores and shows: baselines, constructions, samples.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/sentiment_report.h"

namespace unroll::lessons {

/// A classifier without a network.
struct SentimentBaseline {
  std::string name, short_name;
  Predictions test;
  double validation_accuracy = 0;
};

/// Majority, and Naive Bayes on words and on words and pairs, counted on the training part.
std::vector<SentimentBaseline> sentiment_baselines(const SentimentData& data);

/// The share of right answers by construction, in percent.
struct ConstructionScores {
  std::vector<std::string> constructions;
  std::vector<std::vector<double>> baselines;  // (baseline, construction)
  std::vector<std::vector<double>> runs;       // (seed, construction)
};

ConstructionScores score_constructions(const SentimentReport& report,
                                       const std::vector<SentimentBaseline>& baselines);

/// A text of the test part whose judgement is shown.
struct SampleText {
  std::vector<std::string> words;
  std::string heading;  // "contrast, positive; judged positive, 98 %"
};

/// Of the lesson's own reviews one of each construction, those where order matters first; of others
/// the first that are judged right and the first that are judged wrong, of each class. Short ones.
std::vector<SampleText> choose_samples(const SentimentReport& report);

}  // namespace unroll::lessons
