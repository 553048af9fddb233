// What a run of the lesson on stock prices leaves: tables, verdicts, pictures, metrics.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/return_forecasts.h"
#include "lessons/support/run_directory.h"
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

/// A line for the terminal about each series.
std::string describe(const std::vector<StockResult>& stocks);

struct StockReport {
  const RunDirectory& out;
  const StockOptions& options;
  std::vector<StockResult> results;
  std::string network;  // LSTM
  RunRecord record;     // lesson, settings, threads; the rest is filled in
};

/// Draws the pictures, prints tables and verdicts, writes forecasts.csv and metrics.json. This is
/// where the test days are looked at, once.
void report_stocks(StockReport report);

}  // namespace unroll::lessons
