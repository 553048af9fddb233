#include "lessons/support/depth_pictures.h"

#include <algorithm>

#include "lessons/support/figure.h"
#include "lessons/support/metrics.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {

namespace {

constexpr const char* kUnit = "nats a character";

std::string size_title(bool equal_parameters) {
  return equal_parameters ? "equal parameters" : "equal width";
}

// Draws, for each recipe that was trained, what `pick` takes from a result, by number of layers:
// the mean, with a band of a standard deviation where there are several seeds.
template <class Pick>
void draw_by_layers(const DepthReport& report, Panel& panel, bool equal_parameters, Pick pick) {
  panel.x_label("layers").y_label(kUnit);
  std::size_t color = 0;
  for (DepthNetwork recipe : depth_recipes(equal_parameters)) {
    Values x, middle, deviation;
    for (recipe.layers = 1; recipe.layers <= report.deepest(); ++recipe.layers) {
      const DepthResult* result = report.find(recipe);
      if (!result) continue;
      const std::vector<double> values = pick(*result);
      x.push_back(static_cast<double>(recipe.layers));
      middle.push_back(mean(values));
      deviation.push_back(values.size() > 1 ? standard_deviation(values) : 0.0);
    }
    const LineStyle style{.label = recipe.recipe(), .color = palette(color++), .markers = true};
    const bool is_one_layer_only = report.deepest() > 1 && x.size() < 2;
    if (x.empty() || is_one_layer_only) continue;
    if (report.results[0].runs.size() > 1)
      panel.line_with_band(x, middle, deviation, style);
    else
      panel.line(x, middle, style);
  }
}

// The deepest plain and residual networks without dropout, those that were trained.
std::vector<const DepthResult*> deepest_pair(const DepthReport& report) {
  std::vector<const DepthResult*> pair;
  for (const bool residual : {false, true}) {
    const DepthResult* result =
        report.find({.layers = report.deepest(), .equal_parameters = true, .residual = residual});
    if (result && (pair.empty() || result != pair[0])) pair.push_back(result);
  }
  return pair;
}

Values epochs(std::size_t count) {
  Values values;
  for (std::size_t i = 1; i <= count; ++i) values.push_back(static_cast<double>(i));
  return values;
}

}  // namespace

void DepthPictures::draw_depth() const {
  const bool has_seeds = report.results[0].runs.size() > 1;
  Figure figure("Loss by number of layers",
                {.rows = 2,
                 .columns = 2,
                 .caption = caption + (has_seeds ? "; bands: deviation over seeds" : "")});
  for (const bool equal_parameters : {false, true}) {
    Panel& validation = figure.panel(0, equal_parameters ? 1 : 0);
    validation.title("Validation, " + size_title(equal_parameters));
    draw_by_layers(report, validation, equal_parameters,
                   [](const DepthResult& result) { return result.validation(); });
    validation.horizontal(ngram, {.label = ngram_name});
    Panel& training = figure.panel(1, equal_parameters ? 1 : 0);
    training.title("Training, " + size_title(equal_parameters));
    draw_by_layers(report, training, equal_parameters,
                   [](const DepthResult& result) { return result.training(); });
  }
  figure.save(report.out.file("depth.png"));
}

void DepthPictures::draw_gap() const {
  Figure figure(
      "The overfitting gap: validation less training loss",
      {.rows = 2, .columns = 2, .caption = caption + "; below: first seed, until early stopping"});
  for (const bool equal_parameters : {false, true}) {
    Panel& gap = figure.panel(0, equal_parameters ? 1 : 0);
    gap.title("Gap at the best epoch, " + size_title(equal_parameters));
    draw_by_layers(report, gap, equal_parameters,
                   [](const DepthResult& result) { return result.gap(); });
    Panel& course = figure.panel(1, equal_parameters ? 1 : 0);
    course.title(std::to_string(report.deepest()) + " layers, " + size_title(equal_parameters));
    course.x_label("epoch").y_label(kUnit);
    for (const bool is_training : {false, true}) {
      std::size_t color = 0;
      for (DepthNetwork recipe : depth_recipes(equal_parameters)) {
        const Color own = palette(color++);
        recipe.layers = report.deepest();
        const DepthResult* result = report.find(recipe);
        if (!result) continue;
        const DepthRun& run = result->runs[0];
        const Values x = epochs(run.validation.size());
        if (is_training)
          course.line(x, run.training, {.color = own, .dashed = true});
        else
          course.line(x, run.validation, {.label = recipe.recipe(), .color = own, .markers = true});
      }
    }
    course.line(Values{}, Values{}, {.label = "training", .color = kQuietInk, .dashed = true});
  }
  figure.save(report.out.file("gap.png"));
}

