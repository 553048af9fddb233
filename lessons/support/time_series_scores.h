// The scores of one column of a series: networks and baselines on the test part, and the verdict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/json.h"
#include "lessons/support/time_series_report.h"

namespace unroll::lessons {

/// One way to forecast that needs no network.
struct BaselineScores {
  std::string name;
  Forecasts forecasts;  // of the test part
  ForecastScores scores;
  std::vector<double> far_rmse;  // by steps ahead, from `far_origins`
};

/// The networks against the best of the baselines: the one with the smallest error on the test
/// part, which is harder to beat than any chosen beforehand.
struct Verdict {
  std::string baseline;
  double baseline_rmse = 0;
  std::vector<double> rmse;  // of the network, one a seed
  double statistic = 0;      // of Diebold and Mariano, for losses averaged over the seeds
  /// −1 beats the baseline, 1 is worse, 0 no difference: beyond ±2 and by more than the deviation
  /// between the seeds.
  int outcome = 0;
  /// "LSTM 16.3 ± 0.1, AR(30) 16.2: did not beat the baseline, no difference (0.4)".
  std::string text(const std::string& network) const;
};

struct ColumnScores {
  std::string title;                          // series and column
  std::vector<BaselineScores> baselines;      // naive, seasonal ones if there is a season, AR(p)
  std::vector<ForecastScores> direct;         // one a seed
  std::vector<ForecastScores> recursive;      // one a seed
  std::vector<std::vector<double>> far_rmse;  // of each seed, by steps ahead
  std::vector<double> far_mean_rmse;          // of the mean of the past
  std::vector<double> half_width;             // of the interval, by horizon; in levels
  std::vector<double> coverage;               // what it held of the test values, by horizon, in %
  Verdict one_step, all;                      // recursive network; direct network
};

inline constexpr double kCoverage = 0.8;  // what the interval should hold

ColumnScores score_column(const SeriesResult& result, std::int64_t column);

/// Everything above as it goes into metrics.json: scores and baselines.
Json scores_json(const ColumnScores& scores, const std::vector<ForecastRun>& runs);
Json baselines_json(const ColumnScores& scores);

/// How many decimals give the number three or four significant digits.
int decimals_for(double value);

}  // namespace unroll::lessons
