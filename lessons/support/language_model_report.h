// What a run of the lesson on character language models leaves: tables, verdicts, pictures,
// metrics.json.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lessons/support/ngram.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/sampling.h"
#include "lessons/support/text_generation.h"

namespace unroll::lessons {

using Characters = std::vector<std::int32_t>;  // their ids

/// What went on from some prompts, one text each.
struct Written {
  std::vector<Characters> texts;  // without the prompts
  double nats = 0;                // mean −ln p of their characters, by the network itself
};

/// What a network knew at each character of a text, once it had read it.
struct Reading {
  std::vector<float> log_probabilities;  // (characters, vocabulary): ln p of the next one
  std::vector<float> states;             // (characters, units): of all layers
  std::int64_t units = 0;
};

/// The training of one network with one seed.
struct LanguageModelRun {
  TextHistory history;
  std::vector<double> minutes = {};  // training time at each validation
  double nats = 0;  // of the best weights, over the whole validation text read in one go
};

/// What a network has to beat, in nats a character of the validation text.
struct LanguageModelBaselines {
  NgramModel ngram;            // of the highest order
  std::vector<double> ngrams;  // of order 1, 2, …
  std::optional<double> xz;    // nothing: there is no xz here

  std::size_t best_order() const;
};
LanguageModelBaselines language_model_baselines(const TextData& data);

struct LanguageModelReport {
  const TextData& data;
  const RunDirectory& out;
  const LanguageModelBaselines& baselines;
  std::string name;     // of the network: "LSTM, 2 × 128"
  std::string command;  // that the user types
  std::int64_t parameters;
  std::vector<LanguageModelRun> runs;  // one a seed; the first one's network wrote the rest
  Sampling sampling;                   // that the user chose
  Characters prompt;
  std::int64_t length;   // of a sample
  std::int64_t beam;     // width of beam search
  std::int64_t samples;  // that each way of writing is judged by
  /// Lets the network go on from prompts of one length, side by side.
  std::function<Written(const std::vector<Characters>& prompts, std::int64_t length,
                        const Sampling& sampling)>
      write;
  /// The likeliest text that beam search finds behind one prompt.
  std::function<Written(const Characters& prompt, std::int64_t length, std::int64_t width)> search;
  std::function<Reading(std::span<const std::int32_t> text)> read;
  RunRecord record;  // lesson, settings, threads; the rest is filled in
};

/// Prints tables and verdicts, draws the pictures, writes metrics.json.
void report_language_model(LanguageModelReport report);

}  // namespace unroll::lessons