void DepthPictures::draw_activations() const {
  constexpr std::int64_t kSteps = 28, kUnits = 8;
  const std::vector<const DepthResult*> pair = deepest_pair(report);
  const auto layers = static_cast<int>(report.deepest());
  Figure figure("What each layer does as it reads",
                {.rows = layers + 1,
                 .columns = static_cast<int>(pair.size()),
                 .caption = caption + "; best weights of the first seed, validation text",
                 .row_height = 190});
  for (std::size_t k = 0; k < pair.size(); ++k) {
    const LayerStates& states = pair[k]->states;
    const auto column = static_cast<int>(k);
    const auto steps =
        std::min<std::int64_t>(kSteps, static_cast<std::int64_t>(states.characters.size()));
    const auto units = std::min(kUnits, states.width);
    Names read;
    for (std::int64_t t = 0; t < steps; ++t)
      read.push_back(
          visible(report.data.vocabulary.symbol(states.characters[static_cast<std::size_t>(t)])));
    Values size, saturated, change;
    for (int layer = layers; layer >= 1; --layer) {  // the input is below
      const std::vector<float>& h = states.layers[static_cast<std::size_t>(layer - 1)];
      Values cells;
      for (std::int64_t unit = 0; unit < units; ++unit)
        for (std::int64_t t = 0; t < steps; ++t)
          cells.push_back(
              static_cast<double>(h[static_cast<std::size_t>(t * states.width + unit)]));
      Panel& panel = figure.panel(layers - layer, column);
      panel.title("Layer " + std::to_string(layer) + ", " + pair[k]->network.recipe());
      panel.x_label("character read").y_label("unit");
      panel.heat_map(cells, static_cast<int>(units), static_cast<int>(steps),
                     {.column_labels = read,
                      .map = ColorMap::kDiverging,
                      .low = -1,
                      .high = 1,
                      .bar_label = "state h"});
    }
    for (const std::vector<float>& h : states.layers) {
      const LayerStatistics statistics = layer_statistics(h, states.width);
      size.push_back(statistics.size);
      saturated.push_back(statistics.saturated);
      change.push_back(statistics.change);
    }
    Panel& panel = figure.panel(layers, column);
    panel.title("All units, 1000 characters").x_label("layer").y_label("share").y_range(0, 1);
    const Values x = epochs(states.layers.size());
    panel.line(x, size, {.label = "size (RMS)", .markers = true});
    panel.line(x, saturated, {.label = "|h| > 0.9", .markers = true});
    panel.line(x, change, {.label = "new", .markers = true});
  }
  figure.save(report.out.file("activations.png"));
}

void DepthPictures::draw_gradients() const {
  const std::vector<const DepthResult*> pair = deepest_pair(report);
  Figure figure("How much gradient reaches each layer",
                {.rows = 2,
                 .columns = static_cast<int>(pair.size()),
                 .caption = caption + "; first seed, before clipping"});
  for (std::size_t k = 0; k < pair.size(); ++k) {
    const DepthRun& run = pair[k]->runs[0];
    const auto draw = [&](int row, const std::string& what,
                          std::vector<double> LayerGradients::*norms) {
      Panel& panel = figure.panel(row, static_cast<int>(k));
      panel.title(what + ", " + pair[k]->network.name());
      panel.x_label("step").y_label("norm of the gradient").y_log();
      for (std::size_t layer = 0; layer < run.gradients.size(); ++layer)
        panel.line(run.gradient_steps, run.gradients[layer].*norms,
                   {.label = "layer " + std::to_string(layer + 1)});
    };
    draw(0, "Weights", &LayerGradients::of_weights);
    draw(1, "States", &LayerGradients::of_states);
  }
  figure.save(report.out.file("gradients.png"));
}

}  // namespace unroll::lessons
