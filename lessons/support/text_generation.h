// What surrounds training a character-level language model: the data, the curves, the report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/checkpoint.h"
#include "lessons/support/command_line.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/text.h"
#include "lessons/support/vocabulary.h"

namespace unroll::lessons {

/// A text split by position, as the ids of its characters: a part to learn from, one to validate,
/// and the rest, which may be nothing, to test. The vocabulary is that of the first part.
struct TextData {
  Corpus corpus;
  Vocabulary vocabulary;
  std::vector<std::int32_t> train, validation, test;
  std::string sha256;  // of the whole text

  /// A line or two for the terminal.
  std::string describe() const;
  /// The ids of `text`; when it is empty, those of the first line or two of the validation text.
  std::vector<std::int32_t> prompt(const std::string& text) const;
};

/// Of this project's own text, which grows, so many characters are used: a run takes as long next
/// year.
constexpr std::int64_t kOwnCharacters = 500'000;

/// What of this project is read: the files below `parts` whose names end in one of `endings`.
struct OwnText {
  std::vector<std::string> parts{"engine", "lessons"}, endings{".md", ".h", ".cpp"};
};

/// Reads a file, a folder or a data set (`find_data`); without a path, `own`: if nothing is said,
/// the source and the texts of this project's engine and lessons. Of the text, the first
/// `characters` are used; 0: all, or kOwnCharacters without a path. `train` and `validation` are
/// the shares of these two parts.
TextData read_text_data(const std::string& path, std::int64_t characters, double train = 0.9,
                        double validation = 0.1, const OwnText& own = {});

/// Validation loss, in nats a character, of interpolated n-gram models of order 1 to `order`.
std::vector<double> ngram_baselines(const TextData& data, int order);

/// The losses of n-gram models, in nats a character.
struct NgramScores {
  std::vector<double> validation, test;  // of order 1, 2, …
  std::size_t best = 0;                  // on the validation part
  std::string name() const { return std::to_string(best + 1) + "-gram"; }
};
/// Those of order 1 to `order`, on a text that has a test part.
NgramScores score_ngrams(const TextData& data, int order);

/// The course of a training run: what it needs to resume and what the pictures show.
class TextHistory {
 public:
  /// `settings` names those a resumed run must share with the one that was stopped.
  TextHistory(const TextData& data, Json settings);

  /// The loss of one training step.
  void add_step(double loss);
  /// Ends a point of the training curve, the mean over the steps since the last one.
  void end_point(std::int64_t characters);
  /// Returns whether this is the best loss so far.
  bool add_validation(std::int64_t characters, double loss, std::string sample);

  /// The values to save with a checkpoint: these and the two counters.
  std::map<std::string, Training::Value> values(std::int64_t& epoch, std::int64_t& window);
  /// Loads the checkpoint. Throws an input error when there is none, or when its run had other data
  /// or settings.
  void resume(const std::filesystem::path& file, const Training& training);

  const std::vector<double>& training_characters() const { return training_characters_; }
  const std::vector<double>& training_losses() const { return training_losses_; }
  const std::vector<double>& validation_characters() const { return validation_characters_; }
  const std::vector<double>& validation_losses() const { return validation_losses_; }
  /// What the model wrote at each validation.
  std::vector<std::string> samples() const;
  double best() const { return best_; }

 private:
  std::string run_;  // data and settings, as JSON
  std::vector<double> training_characters_, training_losses_;
  std::vector<double> validation_characters_, validation_losses_;
  std::string samples_ = "[]";  // a JSON array
  double recent_loss_ = 0;      // summed over the steps since the last point
  std::int64_t recent_steps_ = 0;
  double best_;
};

/// What a saved model needs to be used: its sizes and its vocabulary, for the file's metadata.
std::map<std::string, std::string> model_metadata(const CommonOptions& options,
                                                  const Vocabulary& vocabulary);
/// Reads them back from a model's file: cell, hidden and layers into `options`; returns the
/// vocabulary. Throws an input error when the file is not there or not such a model.
Vocabulary read_model_metadata(const std::filesystem::path& file, CommonOptions& options);

/// Writes a text of `length` characters at a temperature.
using Writer = std::function<std::vector<std::int32_t>(std::int64_t length, double temperature)>;

struct TextReport {
  const TextData& data;
  const RunDirectory& out;
  const TextHistory& history;
  std::vector<double> ngrams;  // validation loss of orders 1, 2, …
  std::string name;            // of the network
  double temperature;
  Writer write;
  RunRecord record;  // lesson, settings, threads; the rest is filled in
};

/// Prints the table of results and the verdict, draws loss.png, samples.png, temperatures.png and
/// copying.png, and writes metrics.json.
void report_text_generation(TextReport report);

}  // namespace unroll::lessons
