#include "lessons/support/time_series_pictures.h"

#include <algorithm>

#include "lessons/support/figure.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

constexpr std::int64_t kShownSteps = 144;  // of a long test part: more would be a grey band

int row_count(const TimeSeriesPictures& pictures) { return static_cast<int>(pictures.rows.size()); }

Values places(const TimeSeries& series, IndexRange steps) {
  return {std::vector<double>(series.axis.positions.begin() + steps.begin,
                              series.axis.positions.begin() + steps.end)};
}

Values actual(const PictureRow& row, IndexRange steps) {
  Values values;
  for (std::int64_t t = steps.begin; t < steps.end; ++t)
    values.push_back(row.result.plan.series.at(t, row.column));
  return values;
}

// What was forecast for each of `steps`, h steps before it.
Values said(const PictureRow& row, const Forecasts& forecasts, std::int64_t h, IndexRange steps) {
  Values values;
  for (std::int64_t t = steps.begin; t < steps.end; ++t)
    values.push_back(forecasts.at(t - h - forecasts.origins.front(), h, row.column));
  return values;
}

Values horizons(std::size_t count) {
  Values values;
  for (std::size_t h = 1; h <= count; ++h) values.push_back(static_cast<double>(h));
  return values;
}

// Draws the mean of some curves, one a seed, with a band of a standard deviation where there are
// several.
void draw_seeds(Panel& panel, const Values& x, const std::vector<std::vector<double>>& curves,
                const LineStyle& style) {
  Values middle, deviation;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::vector<double> at = collect(curves, [i](const auto& curve) { return curve[i]; });
    middle.push_back(mean(at));
    deviation.push_back(at.size() > 1 ? standard_deviation(at) : 0.0);
  }
  if (curves.size() > 1)
    panel.line_with_band(x, middle, deviation, style);
  else
    panel.line(x, middle, style);
}

std::vector<std::vector<double>> rmse_curves(const std::vector<ForecastScores>& seeds) {
  std::vector<std::vector<double>> curves;
  for (const ForecastScores& scores : seeds)
    curves.push_back(
        collect(scores.by_horizon, [](const ErrorScores& errors) { return errors.rmse; }));
  return curves;
}

std::string error_label(const PictureRow& row) {
  return "RMSE, " + row.result.plan.series.column(row.column);
}

// A colour that a way to forecast keeps in all pictures.
Color color_of(const std::string& name) {
  if (name == "naive") return palette(3);
  if (name == "seasonal naive") return palette(4);
  if (name == "season + change") return palette(5);
  if (name.starts_with("AR")) return palette(2);
  return palette(0);
}

}  // namespace

void TimeSeriesPictures::draw_forecasts() const {
  Figure figure("Forecasts of the test part against what happened",
                {.rows = row_count(*this),
                 .columns = 2,
                 .caption = caption + "; network: first seed; at most the last " +
                            std::to_string(kShownSteps) + " steps"});
  for (int i = 0; i < row_count(*this); ++i) {
    const PictureRow& row = rows[static_cast<std::size_t>(i)];
    const ForecastPlan& plan = row.result.plan;
    const ForecastRun& run = row.result.runs[0];
    const BaselineScores& ar = row.scores.baselines.back();
    const auto draw = [&](int column, const Forecasts& forecasts, std::int64_t h) {
      // From h steps into the test part on, every step has a forecast.
      const IndexRange shown{
          std::max(plan.split.test.begin + h - 1, plan.split.test.end - kShownSteps),
          plan.split.test.end};
      const Values x = places(plan.series, shown);
      Panel& panel = figure.panel(i, column);
      panel.title(row.scores.title +
                  (h == 1 ? ": one step ahead" : ": " + std::to_string(h) + " steps ahead"));
      panel.x_label(plan.series.axis.label).y_label(plan.series.column(row.column));
      panel.line(x, actual(row, shown), {.label = "actual", .color = kInk});
      panel.line(x, said(row, ar.forecasts, h, shown),
                 {.label = ar.name, .color = color_of("AR"), .dashed = true});
      panel.line(x, said(row, forecasts, h, shown), {.label = network, .color = color_of(network)});
    };
    draw(0, run.recursive, 1);
    draw(1, run.direct, plan.horizon);
  }
  figure.save(out.file("forecasts.png"));
}

