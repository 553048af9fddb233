#include "lessons/support/sentiment_pictures.h"

#include <algorithm>
#include <cmath>

#include "lessons/support/classification_pictures.h"
#include "lessons/support/figure.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

constexpr Color kNetworkColor = {0, 114, 178};  // the first of the palette

Color baseline_color(std::size_t index) { return palette(index + 1); }

Values percent(const std::vector<double>& shares) {
  Values values;
  for (const double share : shares) values.push_back(100 * share);
  return values;
}

Values epochs(std::size_t count) {
  Values numbers;
  for (std::size_t i = 1; i <= count; ++i) numbers.push_back(static_cast<double>(i));
  return numbers;
}

std::vector<Predictions> test_runs(const SentimentReport& report) {
  std::vector<Predictions> all;
  for (const SentimentRun& run : report.runs) all.push_back(run.test);
  return all;
}

}  // namespace

void SentimentPictures::draw_loss() const {
  Figure figure(
      "Training: which epoch is best is chosen on the validation part",
      {.columns = 2, .caption = caption + "; vertical: the best epoch of the first seed"});
  Panel& loss = figure.panel(0, 0).title("Loss").x_label("epoch").y_label("−ln p(class)");
  Panel& right = figure.panel(0, 1).title("Accuracy").x_label("epoch");
  right.y_label("right in the validation part (%)");
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    const SentimentRun& run = report.runs[i];
    const Values x = epochs(run.training_loss.size());
    const double width = i == 0 ? 1.6 : 0.8;
    loss.line(x, run.training_loss,
              {.label = i == 0 ? "training (with dropout)" : "",
               .color = kQuietInk,
               .dashed = true,
               .width = width});
    loss.line(x, run.validation_loss,
              {.label = i == 0 ? "validation" : "", .color = kNetworkColor, .width = width});
    right.line(x, percent(run.validation_accuracy),
               {.label = i == 0 ? report.network : "",
                .color = kNetworkColor,
                .markers = i == 0,
                .width = width});
  }
  const auto best = static_cast<double>(report.runs[0].best_epoch);
  loss.vertical(best);
  right.vertical(best);
  for (std::size_t i = 0; i < baselines.size(); ++i)
    right.horizontal(100 * baselines[i].validation_accuracy,
                     {.label = baselines[i].name, .color = baseline_color(i)});
  figure.save(report.out.file("loss.png"));
}

void SentimentPictures::draw_confusion() const {
  Figure figure("What is taken for what",
                {.columns = 2, .caption = caption + "; test part, mean over seeds"});
  lessons::draw_confusion(figure.panel(0, 0).title(report.network), test_runs(report),
                          report.data.test.labels, report.data.classes);
  const SentimentBaseline& counting = baselines.back();
  lessons::draw_confusion(figure.panel(0, 1).title(counting.name), {counting.test},
                          report.data.test.labels, report.data.classes);
  figure.save(report.out.file("confusion.png"));
}

void SentimentPictures::draw_roc() const {
  // With two classes, one curve is the other's mirror image.
  const std::int64_t first = report.data.num_classes() == 2 ? 1 : 0;
  const std::int64_t panels = report.data.num_classes() - first;
  Figure figure(
      "ROC: what a lower threshold finds, and what it costs",
      {.columns = static_cast<int>(panels),
       .caption = caption + "; test part; NB: Naive Bayes; numbers: area under the curve"});
  for (std::int64_t label = first; label < report.data.num_classes(); ++label) {
    Panel& panel = figure.panel(0, static_cast<int>(label - first));
    panel.title(report.data.classes[static_cast<std::size_t>(label)] +
                (panels > 1 ? " or not" : " against " + report.data.classes[0]));
    std::vector<RocLine> lines;
    for (std::size_t i = 1; i < baselines.size(); ++i)
      lines.push_back({baselines[i].short_name, {baselines[i].test}, baseline_color(i)});
    lines.push_back({report.cell, test_runs(report), kNetworkColor});
    lessons::draw_roc(panel, lines, report.data.test.labels, label);
  }
  figure.save(report.out.file("roc.png"));
}

