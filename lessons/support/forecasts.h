// Forecasts of a series from many origins, the simplest ways to make them, and how wrong they were.
#pragma once

#include <cstdint>
#include <vector>

#include "lessons/support/splits.h"
#include "lessons/support/time_series.h"

namespace unroll::lessons {

/// What was said at each origin (the last step that was known) about the next `horizon` steps.
struct Forecasts {
  std::vector<std::int64_t> origins;
  std::int64_t horizon = 1;
  std::int64_t width = 1;      // columns of the series
  std::vector<double> values;  // (origins, horizon, width)

  Forecasts(std::vector<std::int64_t> from, std::int64_t steps, std::int64_t columns)
      : origins(std::move(from)),
        horizon(steps),
        width(columns),
        values(origins.size() * static_cast<std::size_t>(horizon * width)) {}

  std::int64_t count() const { return static_cast<std::int64_t>(origins.size()); }
  /// The value that origin number i forecasts for h steps later, 1 ≤ h ≤ horizon.
  double& at(std::int64_t i, std::int64_t h, std::int64_t column) {
    return values[static_cast<std::size_t>((i * horizon + h - 1) * width + column)];
  }
  double at(std::int64_t i, std::int64_t h, std::int64_t column) const {
    return values[static_cast<std::size_t>((i * horizon + h - 1) * width + column)];
  }
};

/// The last value goes on.
Forecasts naive_forecasts(const TimeSeries& series, const std::vector<std::int64_t>& origins,
                          std::int64_t horizon);
/// The last `season` values are repeated. Throws an input error when the first origin does not know
/// a whole season.
Forecasts seasonal_naive_forecasts(const TimeSeries& series,
                                   const std::vector<std::int64_t>& origins, std::int64_t horizon,
                                   std::int64_t season);
/// The mean of `past`, whatever happened since.
Forecasts mean_forecasts(const TimeSeries& series, const std::vector<std::int64_t>& origins,
                         std::int64_t horizon, IndexRange past);

/// Averages over forecasts, in the unit of the series.
struct ErrorScores {
  std::int64_t count = 0;
  double mse = 0;   // mean squared error
  double mae = 0;   // mean absolute error
  double rmse = 0;  // √mse
  double mase = 0;  // mae / mae of naive one-step forecasts of the past: below 1 is better than
                    // those. R. J. Hyndman and A. B. Koehler, "Another look at measures of forecast
                    // accuracy", International Journal of Forecasting 22, 2006.
};

struct ForecastScores {
  std::vector<ErrorScores> by_horizon;  // h = 1 at index 0
  ErrorScores all;                      // over all forecasts of all horizons
  // The mean squared error of each origin, over the horizons that could be scored, and one step
  // ahead: what two ways to forecast are compared by.
  std::vector<double> loss, one_step_loss;
};

/// Mean absolute change from one step to the next in `past`.
double naive_scale(const TimeSeries& series, std::int64_t column, IndexRange past);

/// Scores one column; forecasts for steps outside `part` are left out.
ForecastScores score_forecasts(const TimeSeries& series, const Forecasts& forecasts,
                               std::int64_t column, IndexRange part, double naive_scale);

}  // namespace unroll::lessons
