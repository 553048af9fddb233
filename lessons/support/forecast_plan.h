// What is decided about a series before a network sees it, all of it on the past of the test part.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/forecasts.h"
#include "lessons/support/series_transform.h"

namespace unroll::lessons {

/// The first 65 % of the steps to learn from, 15 % to choose on, the last 20 % to test.
struct ForecastPlan {
  TimeSeries series;
  PositionSplit split;
  std::int64_t horizon = 1;
  std::int64_t season = 1;              // of the seasonal naive forecast; 1: there is none
  TransformOptions transform;           // for the network
  TransformOptions ar_transform;        // for the AR, which works on w (see SeriesTransform)
  std::vector<std::int64_t> ar_orders;  // p of AR(p) for each column

  /// Everything before the test part.
  IndexRange past() const { return {split.train.begin, split.validation.end}; }
  /// A line or two for the terminal.
  std::string describe() const;
};

/// Chooses on the validation part, by the mean squared error over all horizons: for each column the
/// order of the AR, 1 to `lookback`; whether the AR works on logarithms, and whether on seasonal
/// differences. The network works on logarithms where the AR does, and on seasonal differences
/// where repeating the last season is better than repeating the last value. `season` 0: as the
/// dates suggest. Throws an input error for a series that is too short or does not change.
ForecastPlan plan_forecast(TimeSeries series, std::int64_t lookback, std::int64_t horizon,
                           std::int64_t season);

/// Forecasts by the plan's AR(p), its weights fitted on `past`.
Forecasts ar_forecasts(const ForecastPlan& plan, IndexRange past,
                       const std::vector<std::int64_t>& origins, std::int64_t horizon);

}  // namespace unroll::lessons
