// What a run of the sequence to sequence lesson leaves: tables, verdicts, pictures, metrics.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/bleu.h"
#include "lessons/support/context_vectors.h"
#include "lessons/support/length_groups.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/translation_data.h"
#include "lessons/support/translation_scores.h"
#include "lessons/support/translation_training.h"

namespace unroll::lessons {

/// One seed: its training, and its network's translations of the test part.
struct TranslatedRun {
  TranslationRun training = {};
  std::vector<std::string> greedy = {}, beam = {};
};

/// BLEU of the first validation sentences by the width of the beam.
struct BeamCurve {
  double length_penalty = 0;
  std::vector<std::int64_t> widths = {};
  std::vector<double> bleu = {};
};

struct TranslationReport {
  const TranslationData& data;
  const RunDirectory& out;
  std::string network;  // "LSTM, 96 units"
  std::string command;  // that starts the lesson
  BleuTokenizer tokenizer = BleuTokenizer::k13a;
  std::int64_t beam = 0, parameters = 0;
  std::vector<TranslatedRun> runs = {};     // one a seed
  std::vector<ContextMap> contexts = {};    // of the first seed's network
  std::vector<BeamCurve> beam_curves = {};  // of the first seed's network
  RunRecord record = {};                    // lesson, settings, threads; the rest is filled in
};

/// One way to translate the test part, with what it has reached in each run.
struct ScoredWay {
  std::string name;  // "copy the source", "greedy", "beam 4"
  std::vector<TranslationScores> runs = {};
  std::vector<const std::vector<std::string>*> texts = {};  // of each run
};

/// Scores baselines and networks on the test part, prints tables and verdicts, draws the pictures,
/// writes metrics.json.
void report_translation(TranslationReport report);

}  // namespace unroll::lessons
