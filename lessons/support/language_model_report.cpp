#include "lessons/support/language_model_report.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numbers>

#include "engine/error.h"
#include "lessons/support/compression.h"
#include "lessons/support/format.h"
#include "lessons/support/language_model_pictures.h"
#include "lessons/support/language_model_writing.h"
#include "lessons/support/metrics.h"
#include "lessons/support/table.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {

std::size_t LanguageModelBaselines::best_order() const {
  return static_cast<std::size_t>(std::min_element(ngrams.begin(), ngrams.end()) - ngrams.begin()) +
         1;
}

LanguageModelBaselines language_model_baselines(const TextData& data) {
  constexpr int kHighestOrder = 7;
  NgramModel ngram(data.train, data.vocabulary.size(), kHighestOrder);
  std::vector<double> ngrams = ngram.nats_per_symbol(data.validation);
  const std::string& text = data.corpus.text;
  const std::size_t train = byte_offset(text, static_cast<std::int64_t>(data.train.size()));
  const std::optional<double> bits =
      xz_bits_after(std::string_view(text).substr(0, train), std::string_view(text).substr(train));
  std::optional<double> xz;
  if (bits) xz = *bits * std::numbers::ln2 / static_cast<double>(data.validation.size());
  return {std::move(ngram), std::move(ngrams), xz};
}

