#include "lessons/support/text_generation.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "engine/safetensors.h"
#include "lessons/support/data_folder.h"
#include "lessons/support/format.h"
#include "lessons/support/hash.h"
#include "lessons/support/ngram.h"
#include "lessons/support/resume.h"
#include "lessons/support/splits.h"

namespace unroll::lessons {

std::string TextData::describe() const {
  const std::size_t all = train.size() + validation.size() + test.size();
  const auto part = [all](const std::vector<std::int32_t>& ids) {
    const double percent = 100.0 * static_cast<double>(ids.size()) / static_cast<double>(all);
    return format_fixed(percent, 0) + " % (" + format_count(static_cast<std::int64_t>(ids.size())) +
           " characters";
  };
  return "Text: " + corpus.describe() + ", SHA-256 " + sha256.substr(0, 16) +
         "…\n      the first " + part(train) + ", " + format_count(vocabulary.size() - 1) +
         " different) to learn from, " + part(validation) + ") to validate" +
         (test.empty() ? "" : ",\n      the last " + part(test) + ") to test") + "\n";
}

std::vector<std::int32_t> TextData::prompt(const std::string& text) const {
  if (!text.empty()) return vocabulary.encode(text);
  const std::string front =
      vocabulary.decode(std::span(validation).first(std::min<std::size_t>(200, validation.size())));
  // Whole lines, until there are some words.
  const std::size_t end = front.find('\n', std::min<std::size_t>(24, front.size() - 1));
  return vocabulary.encode(front.substr(0, end == std::string::npos ? end : end + 1));
}

TextData read_text_data(const std::string& path, std::int64_t characters, double train_share,
                        double validation_share, const OwnText& own) {
  Corpus corpus = path.empty() ? read_checkout(UNROLL_CHECKOUT, own.parts, own.endings)
                               : read_corpus(find_data(path));
  if (path.empty() && characters == 0) characters = kOwnCharacters;
  if (characters > 0) corpus.keep_first(characters);
  const TextSplit split = split_text(corpus.text, train_share, validation_share);
  Vocabulary vocabulary = Vocabulary::from_text(split.train);
  std::vector<std::int32_t> train = vocabulary.encode(split.train);
  std::vector<std::int32_t> validation = vocabulary.encode(split.validation);
  std::vector<std::int32_t> test = vocabulary.encode(split.test);
  std::string hash = sha256(corpus.text);
  return {std::move(corpus),     std::move(vocabulary), std::move(train),
          std::move(validation), std::move(test),       std::move(hash)};
}

std::vector<double> ngram_baselines(const TextData& data, int order) {
  return NgramModel(data.train, data.vocabulary.size(), order).nats_per_symbol(data.validation);
}

NgramScores score_ngrams(const TextData& data, int order) {
  const NgramModel model(data.train, data.vocabulary.size(), order);
  NgramScores scores{model.nats_per_symbol(data.validation), model.nats_per_symbol(data.test)};
  const auto first = scores.validation.begin();
  scores.best = static_cast<std::size_t>(std::min_element(first, scores.validation.end()) - first);
  return scores;
}

// ---- the history

TextHistory::TextHistory(const TextData& data, Json settings)
    : best_(std::numeric_limits<double>::infinity()) {
  settings["data_sha256"] = data.sha256;
  run_ = settings.dump();
}

void TextHistory::add_step(double loss) {
  recent_loss_ += loss;
  ++recent_steps_;
}

void TextHistory::end_point(std::int64_t characters) {
  training_characters_.push_back(static_cast<double>(characters));
  training_losses_.push_back(recent_loss_ / static_cast<double>(recent_steps_));
  recent_loss_ = 0;
  recent_steps_ = 0;
}

bool TextHistory::add_validation(std::int64_t characters, double loss, std::string sample) {
  validation_characters_.push_back(static_cast<double>(characters));
  validation_losses_.push_back(loss);
  Json samples = Json::parse(samples_);
  samples.push_back(std::move(sample));
  samples_ = samples.dump();
  const bool is_best = loss < best_;
  best_ = std::min(best_, loss);
  return is_best;
}

std::map<std::string, Training::Value> TextHistory::values(std::int64_t& epoch,
                                                           std::int64_t& window) {
  return {{"run", &run_},
          {"epoch", &epoch},
          {"window", &window},
          {"training_characters", &training_characters_},
          {"training_losses", &training_losses_},
          {"validation_characters", &validation_characters_},
          {"validation_losses", &validation_losses_},
          {"samples", &samples_},
          {"recent_loss", &recent_loss_},
          {"recent_steps", &recent_steps_},
          {"best", &best_}};
}

void TextHistory::resume(const std::filesystem::path& file, const Training& training) {
  resume_training(file, training, run_);
}

std::vector<std::string> TextHistory::samples() const {
  return Json::parse(samples_).get<std::vector<std::string>>();
}

// ---- the model's file

std::map<std::string, std::string> model_metadata(const CommonOptions& options,
                                                  const Vocabulary& vocabulary) {
  return {{"cell", options.cell},
          {"hidden", std::to_string(options.hidden)},
          {"layers", std::to_string(options.layers)},
          {"vocabulary", vocabulary.to_json().dump()}};
}

Vocabulary read_model_metadata(const std::filesystem::path& file, CommonOptions& options) {
  if (!std::filesystem::exists(file))
    throw input_error("there is no trained model in ", file.string(),
                      "; train one first, without --interactive, or name its folder with --out");
  const std::map<std::string, std::string> metadata = read_safetensors(file).metadata;
  try {
    options.cell = metadata.at("cell");
    options.hidden = std::stoll(metadata.at("hidden"));
    options.layers = std::stoll(metadata.at("layers"));
    return Vocabulary::from_json(Json::parse(metadata.at("vocabulary")));
  } catch (const std::exception&) {
    throw input_error(file.string(), ": this is not the model of a text lesson; train one first");
  }
}

}  // namespace unroll::lessons
