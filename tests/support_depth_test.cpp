// Which networks the lesson on depth compares, and what it says of them.
#include <cmath>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "lessons/support/depth_grid.h"
#include "lessons/support/depth_report.h"
#include "lessons/support/seed_comparison.h"
#include "lessons/support/text_generation.h"

namespace unroll::lessons {
namespace {

TEST(DepthGrid, EachNetworkStandsInItOnce) {
  for (const auto& [variants, count] : {std::pair{DepthVariants::kPlain, 7},
                                        {DepthVariants::kSome, 17},
                                        {DepthVariants::kAll, 26}}) {
    const std::vector<DepthNetwork> grid = depth_grid(4, variants);
    EXPECT_EQ(grid.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(grid[0].layers, 1);
    EXPECT_EQ(grid[0].recipe(), "plain");
    for (const DepthNetwork& a : grid) {
      int same = 0;
      for (const DepthNetwork& b : grid) same += a.same_as(b);
      EXPECT_EQ(same, 1) << a.name();
    }
  }
}

TEST(DepthGrid, ASingleLayerIsTheSameAtEqualWidthAndAtEqualParameters) {
  DepthNetwork wide{.layers = 1}, equal{.layers = 1, .equal_parameters = true, .residual = true};
  EXPECT_TRUE(wide.same_as(equal));
  equal.dropout = true;
  EXPECT_FALSE(wide.same_as(equal));
  wide.layers = equal.layers = 2;
  wide.dropout = true;
  EXPECT_FALSE(wide.same_as(equal));
}

TEST(DepthGrid, EachRecipeHasAName) {
  std::set<std::string> names;
  for (const DepthNetwork& recipe : depth_recipes(true)) {
    EXPECT_TRUE(recipe.equal_parameters);
    names.insert(recipe.recipe());
  }
  EXPECT_EQ(names, (std::set<std::string>{"plain", "dropout", "residual", "dropout + residual"}));
}

TEST(DepthReport, StatisticsOfALayer) {
  // One unit flips between 1 and −1, the other stands at 0.5.
  std::vector<float> states;
  for (int t = 0; t < 100; ++t) states.insert(states.end(), {t % 2 == 0 ? 1.0f : -1.0f, 0.5f});
  const LayerStatistics statistics = layer_statistics(states, 2);
  EXPECT_NEAR(statistics.size, std::sqrt((1 + 0.25) / 2), 1e-6);
  EXPECT_NEAR(statistics.saturated, 0.5, 1e-6);
  EXPECT_NEAR(statistics.change, std::sqrt(99 * 4 / (2 * 100.0)), 1e-6);
}

TEST(DepthReport, AStateThatRisesSlowlyIsHardlyNew) {
  std::vector<float> states;
  for (int t = 0; t < 1000; ++t) states.push_back(static_cast<float>(t) / 1000);
  EXPECT_LT(layer_statistics(states, 1).change, 0.01);
}

TEST(SeedComparison, LossesDifferByMoreThanBothDeviations) {
  const std::vector<double> low{1.0, 1.1, 1.2}, near{1.1, 1.2, 1.3}, high{1.5, 1.6, 1.7};
  EXPECT_EQ(compare_losses(low, high), -1);
  EXPECT_EQ(compare_losses(high, low), 1);
  EXPECT_EQ(compare_losses(low, near), 0);
  EXPECT_EQ(compare_losses(std::vector{1.0}, std::vector{1.01}), -1);
  EXPECT_EQ(compare_losses(low, std::vector{1.05}), 0);
  EXPECT_EQ(describe_difference(low, high, 2), "better by 0.50");
  EXPECT_EQ(describe_difference(high, low, 1), "worse by 0.5");
  EXPECT_EQ(describe_difference(low, near, 3), "no difference (0.100)");
  EXPECT_EQ(describe_difference(std::vector{1.0}, std::vector{1.01}, 1), "no difference (0.0)");
}

TEST(DepthReport, TheBestHasTheLowestMeanOfTheBestEpochs) {
  const TextData data = read_text_data("", 1000, 0.8, 0.1);
  const RunDirectory out(::testing::TempDir() + "depth");
  DepthReport report{data, out, "LSTM", "", {}};
  const auto result = [](std::int64_t layers, std::vector<double> validation) {
    DepthResult one{{.layers = layers}, {}, {}};
    for (const double loss : validation)
      one.runs.push_back({.training = {3, 2, 1}, .validation = {3, loss, 3}, .best_epoch = 2});
    return one;
  };
  report.results = {result(1, {2.0, 2.2}), result(2, {1.0, 2.8}), result(3, {2.5, 2.5})};
  EXPECT_EQ(report.best(), 1u);
  EXPECT_EQ(report.deepest(), 3);
  EXPECT_NEAR(report.results[0].gap()[1], 0.2, 1e-9);
  EXPECT_EQ(report.find({.layers = 1, .equal_parameters = true}), &report.results[0]);
  EXPECT_EQ(report.find({.layers = 2, .equal_parameters = true}), nullptr);
}

TEST(TextData, ThreePartsLieBesideEachOther) {
  const TextData data = read_text_data("", 1000, 0.8, 0.1);
  EXPECT_EQ(data.train.size(), 800u);
  EXPECT_EQ(data.validation.size(), 100u);
  EXPECT_EQ(data.test.size(), 100u);
  EXPECT_NE(data.describe().find("the last 10 % (100 characters) to test"), std::string::npos);
}

}  // namespace
}  // namespace unroll::lessons