void TimeSeriesPictures::draw_errors() const {
  const int columns = std::min(row_count(*this), 2);
  Figure figure("Error of forecasts of the test part, by how far ahead they are",
                {.rows = (row_count(*this) + columns - 1) / columns,
                 .columns = columns,
                 .caption = caption + "; bands: standard deviation over seeds"});
  for (int i = 0; i < row_count(*this); ++i) {
    const PictureRow& row = rows[static_cast<std::size_t>(i)];
    Panel& panel = figure.panel(i / columns, i % columns);
    panel.title(row.scores.title).x_label("steps ahead").y_label(error_label(row)).y_log();
    const Values x = horizons(row.scores.direct[0].by_horizon.size());
    for (const BaselineScores& baseline : row.scores.baselines)
      panel.line(x, rmse_curves({baseline.scores})[0],
                 {.label = baseline.name,
                  .color = color_of(baseline.name),
                  .dashed = true,
                  .markers = true});
    draw_seeds(panel, x, rmse_curves(row.scores.recursive),
               {.label = network + ", recursive", .color = palette(1), .markers = true});
    draw_seeds(panel, x, rmse_curves(row.scores.direct),
               {.label = network + ", direct", .color = color_of(network), .markers = true});
  }
  figure.save(out.file("errors.png"));
}

void TimeSeriesPictures::draw_interval() const {
  const std::string percent = format_fixed(100 * kCoverage, 0) + " %";
  Figure figure("Forecasts with an interval of " + percent,
                {.rows = row_count(*this),
                 .columns = 2,
                 .caption = caption + "; interval: the errors on the validation part"});
  for (int i = 0; i < row_count(*this); ++i) {
    const PictureRow& row = rows[static_cast<std::size_t>(i)];
    const ForecastPlan& plan = row.result.plan;
    const SeriesTransform levels(plan.series, plan.past(), {plan.transform.log, 0});
    const std::int64_t begin = plan.split.test.begin, H = plan.horizon;
    const std::int64_t fans = std::min<std::int64_t>(4, plan.split.test.size() / H);
    const IndexRange shown{std::max<std::int64_t>(0, begin - 2 * H), begin + fans * H};
    Panel& panel = figure.panel(i, 0);
    panel.title(row.scores.title + ": next " + std::to_string(H) + " steps, " +
                std::to_string(fans) + " times");
    panel.x_label(plan.series.axis.label).y_label(plan.series.column(row.column));
    for (std::int64_t fan = 0; fan < fans; ++fan) {
      const IndexRange steps{begin + fan * H, begin + (fan + 1) * H};
      Values low, middle, high;
      for (std::int64_t h = 1; h <= H; ++h) {
        middle.push_back(row.result.runs[0].direct.at(fan * H, h, row.column));
        const double width = row.scores.half_width[static_cast<std::size_t>(h - 1)];
        low.push_back(levels.value_of(levels.level_of(middle.back()) - width));
        high.push_back(levels.value_of(levels.level_of(middle.back()) + width));
      }
      const Values x = places(plan.series, steps);
      panel.band(x, low, high, {.label = fan ? "" : "interval", .color = color_of(network)});
      panel.line(x, middle, {.label = fan ? "" : network, .color = color_of(network)});
    }
    panel.line(places(plan.series, shown), actual(row, shown), {.label = "actual", .color = kInk});

    Panel& held = figure.panel(i, 1);
    held.title("How often it held").x_label("steps ahead").y_label("test values inside (%)");
    held.y_range(0, 105);
    held.line(horizons(row.scores.coverage.size()), row.scores.coverage,
              {.label = "measured", .color = color_of(network), .markers = true});
    held.horizontal(100 * kCoverage, {.label = "wanted"});
  }
  figure.save(out.file("interval.png"));
}

