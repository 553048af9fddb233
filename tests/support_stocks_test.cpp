// Stock prices: what is read, what may be known, how forecasts are scored and traded, and that
// nothing is found where nothing is.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

#include "engine/random.h"
#include "engine/tensor.h"
#include "lessons/support/autoregression.h"
#include "lessons/support/backtest.h"
#include "lessons/support/forecast_comparison.h"
#include "lessons/support/indicators.h"
#include "lessons/support/metrics.h"
#include "lessons/support/return_forecasts.h"
#include "lessons/support/significance.h"
#include "lessons/support/stock_features.h"
#include "lessons/support/stock_prices.h"
#include "lessons/support/stock_scores.h"
#include "lessons/support/walk_forward.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_input_error;
using unroll::testing::TemporaryFolder;
using Numbers = std::vector<double>;
using Days = std::vector<std::int64_t>;

Days days_from(std::int64_t first, std::int64_t end) {
  Days days(static_cast<std::size_t>(end - first));
  std::iota(days.begin(), days.end(), first);
  return days;
}

// Correlation of a list with itself, one step later.
double echo(const Numbers& values) {
  const double center = mean(values);
  double together = 0, alone = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    alone += std::pow(values[t] - center, 2);
    if (t > 0) together += (values[t] - center) * (values[t - 1] - center);
  }
  return together / alone;
}

// ---- prices

TEST(StockPrices, AFileWithAdjustedCloses) {
  const TemporaryFolder folder;
  const auto file = folder.write("X.csv",
                                 "Date,Open,High,Low,Close,Adj Close,Volume\n"
                                 "2024-01-02,10,12,9,11,5.5,100\n2024-01-03,11,14,11,14,14,0\n");
  const std::vector<StockPrices> all = read_stock_prices(file.string());
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].symbol, "X");
  EXPECT_EQ(all[0].close, (Numbers{5.5, 14}));
  EXPECT_EQ(all[0].open, (Numbers{5, 11}));
  EXPECT_EQ(all[0].high, (Numbers{6, 14}));
  EXPECT_EQ(all[0].low, (Numbers{4.5, 11}));
  EXPECT_EQ(all[0].volume, (Numbers{100, 0}));
  EXPECT_EQ(all[0].dates[1], "2024-01-03");
  EXPECT_FALSE(all[0].is_generated);
}

TEST(StockPrices, FoldersAndTablesOfCloses) {
  const TemporaryFolder folder;
  folder.write("b.csv", "close,DATE,remark\n3,2024-01-02,x\n4,2024-01-03,y\n");
  folder.write("a.csv", "date,One,one\n2024-01-02,1,7\n2024-01-03,2,8\n");
  folder.write("notes.txt", "no prices");
  const std::vector<StockPrices> all = read_stock_prices(folder.path().string());
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].symbol, "One");
  EXPECT_EQ(all[1].close, (Numbers{7, 8}));
  EXPECT_EQ(all[2].symbol, "b");
  EXPECT_EQ(all[2].close, (Numbers{3, 4}));
  EXPECT_FALSE(all[2].has_range());
}

TEST(StockPrices, BadFilesNameTheirLine) {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& lines) {
    return [&folder, lines] {
      read_stock_prices(folder.write("x.csv", "Date,Open,High,Low,Close\n" + lines).string());
    };
  };
  expect_input_error(read("\n2024-01-02,1,2,1,0\n"), "x.csv:3: expected a positive price");
  expect_input_error(read("2024-01-02,1,2,1,1\n2024-01-03,1,1,2,1\n"), "x.csv:3: expected open");
  expect_input_error(read("2024-01-02,1,2,1,null\n"), "x.csv:2: expected a number in column");
  expect_input_error(read("2024-01-03,1,1,1,1\n2024-01-02,1,1,1,1\n"), "x.csv:3: the date");
  const TemporaryFolder empty;
  expect_input_error([&] { read_stock_prices(empty.path().string()); }, "expected .csv files");
}