namespace {

std::vector<double> losses(const LanguageModelReport& report) {
  return collect(report.runs, [](const LanguageModelRun& run) { return run.nats; });
}

std::string percent(double share) {
  return std::isnan(share) ? "none" : format_fixed(100 * share, 0) + " %";
}

// Whether the network's losses, one a seed, are below a baseline by more than their deviation.
std::string verdict(const std::vector<double>& nats, double baseline) {
  const double gain = baseline - mean(nats);
  const double noise = nats.size() > 1 ? standard_deviation(nats) : 0;
  const std::string size = format_fixed(std::abs(gain), 3) + " nats";
  if (std::abs(gain) <= noise) return "no difference (" + size + ")";
  return gain > 0 ? "better by " + size : "did not beat it, worse by " + size;
}

void print_scores(const LanguageModelReport& report) {
  Table table({"validation text", "nats/char", "bits/char", "perplexity"});
  const auto row = [&](const std::string& name, double nats) {
    table.add_row({name, format_fixed(nats, 3), format_fixed(nats_to_bits(nats), 3),
                   format_fixed(std::exp(nats), 2)});
  };
  const LanguageModelBaselines& baselines = report.baselines;
  for (std::size_t i = 0; i < baselines.ngrams.size(); ++i)
    row(std::to_string(i + 1) + "-gram", baselines.ngrams[i]);
  if (baselines.xz) row("xz -9", *baselines.xz);
  const std::vector<double> nats = losses(report);
  if (nats.size() == 1) {
    row(report.name, nats[0]);
  } else {
    const auto in = [&](auto transform) { return mean_and_deviation(collect(nats, transform), 3); };
    table.add_row({report.name, in([](double x) { return x; }), in(nats_to_bits),
                   in([](double x) { return std::exp(x); })});
  }
  std::cout << '\n'
            << table
            << (baselines.xz
                    ? "xz: the bytes of training and validation text compressed together, less "
                      "those of the\ntraining text compressed alone.\n"
                    : "xz is not here to compare with: install xz-utils.\n");
  const std::size_t order = baselines.best_order();
  std::cout << "Against the best n-gram, of order " << order << ": "
            << verdict(nats, baselines.ngrams[order - 1]);
  if (baselines.xz) std::cout << "; against xz -9: " << verdict(nats, *baselines.xz);
  std::cout << (nats.size() < 3 ? "\n(preliminary: " + std::to_string(nats.size()) + " seed(s))"
                                : "")
            << ".\nIts weights are the best of " << report.runs[0].minutes.size()
            << " moments on this very text; so is the order of the n-gram.\n";
}

// What was reached when: the loss of the quick validation, at some minutes.
void print_times(const LanguageModelReport& report) {
  const LanguageModelRun& run = report.runs[0];
  Table table({"trained for", "characters read", "validation, nats"});
  const auto row = [&](std::size_t i) {
    table.add_row({format_duration(60 * run.minutes[i]),
                   format_count(static_cast<std::int64_t>(run.history.validation_characters()[i])),
                   format_fixed(run.history.validation_losses()[i], 3)});
  };
  auto shown = run.minutes.begin();  // how far the table has got
  for (const double minutes : {1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0}) {
    constexpr double kLate = 1.02;  // a look a moment later is meant
    const auto behind = std::upper_bound(shown, run.minutes.end(), kLate * minutes);
    if (behind == shown || behind == run.minutes.end()) continue;
    row(static_cast<std::size_t>(behind - run.minutes.begin()) - 1);
    shown = behind;
  }
  row(run.minutes.size() - 1);
  std::cout << "\nOn the way (first seed):\n" << table;
}

void print_methods(const LanguageModelReport& report, const std::vector<MethodScore>& methods) {
  Table table({"writing by", "nats/char", "new 4-grams", "words known", "12-grams copied"});
  for (const MethodScore& method : methods)
    table.add_row({method.name, format_fixed(method.nats, 2), percent(method.different),
                   percent(method.known_words), percent(method.copied)});
  std::cout << "\nHow it writes. Nats: how unlikely the network itself finds it. Known and copied: "
               "from the\ntraining text.\n"
            << table;
  const auto chosen = std::find_if(methods.begin(), methods.end(), [&](const auto& method) {
    return method.name == report.sampling.describe();
  });
  std::cout << "\nA sample, " << chosen->name << ":\n"
            << report.data.vocabulary.decode(report.prompt) << chosen->shown << "\n";
}

void print_functions(const FunctionStudy& study) {
  if (study.writers.empty()) {
    std::cout << "\nThe validation text has " << study.heads
              << " functions of C or C++: too few to complete.\n";
    return;
  }
  Table table({"body by", "ended", "brackets balanced"});
  for (const FunctionScore& score : study.writers)
    table.add_row({score.writer, percent(score.closed), percent(score.balanced)});
  std::cout << "\n"
            << study.functions << " functions completed, " << study.heads
            << " heads of the validation text:\n"
            << table;
}

std::string caption(const LanguageModelReport& report) {
  const Json& settings = report.record.settings;
  const std::string text = settings.at("data").get<std::string>();
  return report.name + ", seed " + std::to_string(settings.at("seed").get<int>()) +
         (report.runs.size() > 1 ? " (bars: " + std::to_string(report.runs.size()) + " seeds)"
                                 : "") +
         "; " + (text.empty() ? "this project's own source" : text) + ", " +
         format_count(report.data.corpus.characters) + " characters";
}

void write_metrics(LanguageModelReport& report, const std::vector<MethodScore>& methods,
                   const CharacterStudy& characters, const FunctionStudy& functions,
                   const std::vector<UnitProbe>& units) {
  RunRecord& record = report.record;
  record.data = {{"sha256", report.data.sha256},
                 {"characters", report.data.corpus.characters},
                 {"train_characters", report.data.train.size()},
                 {"validation_characters", report.data.validation.size()},
                 {"vocabulary", report.data.vocabulary.size()}};
  const std::vector<double> nats = losses(report);
  record.scores = {{"parameters", report.parameters},
                   {"validation_nats", nats},
                   {"validation_nats_mean", mean(nats)},
                   {"validation_bits_mean", nats_to_bits(mean(nats))},
                   {"preliminary", nats.size() < 3}};
  if (nats.size() > 1) record.scores["validation_nats_deviation"] = standard_deviation(nats);
  for (const LanguageModelRun& run : report.runs)
    record.scores["seeds"].push_back({{"training_curve",
                                       {{"characters", run.history.training_characters()},
                                        {"nats", run.history.training_losses()}}},
                                      {"validation_curve",
                                       {{"characters", run.history.validation_characters()},
                                        {"nats", run.history.validation_losses()}}}});
  for (const MethodScore& method : methods)
    record.scores["writing"][method.name] = {{"nats", method.nats},
                                             {"different_4_grams", method.different},
                                             {"known_words", method.known_words},
                                             {"copied_12_grams", method.copied}};
  record.scores["characters"] = {{"temperatures", characters.temperatures},
                                 {"kl_nats", characters.divergence},
                                 {"kl_nats_validation_text", characters.validation}};
  for (const FunctionScore& score : functions.writers)
    record.scores["functions"][score.writer] = {{"ended", score.closed},
                                                {"balanced", score.balanced}};
  for (const UnitProbe& probe : units)
    record.scores["units"].push_back(
        {{"feature", probe.feature}, {"unit", probe.unit}, {"correlation", probe.correlation}});
  for (std::size_t i = 0; i < report.baselines.ngrams.size(); ++i)
    record.baselines[std::to_string(i + 1) + "-gram_nats"] = report.baselines.ngrams[i];
  if (report.baselines.xz) record.baselines["xz_nats"] = *report.baselines.xz;
  report.out.write_metrics(record);
}

}  // namespace

void report_language_model(LanguageModelReport report) {
  print_scores(report);
  print_times(report);
  const std::vector<MethodScore> methods = score_methods(report);
  const CharacterStudy characters = study_characters(report);
  const FunctionStudy functions = study_functions(report);
  const LanguageModelPictures pictures{report, caption(report)};
  pictures.draw_perplexity();
  pictures.draw_sampling(methods);
  pictures.draw_characters(characters);
  if (!functions.writers.empty()) pictures.draw_functions(functions);
  pictures.draw_next();
  const std::vector<UnitProbe> units = pictures.draw_units();
  print_functions(functions);
  print_methods(report, methods);
  write_metrics(report, methods, characters, functions, units);
  std::cout << "\nPictures (perplexity, sampling, characters, "
            << (functions.writers.empty() ? "" : "functions, ")
            << "next, units), metrics.json and the model are in " << report.out.path().string()
            << "\nMore of it: " << report.command << " --interactive\n";
}

}  // namespace unroll::lessons
