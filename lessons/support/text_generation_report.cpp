// The report of a text-generation run: table, verdict, pictures, metrics.json.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "lessons/support/figure.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/ngram.h"
#include "lessons/support/table.h"
#include "lessons/support/text_generation.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {
namespace {

std::string order_name(std::size_t order) { return std::to_string(order) + "-gram"; }

std::string caption(const TextReport& report) {
  return report.name + ", one run, seed " +
         std::to_string(report.record.settings.at("seed").get<int>()) + "; " +
         report.data.corpus.describe();
}

std::vector<double> millions(std::vector<double> characters) {
  for (double& count : characters) count /= 1e6;
  return characters;
}

void draw_losses(const TextReport& report) {
  const TextHistory& history = report.history;
  Figure figure("What comes next? Loss of a character model",
                {.columns = 2, .caption = caption(report)});
  Panel& curves = figure.panel(0, 0);
  curves.title("Training").x_label("characters read (millions)").y_label("nats a character");
  curves.line(millions(history.training_characters()), history.training_losses(),
              {.label = "training"});
  curves.line(millions(history.validation_characters()), history.validation_losses(),
              {.label = "validation", .markers = true});
  const auto best = std::min_element(report.ngrams.begin(), report.ngrams.end());
  curves.horizontal(
      *best, {.label = order_name(static_cast<std::size_t>(best - report.ngrams.begin()) + 1)});

  Panel& bars = figure.panel(0, 1);
  Names names;
  Values values;
  for (std::size_t i = 0; i < report.ngrams.size(); ++i) {
    names.push_back(order_name(i + 1));
    values.push_back(report.ngrams[i]);
  }
  names.push_back(report.name);
  values.push_back(history.best());
  bars.title("Validation, beside n-grams").y_label("nats a character").categories(names);
  bars.bars(values, {.values = true});
  figure.save(report.out.file("loss.png"));
}

void draw_samples(const TextReport& report) {
  const std::vector<std::string> samples = report.history.samples();
  Figure figure("What the network writes while it learns", {.caption = caption(report)});
  std::vector<std::size_t> chosen{0, samples.size() / 4, samples.size() / 2, samples.size() - 1};
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  for (std::size_t i : chosen)
    figure.panel().text(
        samples[i],
        {.heading =
             "after " +
             format_count(static_cast<std::int64_t>(report.history.validation_characters()[i])) +
             " characters, validation " + format_fixed(report.history.validation_losses()[i], 3)});
  figure.save(report.out.file("samples.png"));
}

void draw_temperatures(const TextReport& report) {
  Figure figure("The same model at four temperatures", {.caption = caption(report)});
  for (double temperature : {0.2, 0.5, 0.8, 1.2})
    figure.panel().text(or_blanks(report.data.vocabulary.decode(report.write(240, temperature))),
                        {.heading = "temperature " + format_fixed(temperature, 1)});
  figure.save(report.out.file("temperatures.png"));
}

// Share of n-grams that stand in the training text too, of what was written and of as much
// validation text, which shows how much agreement is mere chance.
Json draw_copying(const TextReport& report) {
  const std::vector<int> lengths{4, 6, 8, 12, 16, 20, 30};
  const auto size = std::min<std::size_t>(4000, report.data.validation.size());
  const std::vector<std::int32_t> written =
      report.write(static_cast<std::int64_t>(size), report.temperature);
  const std::span<const std::int32_t> unseen(report.data.validation.data(), size);
  Values of_written, of_unseen;
  Json shares = Json::object();
  for (int n : lengths) {
    of_written.push_back(100 * copied_share(written, report.data.train, n));
    of_unseen.push_back(100 * copied_share(unseen, report.data.train, n));
    shares[std::to_string(n)] = {{"written", of_written.back() / 100},
                                 {"validation", of_unseen.back() / 100}};
  }
  Figure figure("How much is copied?", {.caption = caption(report)});
  figure.panel()
      .x_label("length of the n-gram (characters)")
      .y_label("also in the training text (%)")
      .line(
          lengths, of_written,
          {.label = "written, temperature " + format_fixed(report.temperature, 1), .markers = true})
      .line(lengths, of_unseen, {.label = "validation text", .dashed = true, .markers = true});
  figure.save(report.out.file("copying.png"));
  return shares;
}

void print_results(const TextReport& report, const Json& copied) {
  Table table({"validation", "nats/char", "bits/char"});
  const auto row = [&](const std::string& name, double nats) {
    table.add_row({name, format_fixed(nats, 3), format_fixed(nats_to_bits(nats), 3)});
  };
  for (std::size_t i = 0; i < report.ngrams.size(); ++i) row(order_name(i + 1), report.ngrams[i]);
  row(report.name + ", best", report.history.best());
  row(report.name + ", last", report.history.validation_losses().back());
  std::cout << '\n' << table;
  const double best_ngram = *std::min_element(report.ngrams.begin(), report.ngrams.end());
  const double gain = best_ngram - report.history.best();
  std::cout << (gain > 0 ? "The network beats the best n-gram by "
                         : "The network did not beat the best n-gram: it is worse by ")
            << format_fixed(std::abs(gain), 3)
            << " nats. (Both are the best of several on the same validation text; one seed.)\n"
            << "Of its 20-grams, " << format_fixed(100 * copied["20"]["written"].get<double>(), 1)
            << " % stand in the training text; of unseen text's, "
            << format_fixed(100 * copied["20"]["validation"].get<double>(), 1) << " %.\n";
}

}  // namespace

void report_text_generation(TextReport report) {
  draw_losses(report);
  draw_samples(report);
  draw_temperatures(report);
  const Json copied = draw_copying(report);
  print_results(report, copied);

  RunRecord& record = report.record;
  record.data = {{"sha256", report.data.sha256},
                 {"characters", report.data.corpus.characters},
                 {"train_characters", report.data.train.size()},
                 {"validation_characters", report.data.validation.size()},
                 {"vocabulary", report.data.vocabulary.size()}};
  record.scores = {{"validation_nats", report.history.best()},
                   {"validation_bits", nats_to_bits(report.history.best())},
                   {"validation_nats_last", report.history.validation_losses().back()},
                   {"training_curve",
                    {{"characters", report.history.training_characters()},
                     {"nats", report.history.training_losses()}}},
                   {"validation_curve",
                    {{"characters", report.history.validation_characters()},
                     {"nats", report.history.validation_losses()}}},
                   {"copied_ngrams", copied}};
  for (std::size_t i = 0; i < report.ngrams.size(); ++i)
    record.baselines[order_name(i + 1) + "_nats"] = report.ngrams[i];
  report.out.write_metrics(record);
  std::cout << "Pictures (loss, samples, temperatures, copying), metrics.json and the model are in "
            << report.out.path().string() << "\n";
}

}  // namespace unroll::lessons