TEST(StockPrices, GeneratedOnesAreWhatTheySay) {
  for (const double signal : {0.0, 0.3}) {
    const WalkOptions options{.days = 4000, .signal = signal};
    const StockPrices prices = generate_prices("p", options, 5);
    EXPECT_TRUE(prices.is_generated);
    Numbers returns = log_returns(prices.close);
    returns.erase(returns.begin());
    EXPECT_NEAR(mean(returns), options.drift, 3 * 0.01 * (1 + signal) / std::sqrt(4000.0));
    EXPECT_NEAR(standard_deviation(returns), options.deviation, 3e-4 * 1.5);
    EXPECT_NEAR(echo(returns), signal, 3 / std::sqrt(4000.0));
    for (std::size_t t = 1; t < prices.close.size(); ++t) {
      EXPECT_LE(prices.low[t], std::min(prices.open[t], prices.close[t]));
      EXPECT_GE(prices.high[t], std::max(prices.open[t], prices.close[t]));
    }
    // High, low and volume know nothing of the next day either.
    Numbers next(returns.begin() + 1, returns.end()), range;
    for (std::size_t t = 1; t + 1 < prices.close.size(); ++t)
      range.push_back(std::log(prices.high[t] * prices.low[t] / prices.close[t] / prices.close[t]));
    double together = 0;
    for (std::size_t t = 0; t < range.size(); ++t)
      together += range[t] * (next[t] - signal * returns[t]);
    const auto n = static_cast<double>(range.size());
    EXPECT_NEAR(together / n / standard_deviation(range) / standard_deviation(next), 0,
                3 / std::sqrt(n));
  }
  EXPECT_EQ(generate_prices("p", {.days = 50}, 1).close,
            generate_prices("p", {.days = 50}, 1).close);
  EXPECT_NE(generate_prices("p", {.days = 50}, 1).close,
            generate_prices("p", {.days = 50}, 2).close);
}

// ---- what may be known

TEST(WalkForward, EachFoldKnowsAllBeforeItsTest) {
  const auto folds = walk_forward_folds({10, 110}, 3, 5, "x");
  ASSERT_EQ(folds.size(), 3u);
  EXPECT_EQ(folds.front().test.begin, 50);
  EXPECT_EQ(folds.back().test.end, 110);
  for (std::size_t i = 0; i < folds.size(); ++i) {
    EXPECT_EQ(folds[i].train.begin, 10);
    EXPECT_EQ(folds[i].train.end, folds[i].validation.begin);
    EXPECT_EQ(folds[i].validation.end, folds[i].test.begin);
    EXPECT_EQ(folds[i].test.size(), 20);
    EXPECT_EQ(folds[i].test.begin, i > 0 ? folds[i - 1].test.end : 50);
  }
  expect_input_error([] { walk_forward_folds({10, 110}, 3, 9, "x"); }, "x: 100 days are too few");
  expect_input_error([] { walk_forward_folds({10, 5}, 1, 1, "x"); }, "x: 0 days are too few");
}

TEST(StockSamples, ScalesComeFromThePastAlone) {
  const StockPrices prices = generate_prices("p", {.days = 200}, 3);
  StockPrices other = prices;
  for (std::size_t t = 120; t < 200; ++t)
    other.close[t] *= 1 + 0.05 * std::sin(static_cast<double>(t));
  const auto read = [](const StockPrices& from) {
    const StockSamples samples(from, stock_features(from), {40, 120}, 5, 3);
    const Days origins = samples.origins({40, 120});
    EXPECT_EQ(origins.front(), 39);
    EXPECT_EQ(origins.back(), 116) << "the last target is day 119";
    EXPECT_EQ(samples.windows(origins).shape(),
              (Shape{5, static_cast<int64_t>(origins.size()), samples.width()}));
    std::vector<float> numbers = samples.windows(origins).to_vector<float>();
    const std::vector<float> targets = samples.targets(origins).to_vector<float>();
    numbers.insert(numbers.end(), targets.begin(), targets.end());
    numbers.push_back(static_cast<float>(samples.to_return(1, 1)));
    return numbers;
  };
  EXPECT_EQ(read(prices), read(other));
}

