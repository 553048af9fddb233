// What a run of the lesson on stock prices has found, in plain words.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/stock_report.h"
#include "lessons/support/stock_scores.h"

namespace unroll::lessons {

/// All claims with their p values, what was found where, and what that means given what was found
/// in the random walk and in the control.
std::string verdict_text(const StockReport& report, const std::vector<StockScores>& all);

}  // namespace unroll::lessons
