// The series of a run of the lesson on stock prices, and what networks said about them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/return_forecasts.h"
#include "lessons/support/stock_options.h"
#include "lessons/support/stock_prices.h"
#include "lessons/support/walk_forward.h"

namespace unroll::lessons {

/// The loss of one network on the validation part while it was trained.
struct StockCourse {
  std::vector<double> steps, validation;  // from step 0 on
  std::int64_t best_step = 0;
};

/// What the networks of one seed said about one symbol; one network a fold.
struct StockRun {
  ReturnForecasts next_day, ahead;
  std::vector<StockCourse> courses;
};

/// What a series is there for: to be looked into, or to see whether the lesson can be believed. In
/// the walk there is nothing to be found, in the control there is.
enum class StockRole { kMarket, kWalk, kControl };

struct StockResult {
  StockPrices prices;
  StockRole role = StockRole::kMarket;
  std::vector<WalkForwardFold> folds = {};
  std::vector<StockRun> runs = {};  // one a seed
};

/// The markets of --data or the lesson's own, then a random walk and a control as long as the
/// longest of them, without highs, lows and volumes where no market has them. Without a signal the
/// control is a second walk. Nothing has been forecast yet.
std::vector<StockResult> choose_stocks(const StockOptions& options);

/// The date of the first day that is forecast.
const std::string& first_test_date(const StockResult& stock);

/// A line for the terminal about each series.
std::string describe(const std::vector<StockResult>& stocks);

}  // namespace unroll::lessons
