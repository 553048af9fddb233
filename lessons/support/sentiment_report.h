// What a run of the sentiment lesson leaves: tables, the verdict, pictures, metrics.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/classification.h"
#include "lessons/support/contributions.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/sentiment_data.h"

namespace unroll::lessons {

/// One training, by epoch, and what its network says of the test part.
struct SentimentRun {
  std::vector<double> training_loss, validation_loss, validation_accuracy;
  std::int64_t best_epoch = 0;  // from 1: the weights of that one were kept
  Predictions test = {};

  double best_validation_accuracy() const {
    return best_epoch > 0 ? validation_accuracy[static_cast<std::size_t>(best_epoch - 1)] : 0.0;
  }
};

/// A network that is compared on the validation part alone.
struct ComparedNetwork {
  std::string cell;        // LSTM
  std::string directions;  // forward, both
  std::string pooling;     // last, mean, max
  std::int64_t parameters = 0;
  std::vector<double> validation_accuracy = {};  // one a seed
};

struct SentimentReport {
  const SentimentData& data;
  const RunDirectory& out;
  std::string cell;                            // "LSTM"
  std::string network;                         // "LSTM, both directions, max pooling"
  std::vector<SentimentRun> runs = {};         // of it, one a seed
  std::vector<ComparedNetwork> compared = {};  // it comes first; alone where nothing is compared
  TextClassifier classifier = {};              // the first seed's network
  std::string command;                         // that the user types
  RunRecord record;                            // lesson, settings, threads; the rest is filled in
};

/// Scores the baselines and the networks on the test part, prints tables and verdict, draws the
/// pictures, writes metrics.json. This is where the test part is looked at, once.
void report_sentiment(SentimentReport report);

}  // namespace unroll::lessons
