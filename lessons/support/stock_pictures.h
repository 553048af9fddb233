// The pictures of the lesson on stock prices.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/stock_report.h"
#include "lessons/support/stock_scores.h"

namespace unroll::lessons {

/// Prices and returns with forecasts and their interval; capital against buy and hold; how often
/// intervals held; skill and p values by symbol; training; indicators. `caption` goes below each.
void draw_stock_pictures(const StockReport& report, const std::vector<StockScores>& all,
                         const std::string& caption);

}  // namespace unroll::lessons
