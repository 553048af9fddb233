#include "lessons/support/backtest.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "lessons/support/indicators.h"
#include "lessons/support/metrics.h"
#include "lessons/support/significance.h"

namespace unroll::lessons {

std::vector<double> positions(std::span<const double> expected, const TradingRules& rules) {
  std::vector<double> held(std::min(static_cast<std::size_t>(rules.delay), expected.size()), 0.0);
  double position = 0;
  for (std::size_t i = 0; held.size() < expected.size(); ++i) {
    if (std::abs(expected[i]) > rules.price_of_trade()) position = expected[i] > 0 ? 1 : -1;
    held.push_back(position);
  }
  return held;
}

Backtest backtest(std::vector<double> position, std::span<const double> change,
                  const TradingRules& rules) {
  require(position.size() == change.size() && !change.empty(),
          "[backtest] expected a position for each of at least one change, got ", position.size(),
          " and ", change.size());
  Backtest result;
  result.position = std::move(position);
  double capital = 1, peak = 1, before = 0;
  for (std::size_t i = 0; i < change.size(); ++i) {
    const double held = result.position[i];
    const double traded = std::abs(held - before), price = traded * rules.price_of_trade();
    before = held;
    result.traded += traded;
    result.paid += price;
    result.gain.push_back(held * change[i] - price);
    capital *= std::max(0.0, 1 + result.gain.back());
    result.capital.push_back(capital);
    peak = std::max(peak, capital);
    result.drawdown = std::max(result.drawdown, 1 - capital / peak);
  }
  result.profit = capital - 1;
  std::vector<double> sorted = result.gain;
  std::sort(sorted.begin(), sorted.end());
  result.value_at_risk = -quantile_of_sorted(sorted, 0.05);
  const double deviation = standard_deviation(result.gain);
  if (deviation > 0) result.sharpe = mean(result.gain) / deviation * std::sqrt(kTradingDays);
  return result;
}

}  // namespace unroll::lessons
