// The planner's model against what is known of the rungs.
#include "kernels/recurrent/planner.h"

#include <gtest/gtest.h>

namespace unroll {
namespace {

using namespace kernels;  // NOLINT: all names here are the kernels'

const GpuProperties kHopper{"", 90, 132, 232448, 233472, 65536, true, 1.755};

RungProblem lstm(int64_t seq_len, int64_t batch, int64_t hidden_size,
                 Operands operands = Operands::kF32) {
  return {
      "lstm", 4, 4, 4, {seq_len, batch, hidden_size, hidden_size, false, nullptr, {0, operands}}};
}

double forward_us(int rung, const RungProblem& problem) {
  return forecast(rung, "", "", problem, kHopper).forward_us;
}
double backward_us(int rung, const RungProblem& problem) {
  return forecast(rung, "", "", problem, kHopper).backward_us;
}

TEST(Planner, EachLaunchedRungIsFasterThanTheOneBefore) {
  for (const RungProblem& problem : {lstm(256, 1, 64), lstm(256, 64, 512), lstm(64, 256, 2048)})
    for (int rung = 2; rung <= 4; ++rung) {
      SCOPED_TRACE(testing::Message() << "rung " << rung << ", H " << problem.shape.hidden_size);
      EXPECT_LE(forward_us(rung, problem), forward_us(rung - 1, problem));
      EXPECT_LE(backward_us(rung, problem), backward_us(rung - 1, problem));
    }
}

// B 64, H 512: 2.5 µs of product, 1.75 of gates, two nodes of 0.3.
TEST(Planner, AGraphedStepIsItsKernelsAndNodes) {
  EXPECT_DOUBLE_EQ(forward_us(4, lstm(256, 64, 512)), 2.5 + 1.75 + 0.6);
}

// B 256, H 2048: 256·4·2048² multiply-adds at 132 · 128 · 1755 in a microsecond.
TEST(Planner, ALargeProductTakesItsArithmetic) {
  EXPECT_NEAR(forward_us(4, lstm(256, 256, 2048)), 144.84 + 1.75 + 0.6, 0.01);
}

TEST(Planner, WeightsOnTheChipPayForSmallBatches) {
  EXPECT_LT(forward_us(5, lstm(256, 1, 64)), forward_us(4, lstm(256, 1, 64)));
  EXPECT_LT(forward_us(5, lstm(256, 1, 64)), forward_us(6, lstm(256, 1, 64)));
  EXPECT_LT(forward_us(6, lstm(256, 16, 768)), forward_us(5, lstm(256, 16, 768)));
  EXPECT_LT(forward_us(6, lstm(256, 16, 768)), forward_us(4, lstm(256, 16, 768)));
  EXPECT_LT(backward_us(6, lstm(256, 16, 768)), backward_us(4, lstm(256, 16, 768)));
}

TEST(Planner, NarrowOperandsAreFaster) {
  const auto time = [](Operands operands) { return forward_us(7, lstm(256, 64, 1024, operands)); };
  EXPECT_LT(time(Operands::kTf32), forward_us(6, lstm(256, 64, 1024)));
  EXPECT_LT(time(Operands::kBf16), time(Operands::kTf32));
}

TEST(Planner, AShortSequenceDoesNotRepayTheStart) {
  EXPECT_GT(forward_us(6, lstm(1, 16, 768)), forward_us(6, lstm(256, 16, 768)));
}

TEST(Planner, TakesTheFastestThatDoesNotRefuse) {
  const std::vector<Forecast> forecasts{
      {3, "", "", 5, 3}, {4, "", "", 4, 4}, {5, "", "too large", 0, 0}, {6, "", "", 4, 5}};
  EXPECT_EQ(fastest(forecasts, false), 4);
  EXPECT_EQ(fastest(forecasts, true), 3);
  EXPECT_EQ(fastest({{5, "", "too large", 0, 0}}, false), 0);
}

}  // namespace
}  // namespace unroll
