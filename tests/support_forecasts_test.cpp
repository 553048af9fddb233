// Forecasts: what may be known, simple ways to make them, and how they are scored.
#include <cmath>
#include <gtest/gtest.h>
#include <numbers>
#include <string>
#include <vector>

#include "engine/random.h"
#include "engine/tensor.h"
#include "lessons/support/autoregression.h"
#include "lessons/support/forecast_comparison.h"
#include "lessons/support/forecast_plan.h"
#include "lessons/support/forecasts.h"
#include "lessons/support/series_transform.h"
#include "lessons/support/series_windows.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_error;
using unroll::testing::expect_input_error;
using Numbers = std::vector<double>;
using Origins = std::vector<std::int64_t>;

// A series with one date a value; several columns lie one after the other in each step.
TimeSeries series_of(Numbers values, std::int64_t width = 1) {
  TimeSeries series{.name = "test", .values = std::move(values)};
  for (std::int64_t c = 0; c < width; ++c) series.columns.push_back("c" + std::to_string(c));
  for (std::size_t t = 0; t < series.values.size() / static_cast<std::size_t>(width); ++t)
    series.dates.push_back(std::to_string(t));
  return series;
}

Numbers noise(std::int64_t count, std::uint64_t seed) {
  Random random(seed, "test");
  return randn({count}, random, DType::f64).to_vector<double>();
}

// ---- what the network reads

TEST(SeriesTransform, EveryTransformIsUndone) {
  Numbers values;
  for (int t = 0; t < 60; ++t) {
    values.push_back(50 + t + 8 * std::sin(std::numbers::pi * t / 6));
    values.push_back(2000 + 30 * std::cos(t));
  }
  const TimeSeries series = series_of(values, 2);
  for (const bool log : {false, true})
    for (const std::int64_t season : {0, 5, 12}) {
      const SeriesTransform transform(series, {0, 40}, {log, season});
      for (std::int64_t column = 0; column < 2; ++column) {
        Numbers moved;
        for (std::int64_t t = 21; t < 60; ++t) moved.push_back(transform.moved(20, t, column));
        const Numbers back = transform.values_moved(20, column, moved);
        for (std::int64_t t = 21; t < 60; ++t)
          EXPECT_NEAR(back[static_cast<std::size_t>(t - 21)], series.at(t, column), 1e-9);
        EXPECT_NEAR(transform.change(21, column) + transform.change(22, column),
                    transform.moved(20, 22, column), 1e-12);
      }
    }
}

TEST(SeriesTransform, TheScaleComesFromThePastAlone) {
  TimeSeries series = series_of({1, 3, 2, 6, 5, 9, 100, -50, 7, 300});
  const SeriesTransform before(series, {0, 6}, {});
  EXPECT_NEAR(before.change(1, 0), 2 / std::sqrt((4 + 1 + 16 + 1 + 16) / 5.0), 1e-12);
  for (std::size_t t = 6; t < 10; ++t) series.values[t] *= -1000;
  const SeriesTransform after(series, {0, 6}, {});
  for (std::int64_t t = 1; t < 6; ++t) EXPECT_EQ(after.change(t, 0), before.change(t, 0));
}

TEST(SeriesTransform, AForecastLooksAtNothingAfterItsOrigin) {
  TimeSeries series = series_of({1, 3, 2, 6, 5, 9, 10, 5, 7, 3});
  const SeriesTransform with(series, {0, 6}, {false, 3});
  for (std::size_t t = 6; t < 10; ++t) series.values[t] = 1e6;
  const SeriesTransform without(series, {0, 6}, {false, 3});
  EXPECT_EQ(with.values_moved(5, 0, {1, 2, 3, 4, 5}), without.values_moved(5, 0, {1, 2, 3, 4, 5}));
}

TEST(SeriesTransform, AConstantPastIsRefused) {
  const TimeSeries series = series_of({4, 4, 4, 4, 5, 6});
  expect_input_error(
      [&] {
        SeriesTransform(series, {0, 4}, {});
      },
      "column \"c0\" does not change from 0 to 3");
  expect_error(
      [&] {
        SeriesTransform(series_of({1, 0, 2}), {0, 3}, {true, 0});
      },
      Error::Cause::kMachine, "logarithm of 0");
}

