#include "lessons/support/return_forecasts.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "lessons/support/metrics.h"
#include "lessons/support/significance.h"
#include "lessons/support/stock_features.h"

namespace unroll::lessons {

namespace {

constexpr double kMemory = 0.94;  // of RiskMetrics, for daily returns

double log_change(std::span<const double> close, std::int64_t from, std::int64_t to) {
  return std::log(close[static_cast<std::size_t>(to)] / close[static_cast<std::size_t>(from)]);
}

double drift(std::span<const double> close, std::int64_t origin) {
  return log_change(close, 0, origin) / static_cast<double>(origin);
}

// Calls `score(i, outcome)` for each origin number i whose outcome is known.
template <class Score>
void each_outcome(std::span<const double> close, std::span<const std::int64_t> origins,
                  std::int64_t horizon, Score score) {
  for (std::size_t i = 0; i < origins.size(); ++i)
    if (origins[i] + horizon < static_cast<std::int64_t>(close.size()))
      score(i, log_change(close, origins[i], origins[i] + horizon));
}

// Calls `use(i, past)` with the returns, sorted, that are known at origin number i. Origins grow.
template <class Use>
void each_past(std::span<const double> close, std::span<const std::int64_t> origins,
               std::int64_t horizon, Use use) {
  const std::vector<double> returns = returns_ahead(close, horizon);
  std::vector<double> past;
  for (std::size_t i = 0, known = 0; i < origins.size(); ++i) {
    require(origins[i] > horizon, "[return_forecasts] expected an origin with a past, got day ",
            origins[i]);
    for (; static_cast<std::int64_t>(known) + horizon <= origins[i]; ++known)
      past.insert(std::upper_bound(past.begin(), past.end(), returns[known]), returns[known]);
    use(i, past);
  }
}

}  // namespace

void ReturnForecasts::append(const ReturnForecasts& later) {
  origins.insert(origins.end(), later.origins.begin(), later.origins.end());
  expected.insert(expected.end(), later.expected.begin(), later.expected.end());
  quantiles.insert(quantiles.end(), later.quantiles.begin(), later.quantiles.end());
}

ReturnForecasts last_value_forecasts(std::span<const std::int64_t> origins, std::int64_t horizon) {
  return {horizon, {origins.begin(), origins.end()}, std::vector<double>(origins.size(), 0.0)};
}

ReturnForecasts drift_forecasts(std::span<const double> close,
                                std::span<const std::int64_t> origins, std::int64_t horizon) {
  ReturnForecasts forecasts = last_value_forecasts(origins, horizon);
  forecasts.quantiles.resize(origins.size());
  each_past(close, origins, horizon, [&](std::size_t i, const std::vector<double>& past) {
    forecasts.expected[i] = drift(close, origins[i]) * static_cast<double>(horizon);
    for (std::size_t k = 0; k < kLevels.size(); ++k)
      forecasts.quantiles[i][k] = quantile_of_sorted(past, kLevels[k]);
  });
  return forecasts;
}

ReturnForecasts calm_or_wild_forecasts(std::span<const double> close,
                                       std::span<const std::int64_t> origins,
                                       std::int64_t horizon) {
  std::vector<double> variance{0.0};
  for (std::int64_t t = 1; t < static_cast<std::int64_t>(close.size()); ++t) {
    const double square = std::pow(log_change(close, t - 1, t), 2);
    variance.push_back(t == 1 ? square : kMemory * variance.back() + (1 - kMemory) * square);
  }
  Quantiles normal;
  std::transform(kLevels.begin(), kLevels.end(), normal.begin(), normal_quantile);
  ReturnForecasts forecasts = last_value_forecasts(origins, horizon);
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const double deviation =
        std::sqrt(variance[static_cast<std::size_t>(origins[i])] * static_cast<double>(horizon));
    forecasts.expected[i] = drift(close, origins[i]) * static_cast<double>(horizon);
    forecasts.quantiles.emplace_back();
    for (std::size_t k = 0; k < kLevels.size(); ++k)
      forecasts.quantiles[i][k] = forecasts.expected[i] + deviation * normal[k];
  }
  return forecasts;
}

