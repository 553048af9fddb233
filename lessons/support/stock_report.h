// What a run of the lesson on stock prices leaves: tables, verdicts, pictures, metrics.json.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/run_directory.h"
#include "lessons/support/stock_options.h"
#include "lessons/support/stock_series.h"

namespace unroll::lessons {

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