void SentimentPictures::draw_constructions(const ConstructionScores& scores) const {
  Figure figure(
      "Right answers by the construction of the review",
      {.caption = caption + "; test part: combinations that no training review has; bars: " +
                  "mean ± standard deviation over seeds",
       .row_height = 460});
  Panel& panel = figure.panel();
  panel.y_label("right (%)").y_range(0, 119).categories(scores.constructions);
  for (std::size_t i = 1; i < baselines.size(); ++i)
    panel.bars(scores.baselines[i], {.label = baselines[i].name, .color = baseline_color(i)});
  Values means, deviations;
  for (std::size_t k = 0; k < scores.constructions.size(); ++k) {
    std::vector<double> of_seeds;
    for (const auto& run : scores.runs) of_seeds.push_back(run[k]);
    means.push_back(mean(of_seeds));
    deviations.push_back(of_seeds.size() > 1 ? standard_deviation(of_seeds) : 0.0);
  }
  panel.bars(means, {.label = report.network, .color = kNetworkColor, .errors = deviations});
  figure.save(report.out.file("constructions.png"));
}

void SentimentPictures::draw_comparison() const {
  const std::vector<std::string> poolings{"last", "mean", "max"};
  Names rows;
  Values values;
  for (const ComparedNetwork& network : report.compared) {
    const std::string name = network.cell + ", " + network.directions;
    if (std::find(rows.begin(), rows.end(), name) == rows.end()) rows.push_back(name);
  }
  std::sort(rows.begin(), rows.end(), std::greater<>());
  values.resize(rows.size() * poolings.size(), std::nan(""));
  for (const ComparedNetwork& network : report.compared) {
    const auto row = std::find(rows.begin(), rows.end(), network.cell + ", " + network.directions);
    const auto column = std::find(poolings.begin(), poolings.end(), network.pooling);
    values[static_cast<std::size_t>(row - rows.begin()) * poolings.size() +
           static_cast<std::size_t>(column - poolings.begin())] =
        100 * mean(network.validation_accuracy);
  }
  Figure figure("Cells, directions, pooling: accuracy on the validation part",
                {.caption = caption + (report.runs.size() < 3 ? ", preliminary" : "")});
  figure.panel().x_label("pooling").heat_map(
      values, static_cast<int>(rows.size()), static_cast<int>(poolings.size()),
      {.row_labels = rows, .column_labels = poolings, .bar_label = "right (%)", .values = true});
  figure.save(report.out.file("comparison.png"));
}

void SentimentPictures::draw_contributions(const std::vector<SampleText>& samples) const {
  const auto& classes = report.data.classes;
  Figure figure("Which word did it? Change of the log-odds by leaving each word out",
                {.caption = caption + "; log-odds: ln p(" + classes.back() + ")/p(" + classes[0] +
                            ") of the first seed's network"});
  // One scale for all, so that colours can be compared.
  double strongest = 0;
  std::vector<std::vector<double>> all;
  for (const SampleText& sample : samples) {
    all.push_back(leave_one_out(report.classifier, sample.words));
    for (const double value : all.back()) strongest = std::max(strongest, std::abs(value));
  }
  strongest = std::max(strongest, 1e-3);
  Panel& panel = figure.panel();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    // Blanks belong to the word before them.
    Names pieces;
    for (const std::string& word : samples[i].words) pieces.push_back(word + " ");
    panel.colored_text(pieces, all[i],
                       {.heading = samples[i].heading,
                        .low = -strongest,
                        .high = strongest,
                        .bar_label = "pulls towards " + classes[0] + " … " + classes.back(),
                        .bar = i + 1 == samples.size()});
  }
  figure.save(report.out.file("contributions.png"));
}

void SentimentPictures::draw_reading(const std::vector<SampleText>& samples) const {
  const auto& classes = report.data.classes;
  const int count = static_cast<int>(std::min<std::size_t>(4, samples.size()));
  Figure figure(
      "The judgement while it reads",
      {.rows = (count + 1) / 2,
       .columns = 2,
       .caption = caption + "; as if the text ended after each word; p of the first seed's "
                            "network"});
  for (int i = 0; i < count; ++i) {
    const SampleText& sample = samples[static_cast<std::size_t>(i)];
    Panel& panel = figure.panel(i / 2, i % 2).title(sample.heading);
    panel.y_label("ln p(" + classes.back() + ")/p(" + classes[0] + ")");
    panel.categories(sample.words);
    panel.series(log_odds_while_reading(report.classifier, sample.words),
                 {.color = kNetworkColor, .markers = true});
    panel.horizontal(0);
  }
  figure.save(report.out.file("reading.png"));
}

}  // namespace unroll::lessons