ReturnForecasts ar1_forecasts(std::span<const double> close, std::span<const std::int64_t> origins,
                              std::int64_t horizon) {
  const std::vector<double> returns = returns_ahead(close, 1);
  ReturnForecasts forecasts = last_value_forecasts(origins, horizon);
  // Least squares of y on x by sums that grow with the origin; fitting anew would take its square.
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  std::size_t pair = 1;
  for (std::size_t i = 0; i < origins.size(); ++i) {
    for (; pair < static_cast<std::size_t>(origins[i]); ++pair, ++n) {
      x += returns[pair - 1];
      y += returns[pair];
      xx += returns[pair - 1] * returns[pair - 1];
      xy += returns[pair - 1] * returns[pair];
    }
    const double spread = n * xx - x * x;
    const double phi = spread > 0 ? (n * xy - x * y) / spread : 0;
    const double c = n > 0 ? (y - phi * x) / n : 0;
    double next = returns[static_cast<std::size_t>(origins[i]) - 1];
    for (std::int64_t h = 0; h < horizon; ++h) forecasts.expected[i] += next = c + phi * next;
  }
  return forecasts;
}

std::vector<double> majority_directions(std::span<const double> close,
                                        std::span<const std::int64_t> origins,
                                        std::int64_t horizon) {
  std::vector<double> directions(origins.size());
  each_past(close, origins, horizon, [&](std::size_t i, const std::vector<double>& past) {
    const auto falls = std::lower_bound(past.begin(), past.end(), 0.0) - past.begin();
    const auto rises = past.end() - std::upper_bound(past.begin(), past.end(), 0.0);
    directions[i] = rises > falls ? 1 : -1;
  });
  return directions;
}

PriceScores score_prices(std::span<const double> close, const ReturnForecasts& forecasts) {
  PriceScores scores;
  RunningMean squares, absolutes, shares;
  each_outcome(close, forecasts.origins, forecasts.horizon, [&](std::size_t i, double outcome) {
    const double before = close[static_cast<std::size_t>(forecasts.origins[i])];
    const double actual = before * std::exp(outcome);
    const double error = before * std::exp(forecasts.expected[i]) - actual;
    squares.add(error * error);
    absolutes.add(std::abs(error));
    shares.add(100 * std::abs(error) / actual);
    scores.loss.push_back(1e4 * std::pow(outcome - forecasts.expected[i], 2));
  });
  scores.rmse = std::sqrt(squares.value());
  scores.mae = absolutes.value();
  scores.mape = shares.value();
  return scores;
}

DirectionScores score_directions(std::span<const double> close,
                                 std::span<const std::int64_t> origins,
                                 std::span<const double> said, std::int64_t horizon) {
  DirectionScores scores;
  each_outcome(close, origins, horizon, [&](std::size_t i, double outcome) {
    if (outcome != 0) scores.loss.push_back((said[i] > 0) == (outcome > 0) ? 0 : 1);
  });
  scores.accuracy = 100 * (1 - mean(scores.loss));
  return scores;
}

QuantileScores score_quantiles(std::span<const double> close, const ReturnForecasts& forecasts) {
  QuantileScores scores;
  std::array<RunningMean, kLevels.size()> below;
  std::array<RunningMean, kIntervals> inside;
  each_outcome(close, forecasts.origins, forecasts.horizon, [&](std::size_t i, double outcome) {
    const Quantiles& said = forecasts.quantiles[i];
    double loss = 0;
    for (std::size_t k = 0; k < kLevels.size(); ++k) {
      const double above = outcome - said[k];
      below[k].add(above < 0 ? 100 : 0);
      loss += 100 * std::max(kLevels[k] * above, (kLevels[k] - 1) * above);
    }
    scores.loss.push_back(loss / static_cast<double>(kLevels.size()));
    for (std::size_t k = 0; k < kIntervals; ++k)
      inside[k].add(said[k] <= outcome && outcome <= said[kLevels.size() - 1 - k] ? 100 : 0);
  });
  for (std::size_t k = 0; k < kLevels.size(); ++k) scores.below[k] = below[k].value();
  for (std::size_t k = 0; k < kIntervals; ++k) scores.coverage[k] = inside[k].value();
  scores.pinball = mean(scores.loss);
  return scores;
}

}  // namespace unroll::lessons
