#include "lessons/support/tagging_pictures.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "lessons/support/classification_pictures.h"
#include "lessons/support/figure.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

Color color_of(const TaggingNetwork& network) {
  if (network.directions == "both") return palette(0);
  return network.directions == "forward" ? palette(1) : palette(2);
}

double spread(const std::vector<double>& values) {
  return values.size() > 1 ? standard_deviation(values) : 0.0;
}

Values percent(const std::vector<double>& shares) {
  return collect(shares, [](double share) { return 100 * share; });
}

// Mean and deviation over the seeds, in percent, of each entry of what `pick` takes from a run.
template <class Pick>
std::pair<Values, Values> over_seeds(const TaggingNetwork& network, Pick pick) {
  std::pair<Values, Values> result;
  for (std::size_t i = 0; i < pick(network.runs[0]).size(); ++i) {
    const std::vector<double> values =
        collect(network.runs, [&](const TaggingRun& run) { return 100 * pick(run)[i]; });
    result.first.push_back(mean(values));
    result.second.push_back(spread(values));
  }
  return result;
}

// The words of the sentence with what was said of them below.
Names words_with_tags(const TaggingReport& report) {
  Names names;
  for (std::size_t t = 0; t < report.flow.words.size(); ++t)
    names.push_back(report.flow.words[t] + " " +
                    report.data.tags[static_cast<std::size_t>(report.flow.said[t])]);
  return names;
}

void draw_states(Panel& panel, const std::vector<std::vector<float>>& states, const Names& words) {
  // As many units as can be told apart; the first ones, which are as good as any.
  const std::size_t units = std::min<std::size_t>(16, states[0].size());
  Values values;
  for (std::size_t unit = 0; unit < units; ++unit)
    for (const std::vector<float>& state : states)
      values.push_back(static_cast<double>(state[unit]));
  Names rows;
  for (std::size_t unit = 0; unit < units; ++unit) rows.push_back(std::to_string(unit));
  panel.y_label("unit").heat_map(values, static_cast<int>(units), static_cast<int>(states.size()),
                                 {.row_labels = rows,
                                  .column_labels = words,
                                  .map = ColorMap::kDiverging,
                                  .low = -1,
                                  .high = 1,
                                  .bar_label = "state"});
}

}  // namespace

void TaggingPictures::draw_training() const {
  Figure figure("Training: which epoch is best is chosen on the validation part",
                {.columns = 2, .caption = caption + "; thick: the first seed"});
  Panel& loss = figure.panel(0, 0).title("Loss").x_label("epoch").y_label("−ln p(tag)");
  Panel& right = figure.panel(0, 1).title("Accuracy").x_label("epoch");
  right.y_label("right in the validation part (%)");
  for (const TaggingNetwork& network : report.networks)
    for (std::size_t i = 0; i < network.runs.size(); ++i) {
      const TaggingRun& run = network.runs[i];
      Values epochs;
      for (std::size_t e = 1; e <= run.training_loss.size(); ++e)
        epochs.push_back(static_cast<double>(e));
      const double width = i == 0 ? 1.6 : 0.6;
      const auto label = [&](const std::string& what) {
        return i == 0 ? network.title() + what : std::string();
      };
      loss.line(epochs, run.validation_loss,
                {.label = label(", validation"), .color = color_of(network), .width = width});
      if (i == 0)
        loss.line(epochs, run.training_loss,
                  {.label = label(", training"),
                   .color = color_of(network),
                   .dashed = true,
                   .width = 0.9});
      right.line(epochs, percent(run.validation_accuracy),
                 {.label = label(""), .color = color_of(network), .width = width});
    }
  figure.save(report.out.file("training.png"));
}

void TaggingPictures::draw_scores() const {
  const std::vector<std::int32_t> targets = TaggingPart::joined(report.data.test.tags);
  Figure figure("Right tags by kind of word, at equal parameters",
                {.caption = caption + "; test part; bars: mean ± standard deviation over seeds"});
  Panel& panel = figure.panel();
  Names names;
  for (const WordGroup& group : groups) names.push_back(group.name);
  panel.y_label("right (%)").y_range(0, 119).categories(names);
  const std::vector<double> of_baseline = correctness(baseline, targets);
  panel.bars(collect(groups, [&](const auto& group) { return 100 * group.mean_of(of_baseline); }),
             {.label = "most frequent tag", .color = kQuietInk});
  for (const TaggingNetwork& network : report.networks) {
    const auto [means, deviations] = over_seeds(network, [&](const TaggingRun& run) {
      const std::vector<double> right = correctness(run.test, targets);
      return collect(groups, [&](const auto& group) { return group.mean_of(right); });
    });
    panel.bars(means, {.label = network.title(), .color = color_of(network), .errors = deviations});
  }
  figure.save(report.out.file("scores.png"));
}

