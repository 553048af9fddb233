#include "lessons/support/depth_report.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/depth_pictures.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/seed_comparison.h"
#include "lessons/support/table.h"

namespace unroll::lessons {

LayerStatistics layer_statistics(std::span<const float> states, std::int64_t width) {
  const auto columns = static_cast<std::size_t>(width);
  const std::size_t steps = states.size() / columns;
  require(steps >= 2, "[layer_statistics] expected at least 2 steps, got ", steps);
  const auto count = static_cast<double>(states.size());
  double squares = 0, beyond = 0, deviations = 0, changes = 0;
  for (std::size_t unit = 0; unit < columns; ++unit) {
    RunningMean average;
    for (std::size_t t = 0; t < steps; ++t)
      average.add(static_cast<double>(states[t * columns + unit]));
    double before = 0;
    for (std::size_t t = 0; t < steps; ++t) {
      const auto h = static_cast<double>(states[t * columns + unit]);
      squares += h * h;
      beyond += std::abs(h) > 0.9 ? 1 : 0;
      deviations += (h - average.value()) * (h - average.value());
      if (t > 0) changes += (h - before) * (h - before);
      before = h;
    }
  }
  return {std::sqrt(squares / count), beyond / count, std::sqrt(changes / (2 * deviations))};
}

std::vector<double> DepthResult::validation() const {
  return collect(runs, [](const DepthRun& run) { return run.best_validation(); });
}
std::vector<double> DepthResult::training() const {
  return collect(runs, [](const DepthRun& run) { return run.best_training(); });
}
std::vector<double> DepthResult::gap() const {
  return collect(runs, [](const DepthRun& run) { return run.best_gap(); });
}

std::size_t DepthReport::best() const {
  const auto best = std::min_element(
      results.begin(), results.end(),
      [](const auto& a, const auto& b) { return mean(a.validation()) < mean(b.validation()); });
  return static_cast<std::size_t>(best - results.begin());
}

const DepthResult* DepthReport::find(const DepthNetwork& network) const {
  for (const DepthResult& result : results)
    if (result.network.same_as(network)) return &result;
  return nullptr;
}

std::int64_t DepthReport::deepest() const {
  std::int64_t layers = 1;
  for (const DepthResult& result : results) layers = std::max(layers, result.network.layers);
  return layers;
}

namespace {

constexpr int kDecimals = 3;

std::string verdict(std::span<const double> a, std::span<const double> b) {
  return describe_difference(a, b, kDecimals);
}

void print_networks(const DepthReport& report) {
  for (const bool equal_parameters : {false, true}) {
    Table table({equal_parameters ? "at equal parameters" : "at equal width", "parameters",
                 "training", "validation", "gap", "best epoch"});
    bool is_empty = true;
    for (const DepthNetwork& recipe : depth_recipes(equal_parameters))
      for (std::int64_t layers = 1; layers <= report.deepest(); ++layers) {
        DepthNetwork network = recipe;
        network.layers = layers;
        const DepthResult* result = report.find(network);
        if (!result || (layers == 1 && network.residual)) continue;
        is_empty = false;
        table.add_row({result->network.name(), format_count(result->network.parameters),
                       mean_and_deviation(result->training(), kDecimals),
                       mean_and_deviation(result->validation(), kDecimals),
                       mean_and_deviation(result->gap(), kDecimals),
                       format_fixed(mean(collect(result->runs,
                                                 [](const auto& run) {
                                                   return static_cast<double>(run.best_epoch);
                                                 })),
                                    1)});
      }
    if (!is_empty) std::cout << '\n' << table;
  }
}

// Whether more layers helped the plain networks, and whether the others are better.
void print_verdicts(const DepthReport& report) {
  const std::vector<double> one = report.results[0].validation();
  if (report.deepest() == 1) return;
  std::cout << "\nValidation, the best depth against one layer:\n";
  for (const bool equal_parameters : {false, true})
    for (DepthNetwork recipe : depth_recipes(equal_parameters)) {
      const DepthResult* best = nullptr;
      for (recipe.layers = 2; recipe.layers <= report.deepest(); ++recipe.layers) {
        const DepthResult* result = report.find(recipe);
        if (result && (!best || mean(result->validation()) < mean(best->validation())))
          best = result;
      }
      if (best)
        std::cout << "  at equal " << (equal_parameters ? "parameters, " : "width, ")
                  << best->network.name() << ": " << verdict(best->validation(), one) << "\n";
    }
  if (std::all_of(report.results.begin(), report.results.end(),
                  [](const auto& result) { return result.network.recipe() == "plain"; }))
    return;
  std::cout << "The deepest, against the plain one of the same size:\n";
  for (const bool equal_parameters : {false, true})
    for (DepthNetwork recipe : depth_recipes(equal_parameters)) {
      recipe.layers = report.deepest();
      const DepthResult* other = report.find(recipe);
      const DepthResult* plain =
          report.find({.layers = recipe.layers, .equal_parameters = equal_parameters});
      if (!other || other == plain) continue;
      std::cout << "  at equal " << (equal_parameters ? "parameters, " : "width, ")
                << recipe.recipe() << ": " << verdict(other->validation(), plain->validation())
                << "; gap " << format_fixed(mean(plain->gap()), 2) << " to "
                << format_fixed(mean(other->gap()), 2) << "\n";
    }
}

void print_test(const DepthReport& report, const NgramScores& ngrams) {
  const DepthResult& best = report.results[report.best()];
  const DepthResult& one = report.results[0];
  Table table({"chosen by validation", "validation", "test", "test, bits"});
  const auto row = [&](const std::string& name, const std::vector<double>& validation,
                       const std::vector<double>& test) {
    table.add_row({name, mean_and_deviation(validation, kDecimals),
                   mean_and_deviation(test, kDecimals), format_fixed(nats_to_bits(mean(test)), 3)});
  };
  const std::vector<double> ngram{ngrams.test[ngrams.best]};
  row(ngrams.name(), {ngrams.validation[ngrams.best]}, ngram);
  row(one.network.name(), one.validation(), report.one_layer_test);
  if (&best != &one) row(best.network.name(), best.validation(), report.best_test);
  std::cout << "\nThe test part is looked at once, with what was chosen:\n"
            << table << best.network.name() << ", against the " << ngrams.name() << ": "
            << verdict(report.best_test, ngram);
  if (&best != &one)
    std::cout << "\n  against one layer: " << verdict(report.best_test, report.one_layer_test);
  std::cout << (report.results[0].runs.size() < 3
                    ? "\nAll of it is preliminary: fewer than three seeds.\n"
                    : "\n");
}

std::string caption(const DepthReport& report) {
  const Json& settings = report.record.settings;
  const std::size_t seeds = report.results[0].runs.size();
  const std::string text = settings.at("data").get<std::string>();
  const int epochs = settings.at("epochs").get<int>();
  return concat_message(
      text.empty() ? "this project's own text" : text, "; ", report.cell, ", ", seeds,
      seeds == 1 ? " seed" : " seeds", seeds < 3 ? " (preliminary)" : "", ", at most ", epochs,
      epochs == 1 ? " epoch" : " epochs", " of ",
      format_count(static_cast<std::int64_t>(report.data.train.size())), " characters",
      settings.at("full").get<bool>() ? "" : " (--full: 1 to 6 layers, all recipes, 3 seeds)");
}

Json network_json(const DepthResult& result) {
  const DepthNetwork& network = result.network;
  Json json = {{"layers", network.layers},
               {"width", network.width},
               {"parameters", network.parameters},
               {"size", network.layers == 1        ? "both"
                        : network.equal_parameters ? "equal parameters"
                                                   : "equal width"},
               {"dropout", network.dropout},
               {"residual", network.residual},
               {"validation_nats_mean", mean(result.validation())},
               {"training_nats_mean", mean(result.training())},
               {"gap_mean", mean(result.gap())}};
  if (result.runs.size() > 1) {
    json["validation_nats_deviation"] = standard_deviation(result.validation());
    json["training_nats_deviation"] = standard_deviation(result.training());
    json["gap_deviation"] = standard_deviation(result.gap());
  }
  for (const DepthRun& run : result.runs)
    json["seeds"].push_back({{"training_nats", run.training},
                             {"validation_nats", run.validation},
                             {"best_epoch", run.best_epoch}});
  const DepthRun& first = result.runs[0];
  json["gradients"]["steps"] = first.gradient_steps;
  for (const LayerGradients& layer : first.gradients)
    json["gradients"]["layers"].push_back(
        {{"of_weights", layer.of_weights}, {"of_states", layer.of_states}});
  for (const std::vector<float>& layer : result.states.layers) {
    const LayerStatistics statistics = layer_statistics(layer, result.states.width);
    json["states"].push_back({{"size", statistics.size},
                              {"saturated", statistics.saturated},
                              {"change", statistics.change}});
  }
  return json;
}

void write_metrics(DepthReport& report, const NgramScores& ngrams) {
  RunRecord& record = report.record;
  record.data = {{"sha256", report.data.sha256},
                 {"characters", report.data.corpus.characters},
                 {"train_characters", report.data.train.size()},
                 {"validation_characters", report.data.validation.size()},
                 {"test_characters", report.data.test.size()},
                 {"vocabulary", report.data.vocabulary.size()}};
  for (const DepthResult& result : report.results)
    record.scores["networks"].push_back(network_json(result));
  record.scores["chosen"] = report.results[report.best()].network.name();
  record.scores["test_nats"] = report.best_test;
  record.scores["test_nats_one_layer"] = report.one_layer_test;
  record.scores["preliminary"] = report.results[0].runs.size() < 3;
  for (std::size_t i = 0; i < ngrams.validation.size(); ++i)
    record.baselines[std::to_string(i + 1) + "-gram"] = {{"validation_nats", ngrams.validation[i]}};
  record.baselines[ngrams.name()]["test_nats"] = ngrams.test[ngrams.best];
  report.out.write_metrics(record);
}

}  // namespace

void report_depth(DepthReport report) {
  const NgramScores ngrams = score_ngrams(report.data, 6);
  const DepthPictures pictures{report, caption(report), ngrams.validation[ngrams.best],
                               ngrams.name()};
  pictures.draw_depth();
  pictures.draw_gap();
  pictures.draw_activations();
  pictures.draw_gradients();
  print_networks(report);
  print_verdicts(report);
  print_test(report, ngrams);
  write_metrics(report, ngrams);
  std::cout << "\nPictures (depth, gap, activations, gradients) and metrics.json are in "
            << report.out.path().string() << "\n";
}

}  // namespace unroll::lessons
