// What a run of the tagging lesson leaves: tables, verdicts, pictures, metrics.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/classification.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/tagging_data.h"
#include "lessons/support/tagging_probes.h"

namespace unroll::lessons {

/// One training, by epoch, and what its network says of the test part.
struct TaggingRun {
  std::vector<double> training_loss, validation_loss, validation_accuracy;
  std::int64_t best_epoch = 0;  // from 1: the weights of that one were kept
  double seconds = 0;           // of the training
  Predictions test = {};
  std::vector<double> by_visible = {};  // of the probed words, the share right; one a kVisible
  ContextUse context = {};              // of the probed words
};

struct TaggingNetwork {
  std::string directions;               // forward, backward, both
  std::int64_t hidden = 0;              // units in each direction
  std::int64_t reading_parameters = 0;  // of what differs: recurrent layers and head
  std::int64_t parameters = 0;
  std::vector<TaggingRun> runs = {};  // one a seed

  /// "forward only", "both directions".
  std::string title() const;
};

/// What share of the next words of the test part a language model guesses.
struct LanguageModelScore {
  std::string directions;  // forward, both
  double whole = 0;        // when it has the whole sentence before it, as in training
  double cut = 0;          // when nothing stands behind the word, as when it writes
};

struct TaggingReport {
  const TaggingData& data;
  const RunDirectory& out;
  std::string cell;  // "LSTM"
  std::vector<TaggingNetwork> networks;
  std::vector<LanguageModelScore> language_models;  // empty unless the language is the lesson's own
  SentenceFlow flow;
  std::int64_t probed = 0;   // how many words `by_visible` and `context` are about
  std::string probed_words;  // which, "ambiguous words"
  RunRecord record;          // lesson, settings, threads; the rest is filled in
};

/// Scores baseline and networks on the test part, prints tables and verdicts, draws the pictures,
/// writes metrics.json.
void report_tagging(TaggingReport report);

}  // namespace unroll::lessons
