#include "lessons/support/stock_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "engine/error.h"
#include "lessons/support/indicators.h"
#include "lessons/support/metrics.h"
#include "lessons/support/significance.h"

namespace unroll::lessons {

namespace {

using List = std::vector<double>;

// A feature of every day, made by `value(day)`.
List of_days(std::size_t days, const std::function<double(std::size_t)>& value) {
  List list;
  for (std::size_t day = 0; day < days; ++day) list.push_back(value(day));
  return list;
}

}  // namespace

StockFeatures stock_features(const StockPrices& prices) {
  const List& close = prices.close;
  const std::size_t days = close.size();
  StockFeatures features;
  std::vector<List> lists;
  const auto add = [&](const std::string& name, List list) {
    features.names.push_back(name);
    lists.push_back(std::move(list));
  };
  const List average = sma(close, 20), strength = rsi(close), trend = macd(close).histogram;
  const BollingerBands bands = bollinger_bands(close);
  add("return", log_returns(close));
  add("5 days", of_days(days, [&](auto t) {
        return t < 5 ? std::nan("") : std::log(close[t] / close[t - 5]);
      }));
  add("above SMA", of_days(days, [&](auto t) { return std::log(close[t] / average[t]); }));
  add("RSI", of_days(days, [&](auto t) { return strength[t] / 100; }));
  add("MACD", of_days(days, [&](auto t) { return trend[t] / close[t]; }));
  add("in Bollinger bands", of_days(days, [&](auto t) {
        const double width = bands.high[t] - bands.low[t];
        return width == 0 ? 0.5 : (close[t] - bands.low[t]) / width;
      }));
  add("volatility", volatility(close));
  if (prices.has_range()) {
    const List range = atr(prices.high, prices.low, close);
    add("ATR", of_days(days, [&](auto t) { return range[t] / close[t]; }));
    add("range", of_days(days, [&](auto t) { return std::log(prices.high[t] / prices.low[t]); }));
    add("open to close",
        of_days(days, [&](auto t) { return std::log(close[t] / prices.open[t]); }));
  }
  if (!prices.volume.empty()) {
    const List usual = sma(prices.volume, 20);
    add("volume",
        of_days(days, [&](auto t) { return std::log((prices.volume[t] + 1) / (usual[t] + 1)); }));
  }
  for (std::size_t day = 0; day < days; ++day)
    for (const List& list : lists) {
      features.values.push_back(list[day]);
      if (!std::isfinite(list[day])) features.first_day = static_cast<std::int64_t>(day) + 1;
    }
  return features;
}

std::vector<double> returns_ahead(std::span<const double> close, std::int64_t h) {
  const auto distance = static_cast<std::size_t>(h);
  List returns;
  for (std::size_t t = 0; t + distance < close.size(); ++t)
    returns.push_back(std::log(close[t + distance] / close[t]));
  return returns;
}

StockSamples::Scale StockSamples::fit(std::span<const double> values) {
  const double deviation = standard_deviation(values);
  return {mean(values), deviation > 0 ? deviation : 1.0};
}

StockSamples::StockSamples(const StockPrices& prices, const StockFeatures& features,
                           IndexRange past, std::int64_t lookback, std::int64_t horizon)
    : lookback_(lookback),
      horizon_(horizon),
      width_(features.width()),
      first_origin_(features.first_day + lookback - 1) {
  std::vector<Scale> of_feature;
  for (std::int64_t feature = 0; feature < width_; ++feature) {
    List known;
    for (std::int64_t day = std::max(past.begin, features.first_day); day < past.end; ++day)
      known.push_back(features.at(day, feature));
    of_feature.push_back(fit(known));
  }
  for (std::int64_t day = 0; day < features.days(); ++day)
    for (std::int64_t feature = 0; feature < width_; ++feature) {
      const double value = of_feature[static_cast<std::size_t>(feature)](features.at(day, feature));
      features_.push_back(static_cast<float>(std::clamp(value, -5.0, 5.0)));
    }
  for (const std::size_t which : {0u, 1u}) {
    targets_[which] = returns_ahead(prices.close, which == 0 ? 1 : horizon);
    for (const std::int64_t origin : origins(past))
      past_[which].push_back(targets_[which][static_cast<std::size_t>(origin)]);
    if (!(standard_deviation(past_[which]) > 0))
      throw input_error(prices.symbol,
                        ": the price does not move in the days that are learned from; "
                        "there is nothing to forecast");
    scales_[which] = fit(past_[which]);
    for (double& target : targets_[which]) target = scales_[which](target);
    for (double& target : past_[which]) target = scales_[which](target);
    std::sort(past_[which].begin(), past_[which].end());
  }
}

std::vector<std::int64_t> StockSamples::origins(IndexRange part) const {
  std::vector<std::int64_t> origins;
  for (std::int64_t t = std::max(part.begin - 1, first_origin_); t + horizon_ < part.end; ++t)
    origins.push_back(t);
  return origins;
}

Tensor StockSamples::windows(std::span<const std::int64_t> origins) const {
  std::vector<float> read;
  for (std::int64_t back = lookback_ - 1; back >= 0; --back)
    for (const std::int64_t origin : origins) {
      const auto day = features_.begin() + (origin - back) * width_;
      read.insert(read.end(), day, day + width_);
    }
  return from_vector(read, {lookback_, static_cast<std::int64_t>(origins.size()), width_});
}

Tensor StockSamples::targets(std::span<const std::int64_t> origins) const {
  std::vector<float> both;
  for (const std::int64_t origin : origins)
    for (const std::vector<double>& of_origin : targets_)
      both.push_back(static_cast<float>(of_origin[static_cast<std::size_t>(origin)]));
  return from_vector(both, {static_cast<std::int64_t>(origins.size()), 2});
}

double StockSamples::quantile_of_past(double q, std::size_t which) const {
  return quantile_of_sorted(past_[which], q);
}

}  // namespace unroll::lessons
