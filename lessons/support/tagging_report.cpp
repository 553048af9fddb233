#include "lessons/support/tagging_report.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/table.h"
#include "lessons/support/tagging_pictures.h"
#include "lessons/support/tagging_scores.h"

namespace unroll::lessons {

namespace {

std::vector<Predictions> test_runs(const TaggingNetwork& network) {
  std::vector<Predictions> all;
  for (const TaggingRun& run : network.runs) all.push_back(run.test);
  return all;
}

std::string percent(const std::vector<double>& shares, int decimals) {
  return mean_and_deviation(collect(shares, [](double share) { return 100 * share; }), decimals);
}

// ---- the terminal

void print_scores(const TaggingReport& report, const std::vector<WordGroup>& groups,
                  const Predictions& baseline) {
  const std::vector<std::int32_t> targets = TaggingPart::joined(report.data.test.tags);
  std::vector<std::string> header{"right in the test part, %", "units", "parameters"};
  std::vector<std::string> sizes{"(how many words)", "", ""}, counted{"most frequent tag", "", ""};
  const std::vector<double> of_baseline = correctness(baseline, targets);
  for (const WordGroup& group : groups) {
    header.push_back(group.name);
    sizes.push_back(format_count(group.size()));
    counted.push_back(format_fixed(100 * group.mean_of(of_baseline), 1));
  }
  Table table(header);
  table.add_row(sizes);
  table.add_row(counted);
  for (const TaggingNetwork& network : report.networks) {
    std::vector<std::string> cells{
        network.title(),
        (network.directions == "both" ? "2 × " : "") + format_count(network.hidden),
        format_count(network.reading_parameters)};
    for (const WordGroup& group : groups)
      cells.push_back(percent(collect(network.runs,
                                      [&](const TaggingRun& run) {
                                        return group.mean_of(correctness(run.test, targets));
                                      }),
                              1));
    table.add_row(cells);
  }
  std::cout << "\nparameters: of the recurrent layers and the last layer; all else is equal.\n"
               "ambiguous: the training part has the word with several tags; unknown: it does not "
               "have it.\n"
            << table;
}

void print_context(const TaggingReport& report) {
  std::vector<std::string> header{
      concat_message("right, % of ", report.probed, " ", report.probed_words)};
  for (const std::int64_t visible : kVisible)
    header.push_back(visible == kVisible.back() ? "all" : concat_message("+", visible));
  Table future(header);
  Table gradient({"share of the gradient, %", "words before", "the word itself", "words behind"});
  for (const TaggingNetwork& network : report.networks) {
    std::vector<std::string> cells{network.title()};
    for (std::size_t i = 0; i < kVisible.size(); ++i)
      cells.push_back(format_fixed(
          100 *
              mean(collect(network.runs, [i](const TaggingRun& run) { return run.by_visible[i]; })),
          1));
    future.add_row(cells);
    const auto share = [&](auto pick) { return percent(collect(network.runs, pick), 1); };
    gradient.add_row({network.title(),
                      share([](const TaggingRun& run) { return run.context.before; }),
                      share([](const TaggingRun& run) { return run.context.shares[kReach]; }),
                      share([](const TaggingRun& run) { return run.context.behind; })});
  }
  std::cout << "\nSentences cut off k words behind the word: +0 is all that is known when it is "
               "heard.\n"
            << future << "\nWhich words the lead of a tag over the next best depends on:\n"
            << gradient;
}

// The share of the test part's words behind which their most frequent follower stands.
double pair_accuracy(const TaggingData& data) {
  const TaggingData text = next_words(data);
  return mean(correctness(FrequentTags(text).tag(text.test), TaggingPart::joined(text.test.tags)));
}

void print_language_models(const TaggingReport& report, double pairs) {
  Table table({"next word guessed, %", "whole sentence at hand", "nothing behind the word"});
  table.add_row(
      {"most frequent follower", format_fixed(100 * pairs, 1), format_fixed(100 * pairs, 1)});
  for (const LanguageModelScore& score : report.language_models)
    table.add_row({score.directions == "both" ? "both directions" : "forward only",
                   format_fixed(100 * score.whole, 1), format_fixed(100 * score.cut, 1)});
  std::cout
      << "\nWhy a language model with both directions cheats: the word to be guessed is read by "
         "the\nbackward state. It learns to copy it, and cannot write, as then it is not there "
         "(one seed):\n"
      << table;
}

struct Verdict {
  std::string first, second;
  TaggerComparison comparison;

