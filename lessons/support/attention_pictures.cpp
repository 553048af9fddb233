#include "lessons/support/attention_pictures.h"

#include <algorithm>
#include <cmath>

#include "lessons/support/figure.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {
namespace {

// 0 of a single value.
double spread(const std::vector<double>& values) {
  return values.size() > 1 ? standard_deviation(values) : 0.0;
}

// Error bars, where there is more than one seed.
Values error_bars(const Values& errors) {
  const bool any = std::any_of(errors.begin(), errors.end(), [](double e) { return e > 0; });
  return any ? errors : Values();
}

Values epochs(std::size_t count) {
  Values numbers;
  for (std::size_t e = 1; e <= count; ++e) numbers.push_back(static_cast<double>(e));
  return numbers;
}

std::vector<double> bleu_of(const std::vector<TranslationScores>& runs) {
  return collect(runs, [](const TranslationScores& run) { return run.bleu; });
}

void draw_map(Panel& panel, const AttentionSample& sample) {
  Names rows = sample.target;
  rows.push_back("(end)");
  panel.x_label("source").y_label("written");
  panel.heat_map(sample.map.weights, static_cast<int>(sample.map.rows),
                 static_cast<int>(sample.map.columns),
                 {.row_labels = rows,
                  .column_labels = sample.source,
                  .low = 0,
                  .high = 1,
                  .bar_label = "weight α"});
}

}  // namespace

std::vector<const AttentionNetwork*> AttentionPictures::attentive() const {
  std::vector<const AttentionNetwork*> found;
  for (const AttentionNetwork& network : report.networks)
    if (network.kind.score) found.push_back(&network);
  return found;
}

Color AttentionPictures::color_of(const AttentionNetwork& network) const {
  if (!network.kind.score) return kQuietInk;
  std::size_t number = 0;
  for (const AttentionNetwork* other : attentive()) {
    if (other == &network) break;
    ++number;
  }
  return palette(number);
}

void AttentionPictures::draw_training() const {
  Figure figure("Training: which epoch is best is chosen on the validation part",
                {.columns = 2, .caption = caption + "; thick: the first seed", .width = 900});
  Panel& loss = figure.panel(0, 0).title("Loss, references given").x_label("epoch");
  Panel& bleu = figure.panel(0, 1).title("Own translations").x_label("epoch");
  loss.y_label("−ln p(word), validation part");
  bleu.y_label("BLEU, validation part, greedy");
  for (const AttentionNetwork& network : report.networks)
    for (std::size_t i = 0; i < network.runs.size(); ++i) {
      const TranslationRun& run = network.runs[i].training;
      const double width = i == 0 ? 1.6 : 0.6;
      loss.line(epochs(run.validation_loss.size()), run.validation_loss,
                {.color = color_of(network), .width = width});
      bleu.line(epochs(run.validation_bleu.size()), run.validation_bleu,
                {.label = i == 0 ? network.kind.name() : std::string(),
                 .color = color_of(network),
                 .width = width});
    }
  figure.save(report.out.file("training.png"));
}

void AttentionPictures::draw_scores() const {
  Figure figure("What attention brings: BLEU of the test part",
                {.caption = caption + "; bars: mean ± standard deviation over seeds"});
  Panel& panel = figure.panel().y_label("BLEU");
  Names names;
  Values greedy, greedy_error, beam, beam_error;
  for (std::size_t n = 0; n < report.networks.size(); ++n) {
    names.push_back(report.networks[n].kind.name());
    greedy.push_back(mean(bleu_of(scores.greedy[n])));
    greedy_error.push_back(spread(bleu_of(scores.greedy[n])));
    beam.push_back(mean(bleu_of(scores.beam[n])));
    beam_error.push_back(spread(bleu_of(scores.beam[n])));
  }
  const double highest = std::max(*std::max_element(beam.begin(), beam.end()),
                                  *std::max_element(greedy.begin(), greedy.end()));
  panel.categories(names).y_range(0, std::max(1.0, 1.2 * highest));
  panel.bars(greedy, {.label = "greedy", .errors = error_bars(greedy_error), .values = true});
  panel.bars(beam, {.label = "beam search", .errors = error_bars(beam_error), .values = true});
  const auto& [name, best] = scores.baselines.back();
  panel.horizontal(best.bleu, {.label = name});
  figure.save(report.out.file("scores.png"));
}