TEST(StockSamples, TargetsAreTheReturnsThatFollow) {
  const StockPrices prices = generate_prices("p", {.days = 100}, 3);
  const StockSamples samples(prices, stock_features(prices), {40, 90}, 2, 4);
  const std::vector<float> targets = samples.targets(Days{50}).to_vector<float>();
  EXPECT_NEAR(samples.to_return(static_cast<double>(targets[0]), 0),
              std::log(prices.close[51] / prices.close[50]), 1e-8);
  EXPECT_NEAR(samples.to_return(static_cast<double>(targets[1]), 1),
              std::log(prices.close[54] / prices.close[50]), 1e-8);
  StockPrices still = prices;
  std::fill(still.close.begin(), still.close.end(), 5.0);
  expect_input_error(
      [&] {
        StockSamples(still, stock_features(still), {40, 90}, 2, 4);
      },
      "does not move");
}

TEST(ReturnForecasts, TheSimplestOnesKnowNothingOfTomorrow) {
  const Numbers close = generate_prices("p", {.days = 150}, 2).close;
  Numbers other = close;
  for (std::size_t t = 101; t < other.size(); ++t) other[t] *= 3;
  const Days origins = days_from(60, 101);
  for (const std::int64_t horizon : {1, 5}) {
    const auto same = [&](auto make) {
      const ReturnForecasts a = make(close), b = make(other);
      EXPECT_EQ(a.expected, b.expected);
      EXPECT_EQ(a.quantiles, b.quantiles);
    };
    same([&](const Numbers& p) { return drift_forecasts(p, origins, horizon); });
    same([&](const Numbers& p) { return calm_or_wild_forecasts(p, origins, horizon); });
    same([&](const Numbers& p) { return ar1_forecasts(p, origins, horizon); });
    EXPECT_EQ(majority_directions(close, origins, horizon),
              majority_directions(other, origins, horizon));
  }
}

TEST(ReturnForecasts, TheSimplestOnesByHand) {
  // Returns ln 2, ln 2, −ln 2, ln 2.
  const Numbers close{1, 2, 4, 2, 4, 4};
  const double two = std::log(2.0);
  const ReturnForecasts drift = drift_forecasts(close, Days{3, 4}, 2);
  EXPECT_NEAR(drift.expected[0], two * 2 / 3, 1e-12);
  EXPECT_NEAR(drift.expected[1], two, 1e-12);
  // Two days: 2 ln 2 and 0, later 0 again.
  EXPECT_NEAR(drift.quantiles[0][4], two, 1e-12);
  EXPECT_NEAR(drift.quantiles[1][4], 0, 1e-12);
  EXPECT_EQ(majority_directions(close, Days{2, 4}, 1), (Numbers{1, 1}));
  const ReturnForecasts recent = calm_or_wild_forecasts(close, Days{4}, 4);
  EXPECT_NEAR(recent.expected[0], 2 * two, 1e-12);
  EXPECT_NEAR(recent.quantiles[0][8] - recent.expected[0], 1.959964 * two * 2, 1e-5);
}

TEST(ReturnForecasts, Ar1IsTheAutoregressionOfOrder1) {
  const Numbers close = generate_prices("p", {.days = 120, .signal = 0.4}, 6).close;
  const Numbers returns = returns_ahead(close, 1);
  for (const std::int64_t horizon : {1, 3}) {
    const ReturnForecasts said = ar1_forecasts(close, Days{50, 100}, horizon);
    for (std::size_t i = 0; i < 2; ++i) {
      const Numbers known(returns.begin(), returns.begin() + said.origins[i]);
      double sum = 0;
      for (const double next : Autoregression(known, 1).forecast(known, horizon)) sum += next;
      EXPECT_NEAR(said.expected[i], sum, 1e-12);
    }
  }
}

// ---- scores