  std::string text() const {
    const std::string line = first + " against " + second + ": " +
                             format_fixed(100 * comparison.difference, 1) +
                             " points, z = " + format_fixed(comparison.z, 1) + ", ";
    if (comparison.outcome == 0) return line + "no difference";
    return line + (comparison.outcome > 0 ? "better" : "worse");
  }
};

// Each network against the baseline, and the last against the others.
std::vector<Verdict> judge(const TaggingReport& report, const Predictions& baseline) {
  std::vector<Verdict> verdicts;
  for (const TaggingNetwork& network : report.networks)
    verdicts.push_back({network.title(), "most frequent tag",
                        compare_taggers(test_runs(network), {baseline}, report.data.test)});
  const TaggingNetwork& last = report.networks.back();
  for (const TaggingNetwork& network : report.networks)
    if (&network != &last)
      verdicts.push_back({last.title(), network.title(),
                          compare_taggers(test_runs(last), test_runs(network), report.data.test)});
  return verdicts;
}

// ---- metrics.json

Json accuracies(const std::vector<WordGroup>& groups, const Predictions& said,
                const std::vector<std::int32_t>& targets) {
  Json json;
  for (const WordGroup& group : groups)
    json[group.name] = group.mean_of(correctness(said, targets));
  return json;
}

void fill_record(TaggingReport& report, const std::vector<WordGroup>& groups,
                 const Predictions& baseline, const std::vector<Verdict>& verdicts) {
  const std::vector<std::int32_t> targets = TaggingPart::joined(report.data.test.tags);
  RunRecord& record = report.record;
  record.data = report.data.to_json();
  for (const WordGroup& group : groups) record.data["test"]["groups"][group.name] = group.size();
  record.baselines["most frequent tag"] = accuracies(groups, baseline, targets);
  Json& json = record.scores;
  json["probed"] = {{"words", report.probed}, {"which", report.probed_words}};
  for (const std::int64_t visible : kVisible)
    json["probed"]["visible_behind"].push_back(visible == kVisible.back() ? Json("all")
                                                                          : Json(visible));
  for (const TaggingNetwork& network : report.networks) {
    Json& entry = json["networks"][network.directions];
    entry = {{"hidden", network.hidden},
             {"reading_parameters", network.reading_parameters},
             {"parameters", network.parameters}};
    for (const TaggingRun& run : network.runs) {
      const ConfusionMatrix confusion(run.test.labels(), targets, report.data.num_tags());
      Json seed = {{"accuracy", accuracies(groups, run.test, targets)},
                   {"macro_f1", confusion.macro_f1()},
                   {"training_loss", run.training_loss},
                   {"validation_loss", run.validation_loss},
                   {"validation_accuracy", run.validation_accuracy},
                   {"best_epoch", run.best_epoch},
                   {"accuracy_by_visible_future", run.by_visible},
                   {"gradient_share_by_distance", run.context.shares},
                   {"gradient_share_before", run.context.before},
                   {"gradient_share_behind", run.context.behind}};
      for (std::int64_t tag = 0; tag < report.data.num_tags(); ++tag)
        seed["f1"][report.data.tags[static_cast<std::size_t>(tag)]] = confusion.f1(tag);
      entry["seeds"].push_back(seed);
    }
  }
  for (const Verdict& verdict : verdicts)
    json["verdicts"].push_back({{"first", verdict.first},
                                {"second", verdict.second},
                                {"difference", verdict.comparison.difference},
                                {"paired_z", verdict.comparison.z},
                                {"outcome", verdict.comparison.outcome},
                                {"preliminary", report.networks[0].runs.size() < 3}});
}

std::string caption(const TaggingReport& report) {
  const std::size_t seeds = report.networks[0].runs.size();
  return concat_message(report.data.name, ", ", format_count(report.data.train.size()),
                        " sentences to train on; ", report.cell, ", ", seeds,
                        seeds == 1 ? " seed" : " seeds",
                        report.data.is_generated && !report.record.settings.at("full").get<bool>()
                            ? " (--full: more of both)"
                            : "");
}

}  // namespace

std::string TaggingNetwork::title() const {
  return directions == "both" ? "both directions" : directions + " only";
}

void report_tagging(TaggingReport report) {
  const FrequentTags frequent(report.data);
  const Predictions baseline = frequent.tag(report.data.test);
  const std::vector<WordGroup> groups = word_groups(report.data, frequent, report.data.test);
  const std::vector<Verdict> verdicts = judge(report, baseline);
  fill_record(report, groups, baseline, verdicts);

  print_scores(report, groups, baseline);
  std::cout << "\nOver all words (z: how many standard errors; chance alone seldom gives more than "
               "2):\n";
  for (const Verdict& verdict : verdicts) std::cout << verdict.text() << "\n";
  if (report.networks[0].runs.size() < 3) std::cout << "All preliminary: few seeds.\n";
  print_context(report);

  const TaggingPictures pictures{report, groups, baseline, caption(report)};
  std::string names = "training, scores, future, context, confusion, flow, sources";
  if (!report.language_models.empty()) {
    const double pairs = pair_accuracy(report.data);
    print_language_models(report, pairs);
    pictures.draw_language_models(pairs);
    names += ", language_model";
    report.record.baselines["most frequent follower"] = pairs;
    for (const LanguageModelScore& score : report.language_models)
      report.record.scores["language_models"][score.directions] = {{"whole_sentence", score.whole},
                                                                   {"nothing_behind", score.cut}};
  }
  pictures.draw_training();
  pictures.draw_scores();
  pictures.draw_future();
  pictures.draw_context();
  pictures.draw_confusion();
  pictures.draw_flow();
  pictures.draw_sources();
  RunningMean seconds;
  for (const TaggingNetwork& network : report.networks)
    for (const TaggingRun& run : network.runs) seconds.add(run.seconds);
  std::cout << "\nA training took " << format_duration(seconds.value()) << " on average.\n";
  report.out.write_metrics(report.record);
  std::cout << "Pictures (" << names << ") and metrics.json are in " << report.out.path().string()
            << "\n";
}

}  // namespace unroll::lessons
