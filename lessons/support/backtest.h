// What forecasts would have earned: positions from forecasts, costs, and what traders ask about.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace unroll::lessons {

struct TradingRules {
  double costs = 5;        // hundredths of a per cent of the amount traded
  double slippage = 5;     // the same: how much worse the price is than the one that was seen
  std::int64_t delay = 0;  // days between a decision and the trade

  /// What trading the whole capital once costs, as a share of it.
  double price_of_trade() const { return (costs + slippage) * 1e-4; }
};

/// What is held from each day's close to the next: 1 all of the capital, −1 sold short, 0 nothing.
/// `expected` holds the log return of the next day as forecast at each close. What is held changes
/// only where the forecast of the one day pays for the trade: to 1 above its price, to −1 below
/// minus its price. Nothing is held at first. Position i depends on forecasts 0 … i − delay.
std::vector<double> positions(std::span<const double> expected, const TradingRules& rules);

struct Backtest {
  std::vector<double> position;  // held over each day
  std::vector<double> gain;      // of each day, after costs, as a share of the capital
  std::vector<double> capital;   // after each day, 1 before the first
  double profit = 0;             // in all, as a share of what was there at first
  double sharpe = 0;             // mean gain / its deviation · √252; 0 where nothing varies
  double drawdown = 0;           // largest fall from a peak, as a share of the peak
  double value_at_risk = 0;      // loss that one day in twenty exceeded
  double traded = 0;             // how often the capital was turned over
  double paid = 0;               // costs and slippage, as shares of the capital of the day
};

/// `change[i]`, P_{i+1}/P_i − 1, is what the price did while `position[i]` was held.
Backtest backtest(std::vector<double> position, std::span<const double> change,
                  const TradingRules& rules);

}  // namespace unroll::lessons