TEST(ReturnForecasts, ScoresByHand) {
  const Numbers close{100, 110, 110, 99};
  const ReturnForecasts said{1, {0, 1, 2, 3}, {0, std::log(1.1), std::log(0.9), 1}, {}};
  const PriceScores prices = score_prices(close, said);
  // Said 100, 121, 99; the last has no outcome.
  EXPECT_NEAR(prices.mae, (10 + 11 + 0) / 3.0, 1e-9);
  EXPECT_NEAR(prices.rmse, std::sqrt((100 + 121) / 3.0), 1e-9);
  EXPECT_NEAR(prices.mape, 100 * (10 / 110.0 + 11 / 110.0) / 3, 1e-9);
  ASSERT_EQ(prices.loss.size(), 3u);
  EXPECT_NEAR(prices.loss[0], std::pow(100 * std::log(1.1), 2), 1e-9);

  const DirectionScores directions =
      score_directions(close, said.origins, said.expected, said.horizon);
  EXPECT_EQ(directions.loss, (Numbers{1, 0})) << "the day without a change does not count";
  EXPECT_EQ(directions.accuracy, 50);
}

TEST(ReturnForecasts, QuantilesByHand) {
  const Numbers close{1, std::exp(0.01), std::exp(0.06)};  // returns 1 % and 5 %
  Quantiles at;
  for (std::size_t k = 0; k < at.size(); ++k) at[k] = 0.01 * (static_cast<double>(k) - 4);
  const QuantileScores scores = score_quantiles(close, {1, {0, 1}, {0, 0}, {at, at}});
  EXPECT_EQ(scores.below[5], 50) << "the quantile itself is not below";
  EXPECT_EQ(scores.below[8], 50);
  EXPECT_EQ(scores.below[4], 0);
  EXPECT_EQ(scores.coverage[0], 50);
  EXPECT_EQ(scores.coverage[3], 50);
  double loss = 0;  // of the 5 %
  for (std::size_t k = 0; k < at.size(); ++k)
    loss += kLevels[k] * (5 - (static_cast<double>(k) - 4)) / 9;
  EXPECT_NEAR(scores.loss[1], loss, 1e-9);
}

TEST(ReturnForecasts, TheTruthIsWellCalibratedAndHardToBeat) {
  const Numbers close = generate_prices("p", {.days = 3000}, 4).close;
  const Days origins = days_from(1000, 2999);
  const QuantileScores past = score_quantiles(close, drift_forecasts(close, origins, 1));
  for (std::size_t k = 0; k < kLevels.size(); ++k) EXPECT_NEAR(past.below[k], 100 * kLevels[k], 3);
  ReturnForecasts narrow = drift_forecasts(close, origins, 1);
  for (Quantiles& quantiles : narrow.quantiles)
    for (double& quantile : quantiles) quantile /= 2;
  EXPECT_LT(past.pinball, score_quantiles(close, narrow).pinball);
}

// ---- trading

TEST(Backtest, PositionsByHand) {
  const TradingRules rules{.costs = 60, .slippage = 40};  // 1 %
  EXPECT_EQ(positions(Numbers{0.005, 0.02, -0.005, -0.02, 0.009, 0.011}, rules),
            (Numbers{0, 1, 1, -1, -1, 1}));
  EXPECT_EQ(positions(Numbers{0.02, -0.02, 0.02}, {.costs = 60, .slippage = 40, .delay = 1}),
            (Numbers{0, 1, -1}));
  EXPECT_EQ(positions(Numbers{0.02}, {.delay = 3}), (Numbers{0}));
}

TEST(Backtest, TomorrowChangesNothingToday) {
  Random random(1, "test");
  const Numbers said = (randn({200}, random, DType::f64)).to_vector<double>();
  for (const std::int64_t delay : {0, 2}) {
    const TradingRules rules{.costs = 3000, .delay = delay};
    const Numbers held = positions(said, rules);
    for (std::size_t day = 0; day < said.size(); day += 13) {
      Numbers other = said;
      for (std::size_t later = day + 1; later < other.size(); ++later) other[later] *= -10;
      const Numbers then = positions(other, rules);
      EXPECT_TRUE(std::equal(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(day) + 1,
                             then.begin()));
    }
  }
}

