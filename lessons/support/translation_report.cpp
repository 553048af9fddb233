#include "lessons/support/translation_report.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/table.h"
#include "lessons/support/translation_pictures.h"

namespace unroll::lessons {

namespace {

constexpr std::int64_t kLengthGroups = 5;

std::vector<CountsBySentence> counts_of(const ScoredWay& way) {
  std::vector<CountsBySentence> counts;
  for (const TranslationScores& run : way.runs) counts.push_back(run.counts);
  return counts;
}

// ---- the terminal

void print_scores(const std::vector<ScoredWay>& ways, const std::vector<LengthGroup>& groups) {
  Table table({"test part", "BLEU", "chrF", "exactly the reference, %"});
  std::vector<std::string> header{"BLEU by words of the source"};
  std::vector<std::string> sizes{"(how many sentences)"};
  for (const LengthGroup& group : groups) {
    header.push_back(group.name());
    sizes.push_back(format_count(static_cast<std::int64_t>(group.sentences.size())));
  }
  Table by_length(header);
  by_length.add_row(sizes);
  for (const ScoredWay& way : ways) {
    const auto cell = [&](auto pick) { return mean_and_deviation(collect(way.runs, pick), 1); };
    table.add_row({way.name, cell([](const auto& s) { return s.bleu; }),
                   cell([](const auto& s) { return s.chrf; }),
                   cell([](const auto& s) { return 100 * s.exact; })});
    std::vector<std::string> cells{way.name};
    for (const LengthGroup& group : groups)
      cells.push_back(cell([&](const auto& s) { return group.bleu(s.counts); }));
    by_length.add_row(cells);
  }
  std::cout << '\n' << table << '\n' << by_length;
}

void print_phenomena(const std::vector<ScoredWay>& ways,
                     const std::vector<PhenomenonGroup>& phenomena) {
  std::vector<std::string> header{"BLEU of sentences with", "sentences"};
  for (const ScoredWay& way : ways) header.push_back(way.name);
  Table table(header);
  for (const PhenomenonGroup& group : phenomena) {
    std::vector<std::string> cells{group.name,
                                   format_count(static_cast<std::int64_t>(group.sentences.size()))};
    for (const ScoredWay& way : ways)
      cells.push_back(mean_and_deviation(
          collect(way.runs, [&](const auto& run) { return group.bleu(run.counts); }), 1));
    table.add_row(cells);
  }
  std::cout << '\n' << table;
}

struct Verdict {
  std::string first, second;
  TranslationComparison comparison;
};

// The network with its beam against what needs no network, and against itself without a beam.
std::vector<Verdict> judge(const std::vector<ScoredWay>& ways) {
  std::vector<Verdict> verdicts;
  const ScoredWay& last = ways.back();
  for (std::size_t i = ways.size() - 1; i-- > 0;)
    verdicts.push_back(
        {last.name, ways[i].name, compare_translations(counts_of(last), counts_of(ways[i]))});
  return verdicts;
}

void print_verdicts(const std::vector<Verdict>& verdicts, std::size_t seeds) {
  std::cout << "\nOver all test sentences, by paired bootstrap and the deviation between seeds:\n";
  for (const Verdict& verdict : verdicts)
    std::cout << verdict.first << " against " << verdict.second << ": " << verdict.comparison.text()
              << "\n";
  if (seeds < 3) std::cout << "All preliminary: few seeds.\n";
}

// Test sentences from short to long, with what the first seed's network makes of them.
std::vector<std::size_t> choose_samples(const TranslationReport& report) {
  std::vector<std::size_t> order(report.data.test.source_words.size()), chosen;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return report.data.test.source_words[a].size() < report.data.test.source_words[b].size();
  });
  constexpr std::size_t kSamples = 6;
  for (std::size_t k = 0; k < kSamples; ++k) {
    const std::size_t at = order[(2 * k + 1) * order.size() / (2 * kSamples)];
    if (chosen.empty() || chosen.back() != at) chosen.push_back(at);
  }
  return chosen;
}

void print_samples(const TranslationReport& report, const std::vector<std::size_t>& samples) {
  std::cout << "\nTest sentences, the reference, and the network's (beam " << report.beam
            << "; = where it is the reference):\n";
  for (const std::size_t i : samples) {
    const std::string& reference = report.data.test.target_texts[i];
    const std::string& said = report.runs[0].beam[i];
    std::cout << "  " << report.data.test.source_texts[i] << "\n    " << reference << "\n    "
              << (said == reference ? "=" : said) << "\n";
  }
}

// ---- metrics.json

Json scores_json(const TranslationScores& scores, const std::vector<LengthGroup>& groups) {
  Json json = {{"bleu", scores.bleu}, {"chrf", scores.chrf}, {"exact_match", scores.exact}};
  for (const LengthGroup& group : groups)
    json["bleu_by_source_words"][group.name()] = group.bleu(scores.counts);
  return json;
}