TEST(SeriesWindows, TrainingWindowsStayInThePast) {
  TimeSeries series = series_of(noise(50, 1));
  const IndexRange past{0, 30};
  const SeriesTransform transform(series, past, {false, 4});
  const Origins origins = training_origins(transform, past, 6, 3);
  ASSERT_EQ(origins.size(), 17u);
  EXPECT_EQ(origins.front(), 4 + 1 + 6 - 1) << "its first change needs a season and a step before";
  EXPECT_EQ(origins.back() + 3, 29) << "its last target is the last of the past";
  const std::vector<float> read = windows(transform, origins, 6).to_vector<float>();
  const std::vector<float> wanted = targets(transform, origins, 3).to_vector<float>();
  for (std::size_t t = 30; t < 50; ++t) series.values[t] = 1e6;
  const SeriesTransform changed(series, past, {false, 4});
  EXPECT_EQ(windows(changed, origins, 6).to_vector<float>(), read);
  EXPECT_EQ(targets(changed, origins, 3).to_vector<float>(), wanted);
  expect_input_error([&] { training_origins(transform, past, 20, 8); },
                     "30 steps to learn from, but one window takes 33");
}

TEST(SeriesWindows, LayoutOfWindowsAndTargets) {
  const TimeSeries series = series_of({0, 0, 1, 20, 3, 60, 6, 120, 10, 200, 15, 300}, 2);
  const SeriesTransform transform(series, {0, 6}, {});
  const Origins origins{2, 3};
  const Tensor read = windows(transform, origins, 2), wanted = targets(transform, origins, 2);
  ASSERT_EQ(read.shape(), (Shape{2, 2, 2}));     // (lookback, origins, width)
  ASSERT_EQ(wanted.shape(), (Shape{2, 2 * 2}));  // (origins, horizon*width)
  for (std::int64_t back = 0; back < 2; ++back)
    for (std::int64_t i = 0; i < 2; ++i)
      for (std::int64_t column = 0; column < 2; ++column) {
        EXPECT_FLOAT_EQ(static_cast<float>(read.at({back, i, column})),
                        static_cast<float>(transform.change(1 + i + back, column)));
        EXPECT_FLOAT_EQ(static_cast<float>(wanted.at({i, back * 2 + column})),
                        static_cast<float>(transform.moved(2 + i, 3 + i + back, column)));
      }
  const Forecasts perfect = to_values(transform, origins, 2, wanted.to_vector<float>());
  EXPECT_NEAR(perfect.at(0, 1, 0), 6, 1e-5);
  EXPECT_NEAR(perfect.at(1, 2, 1), 300, 1e-3);
}

TEST(SeriesWindows, RollingOriginsForecastEveryStepOfAPart) {
  EXPECT_EQ(rolling_origins({10, 14}), (Origins{9, 10, 11, 12}));
}

// ---- simple forecasts and scores

TEST(Forecasts, NaiveAndSeasonal) {
  const TimeSeries series = series_of({1, 2, 3, 4, 5, 6, 7, 8});
  const Forecasts naive = naive_forecasts(series, {4, 6}, 3);
  EXPECT_EQ(naive.values, (Numbers{5, 5, 5, 7, 7, 7}));
  const Forecasts seasonal = seasonal_naive_forecasts(series, {4, 6}, 5, 3);
  EXPECT_EQ(seasonal.values, (Numbers{3, 4, 5, 3, 4, 5, 6, 7, 5, 6}));
  EXPECT_EQ(mean_forecasts(series, {4}, 2, {0, 4}).values, (Numbers{2.5, 2.5}));
  expect_input_error(
      [&] {
        seasonal_naive_forecasts(series, {4, 6}, 1, 6);
      },
      "a season of 6 steps is longer than the 5 steps");
}

TEST(Forecasts, ScoresByHand) {
  const TimeSeries series = series_of({1, 3, 2, 10, 20, 40});
  EXPECT_DOUBLE_EQ(naive_scale(series, 0, {0, 4}), (2 + 1 + 8) / 3.0);
  // Targets 4 and 5 are scored: from origin 3 both, from origin 4 the second.
  const ForecastScores scores =
      score_forecasts(series, naive_forecasts(series, {3, 4}, 2), 0, {4, 6}, 11 / 3.0);
  ASSERT_EQ(scores.by_horizon.size(), 2u);
  EXPECT_EQ(scores.by_horizon[0].count, 2);
  EXPECT_DOUBLE_EQ(scores.by_horizon[0].mse, (100 + 400) / 2.0);
  EXPECT_DOUBLE_EQ(scores.by_horizon[1].mae, 30);
  EXPECT_DOUBLE_EQ(scores.all.mse, (100 + 900 + 400) / 3.0);
  EXPECT_DOUBLE_EQ(scores.all.rmse, std::sqrt(1400 / 3.0));
  EXPECT_DOUBLE_EQ(scores.all.mase, 20 / (11 / 3.0));
  EXPECT_EQ(scores.loss, (Numbers{500, 400}));
  EXPECT_EQ(scores.one_step_loss, (Numbers{100, 400}));
}

