// Technical indicators against values computed by hand, and that none looks ahead.
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <vector>

#include "lessons/support/indicators.h"
#include "lessons/support/stock_features.h"
#include "lessons/support/stock_prices.h"

namespace unroll::lessons {
namespace {

using Numbers = std::vector<double>;

const double kNone = std::nan("");
const Numbers kPrices{10, 11, 12, 11, 13, 14, 12, 15};

void expect_values(const Numbers& actual, const Numbers& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t t = 0; t < expected.size(); ++t)
    if (std::isnan(expected[t]))
      EXPECT_TRUE(std::isnan(actual[t])) << "day " << t << ": " << actual[t];
    else
      EXPECT_NEAR(actual[t], expected[t], 1e-12) << "day " << t;
}

TEST(Indicators, Returns) {
  expect_values(log_returns(Numbers{10, 20, 5}), {kNone, std::log(2), -std::log(4)});
  expect_values(log_returns(Numbers{}), {});
}

TEST(Indicators, MovingAverages) {
  expect_values(sma(kPrices, 3), {kNone, kNone, 11, 34 / 3.0, 12, 38 / 3.0, 13, 41 / 3.0});
  // (10 + 11 + 12)/3 = 11, then half of the way to each new price.
  expect_values(ema(kPrices, 3), {kNone, kNone, 11, 11, 12, 13, 12.5, 13.75});
  // 11, then a third of the way.
  expect_values(wilder_average(Numbers{kNone, 10, 11, 12, 11, 14, 9}, 3),
                {kNone, kNone, kNone, 11, 11, 12, 11});
  expect_values(ema(kPrices, 9), Numbers(8, kNone));
  expect_values(sma(kPrices, 1), kPrices);
}

TEST(Indicators, RelativeStrength) {
  // Changes +1 +1 −1 +2 +1 −2 +3. Rises on average 2/3, 10/9, 29/27, 58/81, …, falls 1/3, 2/9,
  // 4/27, 62/81, …
  expect_values(rsi(kPrices, 3),
                {kNone, kNone, kNone, 200 / 3.0, 250 / 3.0, 2900 / 33.0, 145 / 3.0, 35900 / 483.0});
  expect_values(rsi(Numbers{1, 2, 3, 4}, 2), {kNone, kNone, 100, 100});
  expect_values(rsi(Numbers{4, 3, 2, 1}, 2), {kNone, kNone, 0, 0});
  expect_values(rsi(Numbers{4, 4, 4}, 2), {kNone, kNone, 50});
}

TEST(Indicators, Macd) {
  // EMA(2) minus EMA(4), in fractions; its own EMA(2) starts as the mean of the first two.
  const Macd result = macd(kPrices, 2, 4, 2);
  expect_values(result.line, {kNone, kNone, kNone, 1 / 6.0, 53 / 90.0, 1057 / 1350.0,
                              1613 / 20250.0, 218017 / 303750.0});
  expect_values(result.signal, {kNone, kNone, kNone, kNone, 17 / 45.0, 1312 / 2025.0,
                                8173 / 30375.0, 86294 / 151875.0});
  for (std::size_t t = 4; t < kPrices.size(); ++t)
    EXPECT_NEAR(result.histogram[t], result.line[t] - result.signal[t], 1e-15);
}

TEST(Indicators, BollingerBands) {
  // 10, 11, 12: mean 11, squares 1 + 0 + 1 over 3. 11, 12, 11: mean 34/3, squares 6/9 over 3.
  const BollingerBands bands = bollinger_bands(Numbers{10, 11, 12, 11}, 3, 2);
  const double first = 2 * std::sqrt(2 / 3.0), second = 2 * std::sqrt(2.0) / 3;
  expect_values(bands.middle, {kNone, kNone, 11, 34 / 3.0});
  expect_values(bands.low, {kNone, kNone, 11 - first, 34 / 3.0 - second});
  expect_values(bands.high, {kNone, kNone, 11 + first, 34 / 3.0 + second});
}

TEST(Indicators, TrueRange) {
  const Numbers high{12, 13, 18, 11, 15}, low{10, 11, 15, 9, 10}, close{11, 12, 16, 10, 14};
  // A gap up on day 2 (from 12 to 18), a gap down on day 3 (from 16 to 9).
  expect_values(true_range(high, low, close), {2, 2, 6, 7, 5});
  expect_values(atr(high, low, close, 2), {kNone, 2, 4, 5.5, 5.25});
}

TEST(Indicators, Volatility) {
  // Returns ln 2, −ln 2, ln 2: of the first two the deviation is √2·ln 2.
  const double two = std::sqrt(2.0) * std::log(2.0) * std::sqrt(252.0);
  expect_values(volatility(Numbers{1, 2, 1, 2}, 2), {kNone, kNone, two, two});
}

TEST(Indicators, NothingLooksAhead) {
  const StockPrices whole = generate_prices("test", {.days = 120}, 1);
  StockPrices known = whole;
  for (Numbers* list : {&known.open, &known.high, &known.low, &known.close, &known.volume})
    list->resize(80);
  const auto is_beginning = [](const Numbers& part, const Numbers& all) {
    for (std::size_t t = 0; t < part.size(); ++t)
      if (!(part[t] == all[t] || (std::isnan(part[t]) && std::isnan(all[t])))) return false;
    return part.size() < all.size();
  };
  using Indicator = std::function<Numbers(const StockPrices&)>;
  for (const Indicator& indicator :
       std::vector<Indicator>{[](const auto& p) { return log_returns(p.close); },
                              [](const auto& p) { return sma(p.close, 20); },
                              [](const auto& p) { return ema(p.close, 20); },
                              [](const auto& p) { return rsi(p.close); },
                              [](const auto& p) { return macd(p.close).histogram; },
                              [](const auto& p) { return bollinger_bands(p.close).high; },
                              [](const auto& p) { return atr(p.high, p.low, p.close); },
                              [](const auto& p) { return volatility(p.close); },
                              [](const auto& p) { return stock_features(p).values; }})
    EXPECT_TRUE(is_beginning(indicator(known), indicator(whole)));
}

}  // namespace
}  // namespace unroll::lessons
