// What a network reads about a stock, and what it should have said; scaled with the past only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor.h"
#include "lessons/support/splits.h"
#include "lessons/support/stock_prices.h"

namespace unroll::lessons {

/// Numbers about each day that do not grow with the price. Those of a day depend on it and on
/// earlier days alone.
struct StockFeatures {
  std::vector<std::string> names;
  std::vector<double> values;  // (days, names)
  std::int64_t first_day = 0;  // from which on all are known

  std::int64_t width() const { return static_cast<std::int64_t>(names.size()); }
  std::int64_t days() const { return static_cast<std::int64_t>(values.size()) / width(); }
  double at(std::int64_t day, std::int64_t feature) const {
    return values[static_cast<std::size_t>(day * width() + feature)];
  }
};

/// The indicators of `indicators.h` as features: those of closes; where the prices have them, of
/// highs and lows and of the volume.
StockFeatures stock_features(const StockPrices& prices);

/// ln(P_{t+h}/P_t), what the price will have done h days after each of the first days − h days.
std::vector<double> returns_ahead(std::span<const double> close, std::int64_t h);

/// Windows of features and the returns that followed, in numbers around 0. Means and deviations
/// are those of `past`, and of nothing else; what is more than 5 deviations off is cut there.
class StockSamples {
 public:
  /// Windows of `lookback` days; the returns of the next 1 and `horizon` days. Throws an input
  /// error when no price moves in `past`.
  StockSamples(const StockPrices& prices, const StockFeatures& features, IndexRange past,
               std::int64_t lookback, std::int64_t horizon);

  std::int64_t width() const { return width_; }

  /// The last known days of those samples whose targets all lie in `part`.
  std::vector<std::int64_t> origins(IndexRange part) const;

  /// (lookback, origins, width).
  Tensor windows(std::span<const std::int64_t> origins) const;
  /// (origins, 2): the next day's return and that of the next `horizon` days.
  Tensor targets(std::span<const std::int64_t> origins) const;

  /// The log return that a scaled target stands for; `which` 0: next day, 1: `horizon` days.
  double to_return(double scaled, std::size_t which) const {
    return scales_[which].mean + scales_[which].deviation * scaled;
  }
  /// Below which share of the scaled targets of `past` lie as many as q says.
  double quantile_of_past(double q, std::size_t which) const;

 private:
  struct Scale {
    double mean = 0, deviation = 1;
    double operator()(double value) const { return (value - mean) / deviation; }
  };
  static Scale fit(std::span<const double> values);

  std::int64_t lookback_, horizon_, width_, first_origin_;
  std::vector<float> features_;     // (days, width), scaled
  std::vector<double> targets_[2];  // of each origin, scaled
  std::vector<double> past_[2];     // those of `past`, sorted
  Scale scales_[2];
};

}  // namespace unroll::lessons
