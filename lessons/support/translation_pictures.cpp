#include "lessons/support/translation_pictures.h"

#include <algorithm>

#include "lessons/support/figure.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {

namespace {

Color color_of(std::size_t way) { return palette(way == 3 ? 0 : way + 1); }

double spread(const std::vector<double>& values) {
  return values.size() > 1 ? standard_deviation(values) : 0.0;
}

Values epochs_of(const TranslationRun& run) {
  Values epochs;
  for (std::size_t i = 1; i <= run.training_loss.size(); ++i)
    epochs.push_back(static_cast<double>(i));
  return epochs;
}

}  // namespace

void TranslationPictures::draw_training() const {
  Figure figure("Training: the epoch with the best translations is kept",
                {.columns = 3, .caption = caption + "; validation: greedy; thick: the first seed"});
  Panel& loss = figure.panel(0, 0).title("Loss").x_label("epoch").y_label("−ln p of a word");
  Panel& bleu = figure.panel(0, 1).title("Own translations").x_label("epoch");
  bleu.y_label("BLEU, validation part");
  Panel& share = figure.panel(0, 2).title("Whose words come before").x_label("epoch");
  share.y_label("its own, at the end of the epoch (%)");
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    const TranslationRun& run = report.runs[i].training;
    const Values epochs = epochs_of(run);
    const double width = i == 0 ? 2.2 : 0.9;
    loss.line(epochs, run.training_loss,
              {.label = i == 0 ? "training" : "", .color = palette(0), .width = width});
    loss.line(
        epochs, run.validation_loss,
        {.label = i == 0 ? "validation" : "", .color = palette(1), .dashed = true, .width = width});
    bleu.line(epochs, run.validation_bleu, {.color = palette(0), .width = width});
    if (i > 0) continue;
    bleu.vertical(static_cast<double>(run.best_epoch), {.label = "kept"});
    share.line(epochs, collect(run.own_share, [](double s) { return 100 * s; }),
               {.color = palette(2), .width = width});
    share.y_range(0, 100);
  }
  figure.save(report.out.file("training.png"));
}

void TranslationPictures::draw_scores() const {
  Figure figure("Translations of the test part",
                {.caption = caption + "; bars: mean ± standard deviation over seeds"});
  Panel& panel = figure.panel();
  panel.y_label("of 100").y_range(0, 119).categories({"BLEU", "chrF", "exactly the reference"});
  for (std::size_t i = 0; i < ways.size(); ++i) {
    Values means, deviations;
    const auto add = [&](auto pick) {
      const std::vector<double> values = collect(ways[i].runs, pick);
      means.push_back(mean(values));
      deviations.push_back(spread(values));
    };
    add([](const TranslationScores& s) { return s.bleu; });
    add([](const TranslationScores& s) { return s.chrf; });
    add([](const TranslationScores& s) { return 100 * s.exact; });
    panel.bars(means,
               {.label = ways[i].name, .color = color_of(i), .errors = deviations, .values = true});
  }
  figure.save(report.out.file("scores.png"));
}

void TranslationPictures::draw_lengths(const std::vector<LengthGroup>& groups) const {
  Figure figure("One vector for any sentence: BLEU by its length",
                {.caption = caption + "; test part; band: standard deviation over seeds"});
  Panel& panel = figure.panel();
  panel.x_label("words of the source").y_label("BLEU");
  Names names;
  for (const LengthGroup& group : groups) names.push_back(group.name());
  panel.categories(names);
  for (std::size_t i = 0; i < ways.size(); ++i) {
    Values at, means, deviations;
    for (std::size_t k = 0; k < groups.size(); ++k) {
      const std::vector<double> values = collect(
          ways[i].runs, [&](const TranslationScores& s) { return groups[k].bleu(s.counts); });
      at.push_back(static_cast<double>(k));
      means.push_back(mean(values));
      deviations.push_back(spread(values));
    }
    panel.line_with_band(at, means, deviations,
                         {.label = ways[i].name, .color = color_of(i), .markers = true});
  }
  figure.save(report.out.file("lengths.png"));
}

void TranslationPictures::draw_phenomena(const std::vector<PhenomenonGroup>& groups) const {
  Figure figure("Translations of sentences that have …",
                {.caption = caption + "; test part; mean ± standard deviation over seeds"});
  Panel& panel = figure.panel();
  panel.y_label("BLEU");
  Names names;
  for (const PhenomenonGroup& group : groups) names.push_back(group.name);
  panel.categories(names);
  for (const std::size_t way : {std::size_t{1}, ways.size() - 1}) {
    Values means, deviations;
    for (const PhenomenonGroup& group : groups) {
      const std::vector<double> values = collect(
          ways[way].runs, [&](const TranslationScores& run) { return group.bleu(run.counts); });
      means.push_back(mean(values));
      deviations.push_back(spread(values));
    }
    panel.bars(means, {.label = ways[way].name, .color = color_of(way), .errors = deviations});
  }
  figure.save(report.out.file("phenomena.png"));
}

void TranslationPictures::draw_beam() const {
  Figure figure("What a wider beam brings",
                {.caption = caption + "; validation sentences, the first seed's network"});
  Panel& panel = figure.panel().x_label("width of the beam (1: greedy)").y_label("BLEU").x_log();
  for (const BeamCurve& curve : report.beam_curves)
    panel.line(curve.widths, curve.bleu,
               {.label = curve.length_penalty == 0
                             ? "no length normalisation"
                             : "length penalty α = " + format_fixed(curve.length_penalty, 1),
                .markers = true});
  figure.save(report.out.file("beam.png"));
}

void TranslationPictures::draw_contexts() const {
  Figure figure("Similar sentences, each as the vector that the encoder makes of it",
                {.rows = static_cast<int>(report.contexts.size()),
                 .caption = caption + "; the two directions in which the vectors differ most; the "
                                      "first seed's network",
                 .width = 560,
                 .row_height = 330});
  for (std::size_t i = 0; i < report.contexts.size(); ++i) {
    const ContextMap& map = report.contexts[i];
    Names names;
    for (const std::string& name : map.sentences.names)
      names.push_back(count_code_points(name) > 44 ? name.substr(0, byte_offset(name, 43)) + "…"
                                                   : name);
    const auto axis = [](int number, double share) {
      return "component " + std::to_string(number) + " (" + format_fixed(100 * share, 0) +
             " % of the variance)";
    };
    figure.panel(static_cast<int>(i), 0)
        .title(map.sentences.title)
        .x_label(axis(1, map.x_share))
        .y_label(axis(2, map.y_share))
        .scatter(map.x, map.y,
                 {.classes = map.sentences.classes,
                  .class_names = map.sentences.class_names,
                  .names = names});
  }
  figure.save(report.out.file("contexts.png"));
}

void TranslationPictures::draw_samples(const std::vector<std::size_t>& samples) const {
  Figure figure("Test sentences and their translations, from short to long",
                {.caption = caption + "; beam " + std::to_string(report.beam) +
                            ", the first seed's network"});
  Panel& panel = figure.panel();
  for (const std::size_t i : samples) {
    const std::string& reference = report.data.test.target_texts[i];
    const std::string& said = report.runs[0].beam[i];
    panel.text("reference:  " + reference + "\nnetwork:    " + said +
                   (said == reference ? "  (the same)" : ""),
               {.heading = report.data.test.source_texts[i], .monospace = false});
  }
  figure.save(report.out.file("samples.png"));
}

}  // namespace unroll::lessons