void fill_record(TranslationReport& report, const std::vector<ScoredWay>& ways,
                 const std::vector<LengthGroup>& groups,
                 const std::vector<PhenomenonGroup>& phenomena,
                 const std::vector<Verdict>& verdicts) {
  RunRecord& record = report.record;
  record.data = report.data.to_json();
  for (std::size_t i = 0; i < 2; ++i)
    record.baselines[ways[i].name] = scores_json(ways[i].runs[0], groups);
  Json& json = record.scores;
  json["bleu_signature"] = bleu_signature(report.tokenizer);
  json["network"] = report.network;
  json["parameters"] = report.parameters;
  for (std::size_t seed = 0; seed < report.runs.size(); ++seed) {
    const TranslationRun& training = report.runs[seed].training;
    Json entry = {{"training_loss", training.training_loss},
                  {"validation_loss", training.validation_loss},
                  {"validation_bleu", training.validation_bleu},
                  {"own_words_share", training.own_share},
                  {"best_epoch", training.best_epoch}};
    for (std::size_t i = 2; i < ways.size(); ++i)
      entry[i == 2 ? "greedy" : "beam"] = scores_json(ways[i].runs[seed], groups);
    for (const PhenomenonGroup& group : phenomena)
      entry["bleu_by_phenomenon"][group.name] = group.bleu(ways.back().runs[seed].counts);
    json["seeds"].push_back(entry);
  }
  for (const BeamCurve& curve : report.beam_curves)
    json["validation_bleu_by_beam"].push_back(
        {{"length_penalty", curve.length_penalty}, {"widths", curve.widths}, {"bleu", curve.bleu}});
  for (const Verdict& verdict : verdicts)
    json["verdicts"].push_back({{"first", verdict.first},
                                {"second", verdict.second},
                                {"difference", verdict.comparison.difference()},
                                {"bootstrap_error", verdict.comparison.error},
                                {"outcome", verdict.comparison.outcome},
                                {"preliminary", report.runs.size() < 3}});
}

std::string caption(const TranslationReport& report) {
  const std::size_t seeds = report.runs.size();
  return concat_message(report.data.name, ", ", format_count(report.data.train.size()),
                        " pairs to train on; ", report.network, ", ", seeds,
                        seeds == 1 ? " seed" : " seeds",
                        report.data.is_generated && !report.record.settings.at("full").get<bool>()
                            ? " (--full: more of both)"
                            : "");
}

}  // namespace

void report_translation(TranslationReport report) {
  const TranslationPart& test = report.data.test;
  const std::vector<std::string> literal = word_for_word(report.data, test);
  std::vector<ScoredWay> ways{{.name = "copy the source", .texts = {&test.source_texts}},
                              {.name = "word for word", .texts = {&literal}},
                              {.name = "network, greedy"},
                              {.name = "network, beam " + std::to_string(report.beam)}};
  for (const TranslatedRun& run : report.runs) {
    ways[2].texts.push_back(&run.greedy);
    ways[3].texts.push_back(&run.beam);
  }
  for (ScoredWay& way : ways)
    for (const auto* texts : way.texts)
      way.runs.push_back(score_translations(*texts, test.target_texts, report.tokenizer));
  const std::vector<LengthGroup> groups = length_groups(test.source, kLengthGroups);
  const std::vector<PhenomenonGroup> phenomena = phenomenon_groups(test);
  const std::vector<Verdict> verdicts = judge(ways);
  const std::vector<std::size_t> samples = choose_samples(report);
  fill_record(report, ways, groups, phenomena, verdicts);

  std::cout << "\nBLEU as sacrebleu computes it, " << bleu_signature(report.tokenizer)
            << "\nWord for word: each word by its likeliest translation, learned by IBM Model 1.\n";
  print_scores(ways, groups);
  if (!phenomena.empty()) print_phenomena(ways, phenomena);
  print_verdicts(verdicts, report.runs.size());
  print_samples(report, samples);

  const TranslationPictures pictures{report, ways, caption(report)};
  std::string names = "training, scores, lengths, beam, samples";
  pictures.draw_training();
  pictures.draw_scores();
  pictures.draw_lengths(groups);
  pictures.draw_beam();
  pictures.draw_samples(samples);
  if (!report.contexts.empty()) {
    pictures.draw_contexts();
    names += ", contexts";
  }
  if (!phenomena.empty()) {
    pictures.draw_phenomena(phenomena);
    names += ", phenomena";
  }
  std::cout << "\nA training took "
            << format_duration(
                   mean(collect(report.runs, [](const auto& run) { return run.training.seconds; })))
            << " on average.\n";
  report.out.write_metrics(report.record);
  std::cout << "Pictures (" << names << ") and metrics.json are in " << report.out.path().string()
            << "\nHave your own sentences translated: " << report.command << " --interactive\n";
}

}  // namespace unroll::lessons
