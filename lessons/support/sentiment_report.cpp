#include "lessons/support/sentiment_report.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/sentiment_pictures.h"
#include "lessons/support/table.h"

namespace unroll::lessons {

namespace {

using Scores = std::vector<ClassificationScores>;

std::vector<double> accuracies(const Scores& scores) {
  return collect(scores, [](const auto& s) { return s.accuracy; });
}

// ---- the terminal

void print_scores(const SentimentReport& report, const std::vector<SentimentBaseline>& baselines,
                  const Scores& scores) {
  std::vector<std::string> header{"test part", "accuracy %", "macro-F1 %", "AUC", "−ln p"};
  for (const std::string& label : report.data.classes) header.push_back("F1 " + label);
  Table table(header);
  const auto row = [&](const std::string& name, const Scores& runs,
                       const std::vector<const Predictions*>& predictions) {
    const auto cell = [&](auto pick, int decimals) {
      return mean_and_deviation(collect(runs, pick), decimals);
    };
    std::vector<std::string> cells{
        name, cell([](const auto& s) { return 100 * s.accuracy; }, 1),
        cell([](const auto& s) { return 100 * s.macro_f1; }, 1),
        cell([](const auto& s) { return s.auc; }, 3),
        format_fixed(mean(collect(runs, [](const auto& s) { return s.log_loss; })), 2)};
    for (std::int64_t label = 0; label < report.data.num_classes(); ++label)
      cells.push_back(format_fixed(
          mean(collect(
              predictions,
              [&](const Predictions* p) {
                return 100 *
                       ConfusionMatrix(p->labels(), report.data.test.labels, p->classes).f1(label);
              })),
          1));
    table.add_row(cells);
  };
  for (const SentimentBaseline& baseline : baselines)
    row(baseline.name, {score_classification(baseline.test, report.data.test.labels)},
        {&baseline.test});
  std::vector<const Predictions*> all;
  for (const SentimentRun& run : report.runs) all.push_back(&run.test);
  row(report.network, scores, all);
  std::cout << '\n' << table;
}

void print_constructions(const std::vector<SentimentBaseline>& baselines,
                         const ConstructionScores& scores) {
  std::vector<std::string> header{"right by construction, %"};
  for (std::size_t i = 1; i < baselines.size(); ++i) header.push_back(baselines[i].name);
  header.push_back("network");
  Table table(header);
  for (std::size_t k = 0; k < scores.constructions.size(); ++k) {
    std::vector<std::string> cells{scores.constructions[k]};
    for (std::size_t i = 1; i < baselines.size(); ++i)
      cells.push_back(format_fixed(scores.baselines[i][k], 0));
    cells.push_back(
        mean_and_deviation(collect(scores.runs, [k](const auto& run) { return run[k]; }), 0));
    table.add_row(cells);
  }
  std::cout << '\n' << table;
}

void print_comparison(const SentimentReport& report) {
  Table table({"validation part", "directions", "pooling", "parameters", "accuracy %"});
  for (const ComparedNetwork& network : report.compared)
    table.add_row({network.cell, network.directions, network.pooling,
                   format_count(network.parameters),
                   mean_and_deviation(
                       collect(network.validation_accuracy, [](double a) { return 100 * a; }), 1)});
  std::cout << '\n' << table;
}

std::string caption(const SentimentReport& report) {
  const Json& settings = report.record.settings;
  const std::size_t seeds = report.runs.size();
  return concat_message(
      report.data.is_generated ? "generated reviews" : report.data.name, ", ",
      format_count(report.data.train.size()), " to train on; ", settings.at("hidden").get<int>(),
      " units, ", seeds, seeds == 1 ? " seed" : " seeds",
      report.data.is_generated && !settings.at("full").get<bool>() ? " (--full: all cells)" : "");
}

// ---- metrics.json

Json scores_json(const Predictions& predictions, const SentimentData& data) {
  const ClassificationScores scores = score_classification(predictions, data.test.labels);
  const ConfusionMatrix confusion(predictions.labels(), data.test.labels, data.num_classes());
  Json json = {{"accuracy", scores.accuracy},
               {"macro_f1", scores.macro_f1},
               {"auc", scores.auc},
               {"log_loss", scores.log_loss}};
  for (std::int64_t label = 0; label < data.num_classes(); ++label) {
    Json row = Json::array();
    for (std::int64_t said = 0; said < data.num_classes(); ++said)
      row.push_back(confusion.count(label, said));
    json["confusion"].push_back(row);
    json["classes"][data.classes[static_cast<std::size_t>(label)]] = {
        {"precision", confusion.precision(label)},
        {"recall", confusion.recall(label)},
        {"f1", confusion.f1(label)},
        {"auc", roc_curve(predictions, data.test.labels, label).auc}};
  }
  return json;
}

void fill_record(SentimentReport& report, const std::vector<SentimentBaseline>& baselines,
                 const Scores& scores, const SentimentBaseline& best,
                 const BaselineComparison& comparison) {
  RunRecord& record = report.record;
  record.data = report.data.to_json();
  for (const SentimentBaseline& baseline : baselines) {
    record.baselines[baseline.name] = scores_json(baseline.test, report.data);
    record.baselines[baseline.name]["validation_accuracy"] = baseline.validation_accuracy;
  }
  Json& json = record.scores;
  json["network"] = report.network;
  json["verdict"] = {
      {"best_baseline", best.name},          {"accuracy_mean", mean(accuracies(scores))},
      {"difference", comparison.difference}, {"paired_z", comparison.z},
      {"outcome", comparison.text()},        {"preliminary", scores.size() < 3}};
  if (scores.size() > 1)
    json["verdict"]["accuracy_deviation"] = standard_deviation(accuracies(scores));
  for (const SentimentRun& run : report.runs) {
    Json seed = scores_json(run.test, report.data);
    seed["training_loss"] = run.training_loss;
    seed["validation_loss"] = run.validation_loss;
    seed["validation_accuracy"] = run.validation_accuracy;
    seed["best_epoch"] = run.best_epoch;
    json["seeds"].push_back(seed);
  }
  for (const ComparedNetwork& network : report.compared)
    json["compared_on_validation"].push_back({{"cell", network.cell},
                                              {"directions", network.directions},
                                              {"pooling", network.pooling},
                                              {"parameters", network.parameters},
                                              {"accuracy", network.validation_accuracy}});
}

Json constructions_json(const ConstructionScores& scores,
                        const std::vector<SentimentBaseline>& baselines) {
  Json json = {{"names", scores.constructions}, {"seeds_percent", scores.runs}};
  for (std::size_t i = 0; i < baselines.size(); ++i)
    json["baselines_percent"][baselines[i].name] = scores.baselines[i];
  return json;
}

}  // namespace

void report_sentiment(SentimentReport report) {
  const std::vector<SentimentBaseline> baselines = sentiment_baselines(report.data);
  const std::vector<std::int32_t>& targets = report.data.test.labels;
  Scores scores;
  std::vector<Predictions> said;
  for (const SentimentRun& run : report.runs) {
    scores.push_back(score_classification(run.test, targets));
    said.push_back(run.test);
  }
  // The one that is best on the test part is harder to beat than one chosen beforehand.
  const std::vector<double> of_baselines = collect(
      baselines, [&](const auto& baseline) { return mean(correctness(baseline.test, targets)); });
  const auto best = std::max_element(of_baselines.begin(), of_baselines.end());
  const SentimentBaseline& rival = baselines[static_cast<std::size_t>(best - of_baselines.begin())];
  const BaselineComparison comparison = compare_with_baseline(said, rival.test, targets);
  fill_record(report, baselines, scores, rival, comparison);

  std::cout << "\nNaive Bayes sees which words of the training part a text has (and which pairs of "
               "neighbours),\nnot in which order. The network does not see words that the training "
               "part lacks, either.\n"
               "z: how many standard errors the difference is; chance alone seldom gives more than "
               "2.\n";
  print_scores(report, baselines, scores);
  const std::vector<double> percent =
      collect(accuracies(scores), [](double share) { return 100 * share; });
  std::cout << report.network << " " << mean_and_deviation(percent, 1) << " %, " << rival.name
            << " " << format_fixed(100 * *best, 1) << " %:\n"
            << comparison.text() << " (z = " << format_fixed(comparison.z, 1) << ")"
            << (scores.size() < 3 ? ", preliminary: few seeds" : "") << "\n";

  const SentimentPictures pictures{report, baselines, caption(report)};
  std::string names = "loss, confusion, roc, contributions, reading";
  if (report.data.is_generated) {
    const ConstructionScores by_construction = score_constructions(report, baselines);
    print_constructions(baselines, by_construction);
    report.record.scores["by_construction"] = constructions_json(by_construction, baselines);
    pictures.draw_constructions(by_construction);
    names += ", constructions";
  }
  if (report.compared.size() > 1) {
    print_comparison(report);
    pictures.draw_comparison();
    names += ", comparison";
  }
  pictures.draw_loss();
  pictures.draw_confusion();
  pictures.draw_roc();
  const std::vector<SampleText> samples = choose_samples(report);
  pictures.draw_contributions(samples);
  pictures.draw_reading(samples);
  report.out.write_metrics(report.record);
  std::cout << "\nPictures (" << names << ") and metrics.json are in " << report.out.path().string()
            << "\nHave your own sentences judged: " << report.command << " --interactive\n";
}

}  // namespace unroll::lessons
