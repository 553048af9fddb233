// Technical indicators: what traders compute from prices.
//
// Each takes the days in order and returns a number a day, which depends on that day and those
// before it alone; NaN where there are not enough of them. P is the close.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace unroll::lessons {

/// r_t = ln(P_t / P_{t−1}), NaN on the first day. Log returns of several days add up.
std::vector<double> log_returns(std::span<const double> prices);

/// Simple moving average: the mean of the last n values.
std::vector<double> sma(std::span<const double> values, std::int64_t n);

/// Exponential moving average: E_t = E_{t−1} + 2/(n + 1)·(x_t − E_{t−1}), which starts as the mean
/// of the first n values. Values in front that are NaN are skipped.
std::vector<double> ema(std::span<const double> values, std::int64_t n);

/// Wilder's smoothing, an exponential average with weight 1/n: A_t = ((n − 1)·A_{t−1} + x_t)/n,
/// which starts as the mean of the first n values. Values in front that are NaN are skipped.
std::vector<double> wilder_average(std::span<const double> values, std::int64_t n);

/// Relative strength index, 0 to 100: 100·G/(G + L), where G and L are Wilder's averages of the
/// rises and of the falls from day to day; 50 where nothing moved. J. W. Wilder, "New Concepts in
/// Technical Trading Systems", 1978, section VI.
std::vector<double> rsi(std::span<const double> prices, std::int64_t n = 14);

/// Moving average convergence/divergence (G. Appel): a fast EMA minus a slow one, the EMA of that
/// difference (the signal), and how far the one is above the other (the histogram).
struct Macd {
  std::vector<double> line, signal, histogram;
};
Macd macd(std::span<const double> prices, std::int64_t fast = 12, std::int64_t slow = 26,
          std::int64_t signal = 9);

/// Bollinger bands: SMA ± `width` standard deviations of the same n prices (divided by n).
/// J. Bollinger, "Bollinger on Bollinger Bands", 2001.
struct BollingerBands {
  std::vector<double> low, middle, high;
};
BollingerBands bollinger_bands(std::span<const double> prices, std::int64_t n = 20,
                               double width = 2);

/// True range: the day's range, or that from yesterday's close where there was a gap,
/// max(H_t, P_{t−1}) − min(L_t, P_{t−1}); on the first day H − L.
std::vector<double> true_range(std::span<const double> high, std::span<const double> low,
                               std::span<const double> close);
/// Average true range: Wilder's average of the true range. Wilder, section III.
std::vector<double> atr(std::span<const double> high, std::span<const double> low,
                        std::span<const double> close, std::int64_t n = 14);

inline constexpr double kTradingDays = 252;  // of a year

/// The standard deviation (divided by n − 1) of the last n log returns, a year: times √252.
std::vector<double> volatility(std::span<const double> prices, std::int64_t n = 20);

}  // namespace unroll::lessons
