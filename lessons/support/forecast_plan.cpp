#include "lessons/support/forecast_plan.h"

#include <algorithm>
#include <limits>
#include <span>

#include "engine/error.h"
#include "lessons/support/autoregression.h"
#include "lessons/support/format.h"
#include "lessons/support/series_windows.h"

namespace unroll::lessons {

namespace {

// One column by AR(order) on w, in the unit of the series.
void forecast_column(const SeriesTransform& transform, std::int64_t column, std::int64_t order,
                     IndexRange past, Forecasts& forecasts) {
  // w has no values in the first season.
  const std::int64_t first = transform.options().season;
  const std::vector<double> line = transform.compared_from(first, column);
  const std::span<const double> known(line);
  const Autoregression model(known.subspan(static_cast<std::size_t>(past.begin),
                                           static_cast<std::size_t>(past.size() - first)),
                             order);
  for (std::int64_t i = 0; i < forecasts.count(); ++i) {
    const std::int64_t origin = forecasts.origins[static_cast<std::size_t>(i)];
    const auto seen = static_cast<std::size_t>(origin + 1 - first);
    const std::vector<double> next = transform.values_after(
        origin, column, model.forecast(known.first(seen), forecasts.horizon));
    for (std::int64_t h = 1; h <= forecasts.horizon; ++h)
      forecasts.at(i, h, column) = next[static_cast<std::size_t>(h - 1)];
  }
}

// The best order of each column and how its validation error compares with that of the naive
// forecast, summed over the columns.
struct ChosenOrders {
  std::vector<std::int64_t> orders;
  double ratio = 0;
};

ChosenOrders choose_orders(const ForecastPlan& plan, const TransformOptions& options,
                           std::int64_t largest, const std::vector<std::int64_t>& origins,
                           const std::vector<double>& naive_mse) {
  const SeriesTransform transform(plan.series, plan.split.train, options);
  const std::int64_t known = plan.split.train.size() - options.season;
  Forecasts forecasts(origins, plan.horizon, plan.series.width());
  ChosenOrders chosen;
  for (std::int64_t column = 0; column < plan.series.width(); ++column) {
    double best = std::numeric_limits<double>::infinity();
    chosen.orders.push_back(1);
    for (std::int64_t p = 1; p <= largest && 3 * p + 1 <= known; ++p) {
      forecast_column(transform, column, p, plan.split.train, forecasts);
      const double error =
          score_forecasts(plan.series, forecasts, column, plan.split.validation, 1.0).all.mse;
      if (error < best) chosen.orders.back() = p;
      best = std::min(best, error);
    }
    chosen.ratio += best / naive_mse[static_cast<std::size_t>(column)];
  }
  return chosen;
}

}  // namespace

std::string ForecastPlan::describe() const {
  const auto part = [this](IndexRange range) {
    return concat_message(series.date(range.begin), " to ", series.date(range.end - 1), " (",
                          format_count(range.size()), ")");
  };
  const auto what = [](const TransformOptions& options) {
    return std::string(options.log ? "logarithms" : "values") +
           (options.season > 0
                ? concat_message(", differences to ", options.season, " steps before")
                : "");
  };
  std::string orders;
  for (const std::int64_t order : ar_orders)
    orders += concat_message(orders.empty() ? "" : ", ", order);
  return concat_message(series.name, "\n  learn from ", part(split.train), ", choose on ",
                        part(split.validation), ", test ", part(split.test),
                        "\n  the network reads changes of: ", what(transform), "; AR(", orders,
                        ") of: ", what(ar_transform), "\n");
}

ForecastPlan plan_forecast(TimeSeries series, std::int64_t lookback, std::int64_t horizon,
                           std::int64_t season) {
  const PositionSplit split = split_by_position(series.steps(), 0.65, 0.15);
  ForecastPlan plan;
  plan.series = std::move(series);
  plan.split = split;
  plan.horizon = horizon;
  plan.season = season > 0 ? season : plan.series.season;
  if (std::min(split.validation.size(), split.test.size()) < horizon + 1)
    throw input_error(plan.series.name, ": the series is too short: of ", plan.series.steps(),
                      " steps ", split.validation.size(), " are left to choose on and ",
                      split.test.size(), " to test, but forecasts of ", horizon, " steps need ",
                      horizon + 1, "; choose a smaller --horizon");

  const std::vector<std::int64_t> origins = rolling_origins(split.validation);
  const Forecasts naive = naive_forecasts(plan.series, origins, horizon);
  const Forecasts seasonal = seasonal_naive_forecasts(plan.series, origins, horizon, plan.season);
  std::vector<double> naive_mse;
  double seasonal_ratio = 0;
  for (std::int64_t column = 0; column < plan.series.width(); ++column) {
    const auto mse = [&](const Forecasts& forecasts) {
      return score_forecasts(plan.series, forecasts, column, split.validation, 1.0).all.mse;
    };
    naive_mse.push_back(mse(naive));
    if (!(naive_mse.back() > 0))
      throw input_error(plan.series.name, ": column \"", plan.series.column(column),
                        "\" does not change from ", plan.series.date(split.validation.begin),
                        " to ", plan.series.date(split.validation.end - 1),
                        ", so no forecast is needed");
    seasonal_ratio += mse(seasonal) / naive_mse.back();
  }
  if (seasonal_ratio < static_cast<double>(plan.series.width()))
    plan.transform.season = plan.season;

  const bool is_positive = std::all_of(plan.series.values.begin(), plan.series.values.end(),
                                       [](double value) { return value > 0; });
  double best = std::numeric_limits<double>::infinity();
  for (const bool log : {false, true})
    for (const std::int64_t m : {std::int64_t{0}, plan.season}) {
      if ((log && !is_positive) || m == 1) continue;
      ChosenOrders chosen = choose_orders(plan, {log, m}, lookback, origins, naive_mse);
      if (chosen.ratio >= best) continue;
      best = chosen.ratio;
      plan.ar_transform = {log, m};
      plan.ar_orders = std::move(chosen.orders);
    }
  plan.transform.log = plan.ar_transform.log;
  return plan;
}

Forecasts ar_forecasts(const ForecastPlan& plan, IndexRange past,
                       const std::vector<std::int64_t>& origins, std::int64_t horizon) {
  const SeriesTransform transform(plan.series, past, plan.ar_transform);
  Forecasts forecasts(origins, horizon, plan.series.width());
  for (std::int64_t column = 0; column < plan.series.width(); ++column)
    forecast_column(transform, column, plan.ar_orders[static_cast<std::size_t>(column)], past,
                    forecasts);
  return forecasts;
}

}  // namespace unroll::lessons
