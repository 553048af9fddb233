// What a run of the lesson of named entities leaves: tables, verdicts, examples, pictures,
// metrics.json and files that conlleval reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/entity_data.h"
#include "lessons/support/run_directory.h"

namespace unroll::lessons {

/// One training, by epoch, and what its network says of the test part.
struct EntityRun {
  std::vector<double> training_loss, validation_f1;
  std::int64_t best_epoch = 0;  // from 1: the weights of that one were kept
  double seconds = 0;           // of the training
  LevelTags test = {};
  LevelTags test_with_known = {};  // where the data have that part
};

struct EntityNetwork {
  std::string decoder;  // softmax, crf
  std::int64_t parameters = 0;
  std::vector<EntityRun> runs = {};  // one a seed

  /// "softmax", "CRF".
  std::string title() const;
};

/// What the CRF of the outermost level has learned: (tags, tags), from the row's tag to the
/// column's, then (tags) each.
struct LearnedTransitions {
  std::vector<float> transitions, start, end;
};

struct EntityReport {
  const EntityData& data;
  const RunDirectory& out;
  std::string cell;                     // "LSTM"
  std::string command;                  // "./unroll lesson 12"
  std::vector<EntityNetwork> networks;  // the last is the one that is looked into
  LearnedTransitions learned = {};      // the first seed's; empty without a CRF
  RunRecord record;                     // lesson, settings, threads; the rest is filled in
};

/// Scores baselines and networks on the test part, prints tables, verdicts and examples, draws the
/// pictures, writes metrics.json, and for each level the words with the right tags and those of the
/// first seed's network.
void report_entities(EntityReport report);

}  // namespace unroll::lessons