TEST(Backtest, GainsByHand) {
  const TradingRules rules{.costs = 60, .slippage = 40};
  // Bought: 1 % is paid, 10 % gained. Held: 20 % lost. From bought to sold short: 2 % paid, 10 %
  // of a fall gained. Closed: 1 % paid.
  const Backtest test = backtest({1, 1, -1, 0}, Numbers{0.1, -0.2, -0.1, 0.5}, rules);
  const Numbers gain{0.09, -0.2, 0.08, -0.01};
  for (std::size_t i = 0; i < gain.size(); ++i) EXPECT_NEAR(test.gain[i], gain[i], 1e-12);
  EXPECT_NEAR(test.profit, 1.09 * 0.8 * 1.08 * 0.99 - 1, 1e-12);
  EXPECT_NEAR(test.drawdown, 0.2, 1e-12);
  EXPECT_NEAR(test.traded, 4, 1e-12);
  EXPECT_NEAR(test.paid, 0.04, 1e-12);
  EXPECT_NEAR(test.sharpe, -0.01 / standard_deviation(gain) * std::sqrt(252.0), 1e-9);
  // A twentieth of the way through −0.2, −0.01, 0.08, 0.09 is 0.15 of the first step.
  EXPECT_NEAR(test.value_at_risk, 0.2 - 0.15 * 0.19, 1e-12);
  EXPECT_EQ(backtest({0, 0}, Numbers{1, 2}, rules).sharpe, 0);
  EXPECT_EQ(backtest({-1, 1}, Numbers{1.5, 3}, {0, 0}).profit, -1) << "all is lost, no more";
}

// ---- chance

TEST(Significance, NormalDistribution) {
  EXPECT_NEAR(normal_probability(1.959963984540054), 0.975, 1e-12);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(0.05), -1.6448536269514722, 1e-12);
  EXPECT_NEAR(normal_quantile(1e-6), -4.753424308822899, 1e-9);
}

TEST(Significance, HolmByHand) {
  const Numbers p = holm_adjusted(Numbers{0.03, 0.01, 0.5, 0.02});
  EXPECT_NEAR(p[1], 0.04, 1e-12);
  EXPECT_NEAR(p[3], 0.06, 1e-12);
  EXPECT_NEAR(p[0], 0.06, 1e-12);
  EXPECT_NEAR(p[2], 0.5, 1e-12);
  EXPECT_EQ(holm_adjusted(Numbers{0.9, 0.8}), (Numbers{1, 1}));
  EXPECT_TRUE(holm_adjusted(Numbers{}).empty());
}

TEST(Significance, QuantilesOfAList) {
  const Numbers list{1, 2, 4};
  EXPECT_EQ(quantile_of_sorted(list, 0), 1);
  EXPECT_EQ(quantile_of_sorted(list, 0.5), 2);
  EXPECT_EQ(quantile_of_sorted(list, 0.75), 3);
  EXPECT_EQ(quantile_of_sorted(list, 1), 4);
  EXPECT_TRUE(std::isnan(quantile_of_sorted(Numbers{}, 0.5)));
}

// How often "the AR(1) knows more than the last value" is believed.
double share_found(double signal, double level) {
  constexpr int kRuns = 120;
  const Days origins = days_from(200, 500);
  int found = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Numbers close = generate_prices("p", {.days = 501, .drift = 0, .signal = signal},
                                          static_cast<uint64_t>(run))
                              .close;
    const double statistic =
        diebold_mariano(score_prices(close, ar1_forecasts(close, origins, 1)).loss,
                        score_prices(close, last_value_forecasts(origins, 1)).loss, 8);
    found += normal_probability(statistic) < level ? 1 : 0;
  }
  return static_cast<double>(found) / kRuns;
}

TEST(Significance, FalseAlarmsAreRareAndSignalsAreSeen) {
  EXPECT_LE(share_found(0, 0.05), 0.1);
  const double visible = smallest_visible_signal(300, 1);
  EXPECT_NEAR(share_found(visible, 0.05), 0.8, 0.12) << "correlation " << visible;
}

}  // namespace
}  // namespace unroll::lessons