void TaggingPictures::draw_future() const {
  Figure figure("What the future is worth",
                {.caption = concat_message(caption, "; ", report.probed, " ", report.probed_words,
                                           " of the test part, sentences cut behind them")});
  Panel& panel = figure.panel().x_label("words behind the word that may be read");
  panel.y_label("right (%)");
  Names names;
  for (const std::int64_t visible : kVisible)
    names.push_back(visible == kVisible.back() ? "all" : std::to_string(visible));
  panel.categories(names);
  Values x;
  for (std::size_t i = 0; i < kVisible.size(); ++i) x.push_back(static_cast<double>(i));
  for (const TaggingNetwork& network : report.networks) {
    const auto [means, deviations] =
        over_seeds(network, [](const TaggingRun& run) { return run.by_visible; });
    panel.line_with_band(x, means, deviations,
                         {.label = network.title(), .color = color_of(network), .markers = true});
  }
  figure.save(report.out.file("future.png"));
}

void TaggingPictures::draw_context() const {
  Figure figure("Where tags come from: share of the gradient by distance",
                {.caption = concat_message(caption, "; ", report.probed, " ", report.probed_words,
                                           " of the test part")});
  Panel& panel = figure.panel().y_label("share of |∂lead/∂vector| (%)");
  panel.x_label("distance of the word read from the word tagged; negative: before it");
  Names names;
  for (std::int64_t d = -kReach; d <= kReach; ++d)
    names.push_back((d < 0 ? "−" : d > 0 ? "+" : "") + std::to_string(std::abs(d)));
  panel.categories(names);
  for (const TaggingNetwork& network : report.networks) {
    const auto [means, deviations] =
        over_seeds(network, [](const TaggingRun& run) { return run.context.shares; });
    panel.bars(means, {.label = network.title(), .color = color_of(network), .errors = deviations});
  }
  figure.save(report.out.file("context.png"));
}

void TaggingPictures::draw_confusion() const {
  const TaggingNetwork& network = report.networks.back();
  std::vector<Predictions> runs;
  for (const TaggingRun& run : network.runs) runs.push_back(run.test);
  Figure figure("What is taken for what: " + network.title(),
                {.caption = caption + "; test part, mean over seeds", .width = 800});
  lessons::draw_confusion(figure.panel(), runs, TaggingPart::joined(report.data.test.tags),
                          report.data.tags);
  figure.save(report.out.file("confusion.png"));
}

void TaggingPictures::draw_flow() const {
  const SentenceFlow& flow = report.flow;
  const bool has_both = !flow.forward_margin.empty();
  Figure figure("The flow of one sentence through the network",
                {.rows = has_both ? 3 : 1,
                 .caption = caption + "; test part, " + report.networks.back().title() +
                            ", the first seed's; below the words: what was said",
                 .width = 800});
  int row = 0;
  if (!flow.forward.empty())
    draw_states(figure.panel(row++).title("Forward states: read from left to right →"),
                flow.forward, flow.words);
  if (!flow.backward.empty())
    draw_states(figure.panel(row++).title("Backward states: read from right to left ←"),
                flow.backward, flow.words);
  if (has_both) {
    Panel& panel = figure.panel(row).title("What each direction says for the tag");
    panel.y_label("ahead of the next best tag").categories(words_with_tags(report));
    panel.bars(flow.forward_margin, {.label = "forward state", .color = palette(1)});
    panel.bars(flow.backward_margin, {.label = "backward state", .color = palette(2)});
    panel.horizontal(0);
  }
  figure.save(report.out.file("flow.png"));
}

void TaggingPictures::draw_sources() const {
  const auto count = static_cast<int>(report.networks.size());
  const auto words = static_cast<int>(report.flow.words.size());
  Figure figure(
      "Which words does each tag come from?",
      {.columns = count,
       .caption = caption + "; test part, the first seed's networks; rows add up to 100 %",
       .width = count > 1 ? 1200.0 : 700.0});
  for (int i = 0; i < count; ++i) {
    const auto number = static_cast<std::size_t>(i);
    Panel& panel = figure.panel(0, i).title(report.networks[number].title());
    panel.x_label("word read").y_label("word tagged");
    panel.heat_map(percent(report.flow.sources[number]), words, words,
                   {.row_labels = report.flow.words,
                    .column_labels = report.flow.words,
                    .low = 0,
                    .high = 100,
                    .bar_label = "share of the gradient (%)"});
  }
  figure.save(report.out.file("sources.png"));
}

void TaggingPictures::draw_language_models(double pairs) const {
  Figure figure(
      "A language model with both directions has seen the next word",
      {.caption = concat_message(report.data.name, ", ", report.cell, ", 1 seed; test part")});
  Panel& panel = figure.panel().y_label("next words guessed (%)").y_range(0, 119);
  panel.categories({"whole sentence at hand", "nothing behind the word, as when it writes"});
  panel.bars({100 * pairs, 100 * pairs},
             {.label = "most frequent follower", .color = kQuietInk, .values = true});
  for (const LanguageModelScore& score : report.language_models)
    panel.bars({100 * score.whole, 100 * score.cut},
               {.label = score.directions == "both" ? "both directions" : "forward only",
                .color = palette(score.directions == "both" ? 0 : 1),
                .values = true});
  figure.save(report.out.file("language_model.png"));
}

}  // namespace unroll::lessons
