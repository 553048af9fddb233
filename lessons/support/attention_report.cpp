#include "lessons/support/attention_report.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/attention_pictures.h"
#include "lessons/support/attention_scores.h"
#include "lessons/support/chrf.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/table.h"

namespace unroll::lessons {
namespace {

constexpr std::int64_t kLengthGroups = 4;

// Mean and deviation over the runs of what `pick` takes from one.
template <class Runs, class Pick>
std::string over(const Runs& runs, int decimals, Pick pick) {
  return mean_and_deviation(collect(runs, pick), decimals);
}

// ---- the terminal

void print_scores(const AttentionReport& report, const AttentionScores& scores) {
  Table table(
      {"test part", "parameters", "BLEU greedy", "BLEU beam", "chrF", "exact, %", "seconds"});
  for (const auto& [name, score] : scores.baselines)
    table.add_row({name, "", "", format_fixed(score.bleu, 2), format_fixed(score.chrf, 2),
                   format_fixed(100 * score.exact, 1), ""});
  const auto bleu = [](const TranslationScores& run) { return run.bleu; };
  for (std::size_t n = 0; n < report.networks.size(); ++n) {
    const AttentionNetwork& network = report.networks[n];
    table.add_row({network.kind.name(), format_count(network.parameters),
                   over(scores.greedy[n], 2, bleu), over(scores.beam[n], 2, bleu),
                   over(scores.beam[n], 2, [](const auto& s) { return s.chrf; }),
                   over(scores.beam[n], 1, [](const auto& s) { return 100 * s.exact; }),
                   over(network.runs, 0, [](const auto& run) { return run.training.seconds; })});
  }
  std::cout << "\nnone: one vector for the whole sentence, as in lesson 08. chrF and exact: of the "
               "beam search.\n  BLEU "
            << bleu_signature(report.tokenizer) << "\n  chrF " << chrf_signature() << "\n"
            << table;
}

void print_lengths(const AttentionReport& report, const AttentionScores& scores) {
  std::vector<std::string> header{"BLEU (beam) by words of the source"};
  std::vector<std::string> sizes{"(how many sentences)"};
  for (const LengthGroup& group : scores.groups) {
    header.push_back(group.name());
    sizes.push_back(format_count(static_cast<std::int64_t>(group.sentences.size())));
  }
  Table table(header);
  table.add_row(sizes);
  for (std::size_t n = 0; n < report.networks.size(); ++n) {
    std::vector<std::string> cells{report.networks[n].kind.name()};
    for (const LengthGroup& group : scores.groups)
      cells.push_back(
          over(scores.beam[n], 2, [&](const auto& run) { return group.bleu(run.counts); }));
    table.add_row(cells);
  }
  std::cout << "\n" << table;
}

void print_alignment(const AttentionReport& report, const AttentionScores& scores) {
  Table table({"who translates what, %", "error rate", "precision", "recall"});
  const auto percent = [](double share) { return format_fixed(100 * share, 1); };
  for (const auto& [name, error] : scores.aligners)
    table.add_row(
        {name, percent(error.rate()), percent(error.precision()), percent(error.recall())});
  for (const AttentionNetwork& network : report.networks) {
    if (!network.kind.score) continue;
    const auto share = [&](auto member) {
      return over(network.runs, 1,
                  [member](const AttentionRun& run) { return 100 * (run.alignment.*member)(); });
    };
    table.add_row({network.kind.name(), share(&AlignmentError::rate),
                   share(&AlignmentError::precision), share(&AlignmentError::recall)});
  }
  std::cout << "\nLargest weight of each target word against the true links (test part, references "
               "given;\nbest possible: one right link a word):\n"
            << table;
}

void print_verdicts(const AttentionReport& report, const AttentionScores& scores) {
  if (scores.verdicts.empty()) return;
  std::cout << "\nDifferences (beam; better or worse: beyond two standard errors of a paired "
               "bootstrap and the\ndeviation between seeds):\n";
  for (const AttentionVerdict& verdict : scores.verdicts)
    std::cout << "  " << verdict.text() << "\n";
  if (report.networks[0].runs.size() < 3) std::cout << "  All preliminary: few seeds.\n";
}

// ---- metrics.json

Json score_json(const TranslationScores& score) {
  return {{"bleu", score.bleu}, {"chrf", score.chrf}, {"exact", score.exact}};
}

Json alignment_json(const AlignmentError& error) {
  return {
      {"error_rate", error.rate()}, {"precision", error.precision()}, {"recall", error.recall()}};
}

Json run_json(const AttentionReport& report, const AttentionScores& scores, std::size_t network,
              std::size_t seed) {
  const AttentionRun& run = report.networks[network].runs[seed];
  Json json = {{"greedy", score_json(scores.greedy[network][seed])},
               {"beam", score_json(scores.beam[network][seed])},
               {"training_loss", run.training.training_loss},
               {"validation_loss", run.training.validation_loss},
               {"validation_bleu", run.training.validation_bleu},
               {"own_words", run.training.own_share},
               {"best_epoch", run.training.best_epoch}};
  for (const LengthGroup& group : scores.groups)
    json["bleu_by_length"][group.name()] = group.bleu(scores.beam[network][seed].counts);
  if (!report.networks[network].kind.score) return json;
  json["attention_entropy"] = run.training.attention_entropy;
  if (report.has_alignments()) json["alignment"] = alignment_json(run.alignment);
  return json;
}

void fill_record(AttentionReport& report, const AttentionScores& scores) {
  RunRecord& record = report.record;
  record.data = report.data.to_json();
  record.scores["bleu_signature"] = bleu_signature(report.tokenizer);
  record.scores["chrf_signature"] = chrf_signature();
  for (const auto& [name, score] : scores.baselines) record.baselines[name] = score_json(score);
  for (const auto& [name, error] : scores.aligners)
    record.baselines["alignment"][name] = alignment_json(error);
  for (std::size_t n = 0; n < report.networks.size(); ++n) {
    Json& entry = record.scores["networks"][report.networks[n].kind.name()];
    entry["parameters"] = report.networks[n].parameters;
    for (std::size_t seed = 0; seed < report.networks[n].runs.size(); ++seed)
      entry["seeds"].push_back(run_json(report, scores, n, seed));
  }
  for (const AttentionVerdict& verdict : scores.verdicts)
    record.scores["verdicts"].push_back({{"first", verdict.first},
                                         {"second", verdict.second},
                                         {"sentences", verdict.sentences},
                                         {"difference", verdict.comparison.difference()},
                                         {"standard_error", verdict.comparison.error},
                                         {"outcome", verdict.comparison.outcome},
                                         {"preliminary", report.networks[0].runs.size() < 3}});
}

std::string caption(const AttentionReport& report) {
  const std::size_t seeds = report.networks[0].runs.size();
  return concat_message(report.data.name, ", ", format_count(report.data.train.size()),
                        " pairs to train on; ", report.cell, ", ", seeds,
                        seeds == 1 ? " seed" : " seeds",
                        report.data.is_generated && !report.record.settings.at("full").get<bool>()
                            ? " (--full: more of all)"
                            : "");
}

}  // namespace

void report_attention(AttentionReport report) {
  const AttentionScores scores(report, kLengthGroups);
  fill_record(report, scores);
  print_scores(report, scores);
  print_lengths(report, scores);
  print_verdicts(report, scores);
  if (report.has_alignments()) print_alignment(report, scores);

  const AttentionPictures pictures{report, scores, caption(report)};
  std::string names = "training, scores, lengths";
  pictures.draw_training();
  pictures.draw_scores();
  pictures.draw_lengths();
  if (pictures.draw_maps()) names += ", maps, kinds, entropy";
  if (report.has_alignments() && pictures.draw_alignment()) names += ", alignment";
  report.out.write_metrics(report.record);
  std::cout << "\nPictures (" << names << ") and metrics.json are in " << report.out.path().string()
            << "\n";
}

}  // namespace unroll::lessons
