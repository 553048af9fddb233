// Forecasts of a return with how sure they are, the simplest ways to make them, and how good each
// was.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace unroll::lessons {

/// The shares of the outcomes that should lie below each quantile of a forecast. The first and the
/// last bound an interval that should hold 95 % of them, the next ones 90, 80 and 50 %.
inline constexpr std::array kLevels{0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975};
inline constexpr std::size_t kIntervals = kLevels.size() / 2;
using Quantiles = std::array<double, kLevels.size()>;

/// What was said on each of some days, the origins, about the log return of the next `horizon`
/// days: ln(P_{t+horizon}/P_t).
struct ReturnForecasts {
  std::int64_t horizon = 1;
  std::vector<std::int64_t> origins = {};
  std::vector<double> expected = {};
  std::vector<Quantiles> quantiles = {};  // empty: says nothing about them

  void append(const ReturnForecasts& later);
};

// ---- the simplest forecasts. Each knows the closes up to the origin and nothing after it.

/// The price stays as it is.
ReturnForecasts last_value_forecasts(std::span<const std::int64_t> origins, std::int64_t horizon);
/// It goes on as it did on average. Quantiles: those of all past returns over as many days.
ReturnForecasts drift_forecasts(std::span<const double> close,
                                std::span<const std::int64_t> origins, std::int64_t horizon);
/// The same drift. Quantiles: those of a normal distribution whose variance is an exponential
/// average of the squared returns, σ²_t = 0.94·σ²_{t−1} + 0.06·r²_t, times `horizon`. J.P. Morgan,
/// "RiskMetrics technical document", 1996, chapter 5.
ReturnForecasts calm_or_wild_forecasts(std::span<const double> close,
                                       std::span<const std::int64_t> origins, std::int64_t horizon);
/// AR(1), r_{t+1} = c + φ·r_t, fitted at each origin to all returns before it.
ReturnForecasts ar1_forecasts(std::span<const double> close, std::span<const std::int64_t> origins,
                              std::int64_t horizon);
/// 1 where more of the past returns over as many days were rises than falls, else −1.
std::vector<double> majority_directions(std::span<const double> close,
                                        std::span<const std::int64_t> origins,
                                        std::int64_t horizon);

// ---- scores. Origins whose outcome is not known are left out everywhere.

/// Errors of the price, which is P_t·exp(expected return).
struct PriceScores {
  double rmse = 0, mae = 0;  // in the unit of the price
  double mape = 0;           // mean of |error| / price, in %
  std::vector<double> loss;  // of each origin: (error of the log return, in %)²
};
PriceScores score_prices(std::span<const double> close, const ReturnForecasts& forecasts);

/// Whether rise or fall was foretold: said[i] > 0 is a rise. Days on which the price stood still
/// are left out.
struct DirectionScores {
  double accuracy = 0;       // in %
  std::vector<double> loss;  // 0 right, 1 wrong
};
DirectionScores score_directions(std::span<const double> close,
                                 std::span<const std::int64_t> origins,
                                 std::span<const double> said, std::int64_t horizon);

/// How well the quantiles describe what came.
struct QuantileScores {
  Quantiles below{};                          // share of the outcomes below each quantile, in %
  std::array<double, kIntervals> coverage{};  // of each interval, widest first, in %
  double pinball = 0;                         // mean over origins and levels
  std::vector<double> loss;  // of each origin: the mean over the levels q of q·e where the outcome
                             // is e above the quantile, (1 − q)·e where it is e below, in %
};
QuantileScores score_quantiles(std::span<const double> close, const ReturnForecasts& forecasts);

}  // namespace unroll::lessons