// ---- autoregression

TEST(Autoregression, LeastSquaresByHand) {
  // The line nearest to (0, 1), (1, 3), (2, 4), (4, 4), by the normal equations.
  const Numbers w = least_squares({1, 0, 1, 1, 1, 2, 1, 4}, {1, 3, 4, 4}, 2);
  EXPECT_NEAR(w[0], 1.8, 1e-12);
  EXPECT_NEAR(w[1], 24.0 / 35, 1e-12);
  const Numbers dependent = least_squares({1, 2, 0, 1, 2, 1, 1, 2, 2, 1, 2, 4}, {1, 3, 4, 4}, 3);
  EXPECT_NEAR(dependent[0], 1.8, 1e-12);
  EXPECT_EQ(dependent[1], 0) << "twice the column before it";
  EXPECT_NEAR(dependent[2], 24.0 / 35, 1e-12);
  expect_error([] { least_squares({1, 2, 3}, {1}, 3); }, Error::Cause::kMachine, "as many rows");
}

TEST(Autoregression, FindsTheWeightsThatMadeASeries) {
  const Numbers shocks = noise(4000, 2);
  Numbers values{5, 5};
  for (const double shock : shocks)
    values.push_back(2 + 0.6 * values[values.size() - 1] - 0.3 * values[values.size() - 2] + shock);
  const Autoregression model(values, 2);
  EXPECT_NEAR(model.weights()[0], 2.0, 0.15);
  EXPECT_NEAR(model.weights()[1], 0.6, 0.05);
  EXPECT_NEAR(model.weights()[2], -0.3, 0.05);
  const Numbers known{7, 1, 4};
  const Numbers next = model.forecast(known, 2);
  const Numbers& w = model.weights();
  EXPECT_DOUBLE_EQ(next[0], w[0] + w[1] * 4 + w[2] * 1);
  EXPECT_DOUBLE_EQ(next[1], w[0] + w[1] * next[0] + w[2] * 4);
  EXPECT_THROW(model.forecast(Numbers{1}, 1), Error);
  EXPECT_THROW(Autoregression(Numbers{1, 2, 3, 4}, 2), Error);
}

// One step ahead on the last fifth, parameters from what precedes it. The numbers were computed
// independently, with another program's least squares.
TEST(Autoregression, KnownNumbersOnTheFacts) {
  const auto expect = [](const char* name, std::int64_t order, double naive, double ar) {
    const TimeSeries series = read_time_series(fact_file(name));
    const PositionSplit split = split_by_position(series.steps(), 0.65, 0.15);
    const Origins origins = rolling_origins(split.test);
    const auto rmse = [&](const Forecasts& forecasts) {
      return score_forecasts(series, forecasts, 0, split.test, 1).all.rmse;
    };
    ForecastPlan plan;
    plan.series = series;
    plan.split = split;
    plan.ar_orders.assign(static_cast<std::size_t>(series.width()), order);
    EXPECT_NEAR(rmse(naive_forecasts(series, origins, 1)), naive, 0.001 * naive) << name;
    EXPECT_NEAR(rmse(ar_forecasts(plan, plan.past(), origins, 1)), ar, 0.001 * ar) << name;
  };
  expect("sunspots_monthly", 12, 18.131, 16.570);
  expect("air_passengers", 12, 52.491, 20.692);
  expect("co2_mauna_loa", 12, 1.326, 0.471);
  expect("eu_stock_markets", 12, 62.990, 63.645);
}

// ---- comparisons and intervals

