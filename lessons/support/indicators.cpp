#include "lessons/support/indicators.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/error.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<double> none(std::size_t count) { return std::vector<double>(count, kNone); }

std::size_t window(std::int64_t n) {
  require(n >= 1, "[indicators] expected a window of at least 1 day, got ", n);
  return static_cast<std::size_t>(n);
}

// What `pick` makes of the last n values, from the n-th on.
template <class Pick>
std::vector<double> rolling(std::span<const double> values, std::int64_t days, Pick pick) {
  const std::size_t n = window(days);
  std::vector<double> result = none(values.size());
  for (std::size_t t = n - 1; t < values.size(); ++t)
    result[t] = pick(values.subspan(t + 1 - n, n));
  return result;
}

// A_t = A_{t−1} + weight·(x_t − A_{t−1}), from the mean of the first n values that are not NaN on.
std::vector<double> smoothed(std::span<const double> values, std::int64_t days, double weight) {
  const std::size_t n = window(days);
  std::vector<double> result = none(values.size());
  std::size_t first = 0;
  while (first < values.size() && std::isnan(values[first])) ++first;
  if (first + n > values.size()) return result;
  double average = mean(values.subspan(first, n));
  result[first + n - 1] = average;
  for (std::size_t t = first + n; t < values.size(); ++t)
    result[t] = average += weight * (values[t] - average);
  return result;
}

template <class Combine>
std::vector<double> combined(std::span<const double> a, std::span<const double> b,
                             Combine combine) {
  std::vector<double> result;
  for (std::size_t t = 0; t < a.size(); ++t) result.push_back(combine(a[t], b[t]));
  return result;
}

}  // namespace

std::vector<double> log_returns(std::span<const double> prices) {
  std::vector<double> returns = none(prices.size());
  for (std::size_t t = 1; t < prices.size(); ++t) returns[t] = std::log(prices[t] / prices[t - 1]);
  return returns;
}

std::vector<double> sma(std::span<const double> values, std::int64_t n) {
  return rolling(values, n, [](auto days) { return mean(days); });
}

std::vector<double> ema(std::span<const double> values, std::int64_t n) {
  return smoothed(values, n, 2 / (static_cast<double>(n) + 1));
}

std::vector<double> wilder_average(std::span<const double> values, std::int64_t n) {
  return smoothed(values, n, 1 / static_cast<double>(n));
}

std::vector<double> rsi(std::span<const double> prices, std::int64_t n) {
  std::vector<double> rises = none(prices.size()), falls = rises;
  for (std::size_t t = 1; t < prices.size(); ++t) {
    const double change = prices[t] - prices[t - 1];
    rises[t] = std::max(change, 0.0);
    falls[t] = std::max(-change, 0.0);
  }
  return combined(wilder_average(rises, n), wilder_average(falls, n), [](double gain, double loss) {
    return gain + loss == 0 ? 50 : 100 * gain / (gain + loss);
  });
}

Macd macd(std::span<const double> prices, std::int64_t fast, std::int64_t slow,
          std::int64_t signal) {
  Macd result;
  result.line = combined(ema(prices, fast), ema(prices, slow), std::minus<>());
  result.signal = ema(result.line, signal);
  result.histogram = combined(result.line, result.signal, std::minus<>());
  return result;
}

BollingerBands bollinger_bands(std::span<const double> prices, std::int64_t n, double width) {
  const std::vector<double> middle = sma(prices, n);
  const std::vector<double> deviation = rolling(prices, n, [](auto days) {
    const double center = mean(days);
    double squares = 0;
    for (const double price : days) squares += (price - center) * (price - center);
    return std::sqrt(squares / static_cast<double>(days.size()));
  });
  const auto at = [&](double times) {
    return combined(middle, deviation, [times](double m, double s) { return m + times * s; });
  };
  return {at(-width), middle, at(width)};
}

std::vector<double> true_range(std::span<const double> high, std::span<const double> low,
                               std::span<const double> close) {
  require(high.size() == close.size() && low.size() == close.size(),
          "[true_range] expected as many highs and lows as closes");
  std::vector<double> ranges;
  for (std::size_t t = 0; t < close.size(); ++t) {
    const double top = t > 0 ? std::max(high[t], close[t - 1]) : high[t];
    const double bottom = t > 0 ? std::min(low[t], close[t - 1]) : low[t];
    ranges.push_back(top - bottom);
  }
  return ranges;
}

std::vector<double> atr(std::span<const double> high, std::span<const double> low,
                        std::span<const double> close, std::int64_t n) {
  return wilder_average(true_range(high, low, close), n);
}

std::vector<double> volatility(std::span<const double> prices, std::int64_t n) {
  return rolling(log_returns(prices), n, [](auto returns) {
    return standard_deviation(returns) * std::sqrt(kTradingDays);
  });
}

}  // namespace unroll::lessons