void AttentionPictures::draw_lengths() const {
  Figure figure("Long sentences need attention most? BLEU by length",
                {.caption = caption + "; test part, beam search"});
  Panel& panel = figure.panel().x_label("words of the source").y_label("BLEU");
  Names names;
  Values x;
  for (const LengthGroup& group : scores.groups) {
    x.push_back(static_cast<double>(names.size()));
    names.push_back(group.name());
  }
  panel.categories(names);
  for (std::size_t n = 0; n < report.networks.size(); ++n) {
    Values means, deviations;
    for (const LengthGroup& group : scores.groups) {
      const std::vector<double> bleu = collect(
          scores.beam[n], [&](const TranslationScores& run) { return group.bleu(run.counts); });
      means.push_back(mean(bleu));
      deviations.push_back(spread(bleu));
    }
    panel.line_with_band(x, means, deviations,
                         {.label = report.networks[n].kind.name(),
                          .color = color_of(report.networks[n]),
                          .dashed = !report.networks[n].kind.score,
                          .markers = true});
  }
  figure.save(report.out.file("lengths.png"));
}

bool AttentionPictures::draw_maps() const {
  const std::vector<const AttentionNetwork*> networks = attentive();
  if (networks.empty()) return false;
  draw_samples(*networks[0]);
  draw_kinds(networks);
  draw_entropy(networks);
  return true;
}

void AttentionPictures::draw_samples(const AttentionNetwork& network) const {
  const auto count = static_cast<int>(network.samples.size());
  Figure figure("Where " + network.kind.name() + " attention looks while it writes",
                {.rows = (count + 1) / 2,
                 .columns = std::min(count, 2),
                 .caption = caption + "; test sentences, the first seed's network, its own greedy "
                                      "translations; rows add up to 1",
                 .width = 1100});
  for (int i = 0; i < count; ++i)
    draw_map(figure.panel(i / 2, i % 2), network.samples[static_cast<std::size_t>(i)]);
  figure.save(report.out.file("maps.png"));
}

void AttentionPictures::draw_kinds(const std::vector<const AttentionNetwork*>& networks) const {
  const auto count = static_cast<int>(networks.size());
  const int columns = std::min(count, 2);
  Figure figure("One sentence, looked at in different ways",
                {.rows = (count + columns - 1) / columns,
                 .columns = columns,
                 .caption = caption + "; a test sentence, the first seed's networks, told to "
                                      "write the reference",
                 .width = columns == 1 ? 700.0 : 1100.0});
  for (int i = 0; i < count; ++i) {
    const AttentionNetwork& network = *networks[static_cast<std::size_t>(i)];
    draw_map(figure.panel(i / columns, i % columns).title(network.kind.name()), network.reference);
  }
  figure.save(report.out.file("kinds.png"));
}

void AttentionPictures::draw_entropy(const std::vector<const AttentionNetwork*>& networks) const {
  Figure figure("How attention becomes sharp",
                {.caption = caption + "; validation part, references given"});
  Panel& panel = figure.panel().x_label("epoch").y_label("entropy of the weights (nats)");
  for (const AttentionNetwork* network : networks)
    for (std::size_t i = 0; i < network->runs.size(); ++i)
      panel.line(epochs(network->runs[i].training.attention_entropy.size()),
                 network->runs[i].training.attention_entropy,
                 {.label = i == 0 ? network->kind.name() : std::string(),
                  .color = color_of(*network),
                  .width = i == 0 ? 1.6 : 0.6});
  RunningMean even;
  for (std::size_t i = 0; i < report.data.validation.source.size(); ++i)
    even.add(std::log(static_cast<double>(report.data.validation.source[i].size())),
             static_cast<double>(report.data.validation.target[i].size()));
  panel.horizontal(even.value(), {.label = "all words of the source alike"});
  figure.save(report.out.file("entropy.png"));
}

bool AttentionPictures::draw_alignment() const {
  const std::vector<const AttentionNetwork*> networks = attentive();
  if (networks.empty()) return false;
  Figure figure("Is attention an alignment? Largest weights against the true links",
                {.caption = caption + "; test part, references given; mean ± standard deviation "
                                      "over seeds"});
  Panel& panel = figure.panel().y_label("alignment error rate (%)");
  Names names;
  Values rates, errors;
  for (const auto& [name, error] : scores.aligners) {
    names.push_back(name);
    rates.push_back(100 * error.rate());
    errors.push_back(0);
  }
  for (const AttentionNetwork* network : networks) {
    const std::vector<double> of_runs =
        collect(network->runs, [](const AttentionRun& run) { return 100 * run.alignment.rate(); });
    names.push_back(network->kind.name());
    rates.push_back(mean(of_runs));
    errors.push_back(spread(of_runs));
  }
  panel.categories(names).y_range(0, 1.2 * *std::max_element(rates.begin(), rates.end()));
  panel.bars(rates, {.errors = error_bars(errors), .values = true});
  figure.save(report.out.file("alignment.png"));
  return true;
}

}  // namespace unroll::lessons
