// Scores of the forecasts of one stock beside the simplest ones, and which differences are more
// than chance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/backtest.h"
#include "lessons/support/json.h"
#include "lessons/support/stock_report.h"

namespace unroll::lessons {

// What the baselines are called.
inline constexpr const char* kLastValue = "last value";
inline constexpr const char* kDrift = "drift";
inline constexpr const char* kMajority = "majority";
inline constexpr const char* kRecentSpread = "EWMA";
inline constexpr const char* kBuyAndHold = "buy and hold";
inline constexpr const char* kAr1 = "AR(1)";

/// One way to forecast; several seeds of a network, one of anything else.
struct ForecasterScores {
  std::string name;
  std::vector<PriceScores> next_day = {}, ahead = {};          // empty: says no price
  std::vector<DirectionScores> direction = {};                 // of the next day; empty: none
  std::vector<QuantileScores> spread = {}, spread_ahead = {};  // empty: says nothing about it
  std::vector<Backtest> trading = {};                          // empty: no position follows from it
};

/// A claim, "the network knows more than the simplest rules", put to a test.
struct Claim {
  std::string question;         // next day, 5 days, direction, spread, profit
  std::string unit;             // of the scores
  std::vector<double> network;  // scores, one a seed
  std::string baseline = {};    // the one that is hardest to beat
  double baseline_score = 0;
  double statistic = 0;  // of Diebold and Mariano against it; below 0 the network is better
  double p = 1;          // how often chance alone would make it so good
  double adjusted = 1;   // the same, allowing for all claims that were tested in the run
  bool found() const { return adjusted < kSignificance; }

  static constexpr double kSignificance = 0.05;
};

struct StockScores {
  std::string title;
  std::int64_t days = 0;  // that were forecast
  std::vector<ForecasterScores>
      baselines;  // last value, drift, majority, EWMA, buy and hold, AR(1)
  ForecasterScores network;
  std::vector<Claim> claims;
};

/// The scores of one symbol. Its claims are tested each against all baselines that apply: p is the
/// largest of those p values, so "better than all of them" needs no correction of its own. The
/// AR(1) is shown for comparison and is none of them: it is what the control was made with.
StockScores score_stock(const StockResult& stock, const StockOptions& options,
                        const std::string& network);

/// Adjusts the p values of all claims of the run together, by Holm's method.
void judge_together(std::vector<StockScores>& all);

/// The correlation of a day's return with the next one's that a run with so many days and claims
/// finds four times in five.
double smallest_visible_signal(std::int64_t days, std::size_t claims);

/// All of it as it goes into metrics.json.
Json scores_json(const StockScores& scores, const std::vector<StockRun>& runs);
Json baselines_json(const StockScores& scores);

}  // namespace unroll::lessons
