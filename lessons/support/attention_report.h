// What a run of the attention lesson leaves: tables, verdicts, pictures, metrics.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/alignment_error.h"
#include "lessons/support/attention_maps.h"
#include "lessons/support/attention_options.h"
#include "lessons/support/bleu.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/translation_data.h"
#include "lessons/support/translation_training.h"

namespace unroll::lessons {

/// One training and what its network makes of the test part.
struct AttentionRun {
  TranslationRun training = {};
  std::vector<std::string> greedy = {}, beam = {};  // translations
  AlignmentError alignment = {};  // when told to write the references; of generated pairs
};

struct AttentionNetwork {
  AttentionKind kind = {};
  std::int64_t parameters = 0;
  std::vector<AttentionRun> runs = {};  // one a seed
  // Without attention empty:
  std::vector<AttentionSample> samples = {};  // own greedy translations
  AttentionSample reference = {};             // of one sentence, the same for all networks
};

struct AttentionReport {
  const TranslationData& data;
  const RunDirectory& out;
  std::string cell;  // "LSTM"
  BleuTokenizer tokenizer = BleuTokenizer::k13a;
  std::vector<AttentionNetwork> networks;
  RunRecord record;  // lesson, settings, threads; the rest is filled in

  /// Whether the words that are each other's translations are known.
  bool has_alignments() const { return !data.test.alignments.empty() && !data.source.has_pieces(); }
};

/// Scores the networks and their baselines, prints tables and verdicts, draws the pictures, writes
/// metrics.json.
void report_attention(AttentionReport report);

}  // namespace unroll::lessons