void TimeSeriesPictures::draw_collapse() const {
  Figure figure(
      "A one-step network that is fed with its own forecasts",
      {.rows = row_count(*this),
       .columns = 2,
       .caption = caption + "; left: from the last step before the test part, every seed"});
  for (int i = 0; i < row_count(*this); ++i) {
    const PictureRow& row = rows[static_cast<std::size_t>(i)];
    const ForecastPlan& plan = row.result.plan;
    const std::vector<ForecastRun>& runs = row.result.runs;
    const std::int64_t begin = plan.split.test.begin, length = runs[0].path.horizon;
    const IndexRange shown{std::max<std::int64_t>(0, begin - length / 2), begin + length};
    const IndexRange steps{begin, begin + length};
    Panel& path = figure.panel(i, 0);
    path.title(row.scores.title + ": " + std::to_string(length) + " steps");
    path.x_label(plan.series.axis.label).y_label(plan.series.column(row.column));
    path.line(places(plan.series, shown), actual(row, shown), {.label = "actual", .color = kInk});
    const auto line = [&](const Forecasts& forecasts) {
      Values values;
      for (std::int64_t h = 1; h <= length; ++h) values.push_back(forecasts.at(0, h, row.column));
      return values;
    };
    path.line(places(plan.series, steps),
              line(ar_forecasts(plan, plan.past(), {begin - 1}, length)),
              {.label = row.scores.baselines.back().name, .color = color_of("AR"), .dashed = true});
    for (std::size_t k = 0; k < runs.size(); ++k)
      path.line(places(plan.series, steps), line(runs[k].path),
                {.label = k ? "" : network, .color = color_of(network), .width = k ? 0.8 : 1.6});

    Panel& error = figure.panel(i, 1);
    error.title("Error from " + std::to_string(runs[0].far.count()) + " origins");
    error.x_label("steps ahead").y_label(error_label(row)).y_log();
    const Values x = horizons(row.scores.far_mean_rmse.size());
    for (const BaselineScores& baseline : row.scores.baselines)
      error.line(x, baseline.far_rmse,
                 {.label = baseline.name, .color = color_of(baseline.name), .dashed = true});
    error.line(x, row.scores.far_mean_rmse,
               {.label = "mean of the past", .color = kQuietInk, .dashed = true});
    draw_seeds(error, x, row.scores.far_rmse, {.label = network, .color = color_of(network)});
  }
  figure.save(out.file("collapse.png"));
}

void TimeSeriesPictures::draw_training() const {
  Figure figure("Training: when to stop is chosen on the validation part",
                {.columns = 2, .caption = caption});
  Panel& direct =
      figure.panel(0, 0).title("All horizons at once").y_label("validation loss (scaled units²)");
  Panel& one_step = figure.panel(0, 1).title("One step").y_label("validation loss (scaled units²)");
  for (Panel* panel : {&direct, &one_step}) panel->x_label("steps").y_log();
  for (const PictureRow& row : rows) {
    if (row.column != 0) continue;
    const auto curves = [&](ForecastCourse ForecastRun::*course) {
      std::vector<std::vector<double>> losses;
      for (const ForecastRun& run : row.result.runs) losses.push_back((run.*course).validation);
      return losses;
    };
    const Values x = row.result.runs[0].direct_course.steps;
    draw_seeds(direct, x, curves(&ForecastRun::direct_course), {.label = row.scores.title});
    draw_seeds(one_step, x, curves(&ForecastRun::one_step_course), {});
  }
  figure.save(out.file("training.png"));
}

}  // namespace unroll::lessons