TEST(ForecastComparison, StatisticByHand) {
  // Differences 1, 2, 3, 2: mean 2, variance 1/2; without lags 2/√(0.5/4), times √(3/4).
  const Numbers a{2, 3, 4, 3}, b{1, 1, 1, 1};
  EXPECT_NEAR(diebold_mariano(a, b, 0), 2 / std::sqrt(0.125) * std::sqrt(0.75), 1e-12);
  EXPECT_NEAR(diebold_mariano(b, a, 0), -diebold_mariano(a, b, 0), 1e-12);
  // One lag: autocovariance (−1·0 + 0·1 + 1·0)/4 = 0; n + 1 − 2h + h(h−1)/n = 1.5.
  EXPECT_NEAR(diebold_mariano(a, b, 1), 2 / std::sqrt(0.125) * std::sqrt(1.5 / 4), 1e-12);
  EXPECT_EQ(diebold_mariano(a, a, 1), 0);
  EXPECT_TRUE(std::isnan(diebold_mariano(Numbers{1}, Numbers{2}, 0)));
}

TEST(ForecastComparison, EqualForecastersAreRarelyToldApart) {
  int told_apart = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Numbers e = noise(400, 1000 + seed);
    Numbers a, b;  // losses with memory, as those of overlapping forecasts
    for (std::size_t i = 2; i < 200; ++i) {
      a.push_back(std::pow(e[i] + e[i - 1] + e[i - 2], 2));
      b.push_back(std::pow(e[200 + i] + e[199 + i] + e[198 + i], 2));
    }
    told_apart += std::abs(diebold_mariano(a, b, 6)) > 2;
  }
  EXPECT_LT(told_apart, 24);  // about 5 % of 200 are expected
}

TEST(ForecastComparison, IntervalsHoldWhatTheyPromise) {
  EXPECT_EQ(interval_half_width({-1, 2, -3, 4}, 0.8), 4) << "the 4th of 4";
  EXPECT_EQ(interval_half_width({-1, 2, -3, 4}, 0.6), 3);
  EXPECT_EQ(interval_half_width({-1, 2, -3, 4}, 0.99), 4) << "too few: the largest";
  EXPECT_THROW(interval_half_width({}, 0.5), Error);
  int held = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Numbers residuals = noise(30, seed);
    const double fresh = std::abs(residuals.back());
    residuals.pop_back();
    held += fresh <= interval_half_width(residuals, 0.8);
  }
  EXPECT_NEAR(held, 800, 50);
}

// ---- plans

TEST(ForecastPlan, ChoosesOnTheValidationPart) {
  Numbers seasonal, walk;
  const Numbers shocks = noise(300, 3);
  double level = 100;
  for (int t = 0; t < 300; ++t) {
    seasonal.push_back(std::exp(0.01 * t + std::sin(std::numbers::pi * t / 6) +
                                0.02 * shocks[static_cast<std::size_t>(t)]));
    walk.push_back(level += shocks[static_cast<std::size_t>(t)]);
  }
  const ForecastPlan grows = plan_forecast(series_of(seasonal), 18, 6, 12);
  EXPECT_TRUE(grows.transform.log) << "the swings grow with the level";
  EXPECT_EQ(grows.transform.season, 12);
  const ForecastPlan random = plan_forecast(series_of(walk), 18, 6, 12);
  EXPECT_EQ(random.transform.season, 0) << "repeating the last season is worse";
  EXPECT_EQ(plan_forecast(series_of(seasonal), 18, 6, 1).transform.season, 0);

  // What happens in the test part changes nothing.
  for (std::size_t t = 240; t < 300; ++t) seasonal[t] = 1 + static_cast<double>(t % 7);
  const ForecastPlan again = plan_forecast(series_of(seasonal), 18, 6, 12);
  EXPECT_EQ(again.ar_orders, grows.ar_orders);
  EXPECT_EQ(again.transform.log, grows.transform.log);
  EXPECT_EQ(again.transform.season, grows.transform.season);
}

TEST(ForecastPlan, SeriesThatCannotBeForecastAreRefused) {
  expect_input_error([] { plan_forecast(series_of(noise(20, 1)), 4, 12, 1); },
                     "the series is too short");
  expect_input_error([] { plan_forecast(series_of(noise(5, 1)), 4, 1, 1); }, "too");
  expect_input_error([] { plan_forecast(series_of(Numbers(100, 7.0)), 4, 2, 1); },
                     "does not change");
  expect_input_error([] { plan_forecast(series_of(noise(100, 1)), 4, 2, 90); },
                     "a season of 90 steps");
}

}  // namespace
}  // namespace unroll::lessons
