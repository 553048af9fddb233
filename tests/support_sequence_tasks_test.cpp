// The generated tasks of the LSTM lesson: what is asked for is what was shown, everything that
// should be even is, and what an answer without a memory costs. How far a state reaches.
#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "engine/nn.h"
#include "engine/ops.h"
#include "lessons/support/lists.h"
#include "lessons/support/sequence_tasks.h"
#include "lessons/support/state_reach.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_input_error;
using Numbers = std::vector<std::int64_t>;

const SequenceTask kAdding(SequenceTask::Kind::kAdding, 11);
const SequenceTask kCopying(SequenceTask::Kind::kCopying, 7);

TEST(SequenceTasks, AddingAsksForTheMarkedNumbersOfBothHalves) {
  Random random(1, "test");
  constexpr std::int64_t kBatch = 4000;
  const TaskBatch batch = kAdding.draw(kBatch, random);
  EXPECT_EQ(batch.inputs.shape(), (Shape{11, kBatch, 2}));
  EXPECT_EQ(batch.targets.shape(), (Shape{kBatch, 1}));
  const auto inputs = batch.inputs.to_vector<float>(), sums = batch.targets.to_vector<float>();
  std::vector<int> marks(11);
  double total = 0;
  for (std::size_t row = 0; row < kBatch; ++row) {
    float sum = 0;
    int in_first_half = 0, in_second_half = 0;
    for (std::size_t step = 0; step < 11; ++step) {
      const float number = inputs[(step * kBatch + row) * 2];
      const float mark = inputs[(step * kBatch + row) * 2 + 1];
      ASSERT_TRUE(number >= 0 && number <= 1 && (mark == 0 || mark == 1));
      sum += mark * number;
      total += static_cast<double>(number);
      if (mark > 0) ++marks[step], ++(step < 5 ? in_first_half : in_second_half);
    }
    ASSERT_FLOAT_EQ(sum, sums[row]);
    ASSERT_TRUE(in_first_half == 1 && in_second_half == 1);
  }
  EXPECT_NEAR(total / (11 * kBatch), 0.5, 0.01);
  for (std::size_t step = 0; step < 11; ++step)  // 5 steps in the first half, 6 in the second
    EXPECT_NEAR(marks[step], kBatch / (step < 5 ? 5.0 : 6.0), 100) << step;
}

TEST(SequenceTasks, CopyingAsksForTheFirstTenSymbols) {
  Random random(1, "test");
  constexpr std::int64_t kBatch = 500;
  const TaskBatch batch = kCopying.draw(kBatch, random);
  EXPECT_EQ(batch.inputs.shape(), (Shape{27, kBatch, 10}));
  EXPECT_EQ(batch.targets.shape(), (Shape{27, kBatch}));
  const auto inputs = batch.inputs.to_vector<float>();
  const auto targets = batch.targets.to_vector<std::int32_t>();
  const auto shown = [&](std::size_t step, std::size_t row) {
    std::int32_t symbol = -1;
    for (std::size_t k = 0; k < 10; ++k)
      if (inputs[(step * kBatch + row) * 10 + k] > 0) {
        EXPECT_EQ(inputs[(step * kBatch + row) * 10 + k], 1);
        EXPECT_EQ(symbol, -1) << "two symbols at once";
        symbol = static_cast<std::int32_t>(k);
      }
    return symbol;
  };
  std::vector<int> counts(8);
  for (std::size_t row = 0; row < kBatch; ++row)
    for (std::size_t step = 0; step < 27; ++step) {
      const std::int32_t symbol = shown(step, row), target = targets[step * kBatch + row];
      if (step < 10) ++counts.at(static_cast<std::size_t>(symbol));
      if (step >= 10) {
        ASSERT_EQ(symbol, step == 16 ? SequenceTask::kGo : SequenceTask::kBlank);
      }
      ASSERT_EQ(target, step < 17 ? SequenceTask::kBlank : shown(step - 17, row));
    }
  for (const int count : counts) EXPECT_NEAR(count, 10 * kBatch / 8, 100);
}

TEST(SequenceTasks, TheBaselinesAreWhatAnAnswerWithoutAMemoryCosts) {
  Random random(2, "test");
  TaskBatch batch = kAdding.draw(20000, random);
  const double squares = mse(ones({20000, 1}), batch.targets).item();
  EXPECT_NEAR(squares, kAdding.baseline(), 0.005);
  EXPECT_NEAR(squares, kAdding.loss_without_memory(batch), 1e-6);
  for (const double other : {0.9, 1.1})  // no other constant is better
    EXPECT_GT(mse(full({20000, 1}, other), batch.targets).item(), squares);

  batch = kCopying.draw(200, random);
  Tensor logits = zeros({27, 200, 9});  // surely a blank for 17 steps, then any of the 8 symbols
  for (std::int64_t step = 0; step < 27; ++step)
    for (std::int64_t row = 0; row < 200; ++row)
      logits.mutable_data<float>()[(step * 200 + row) * 9 + 8] = step < 17 ? 100.0f : -100.0f;
  EXPECT_NEAR(cross_entropy(logits, batch.targets).item(), kCopying.baseline(), 1e-6);
  EXPECT_NEAR(kCopying.loss_without_memory(batch), 10 * std::log(8.0) / 27, 1e-12);
}

TEST(SequenceTasks, StreamsRepeatAndDiffer) {
  for (const SequenceTask& task : {kAdding, kCopying}) {
    Random once(1, "training"), again(1, "training"), test(1, "test");
    const auto draw = [&](Random& random) {
      return task.draw(5, random).inputs.to_vector<float>();
    };
    const std::vector<float> first = draw(once);
    EXPECT_EQ(first, draw(again));
    EXPECT_NE(first, draw(again));
    EXPECT_NE(first, draw(test));
  }
}

TEST(SequenceTasks, TheShortestDistance) {
  Random random(1, "test");
  const SequenceTask adding(SequenceTask::Kind::kAdding, 2);
  EXPECT_GT(sum(adding.draw(3, random).inputs).item(), 6);  // both steps are marked
  EXPECT_EQ(SequenceTask(SequenceTask::Kind::kCopying, 2).draw(3, random).inputs.size(0), 22);
  expect_input_error([] { SequenceTask(SequenceTask::Kind::kAdding, 1); }, "at least 2");
}

// A layer of 3 units whose weights are all 0, and 5 steps for it to read in 2 sequences.
struct EmptyNetwork : nn::Module {
  explicit EmptyNetwork(nn::Cell cell)
      : Module(1, DType::f64), rnn(*this, "rnn", cell, 2, 3), inputs(ones({5, 2, 2}, DType::f64)) {
    for (const NamedTensor& parameter : parameters()) nn::init::constant(parameter.tensor, 0);
  }
  nn::Recurrent rnn;
  Tensor inputs;
};

TEST(StateReach, OfAnRnnIsAPowerOfItsMatrix) {
  EmptyNetwork network(nn::Cell::kRnnTanh);
  Random random(1, "test");
  nn::init::orthogonal(network.rnn.weights(0).w_hh, random, 0.5);  // h stays 0, where tanh' is 1
  const StateReach reach = state_reach(network.rnn, network.inputs);
  ASSERT_EQ(reach.h.size(), 5u);
  EXPECT_TRUE(reach.c.empty());
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_NEAR(reach.h[i], std::pow(0.5, static_cast<double>(i + 1)), 1e-12);
}

TEST(StateReach, OfAnLstmGoesThroughItsForgetGate) {
  EmptyNetwork network(nn::Cell::kLstm);
  nn::set_forget_bias(network.rnn, std::log(9.0));  // f = 0.9, o = 1/2, and c stays 0
  const StateReach reach = state_reach(network.rnn, network.inputs);
  ASSERT_EQ(reach.c.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(reach.c[i], 0.5 * std::pow(0.9, static_cast<double>(i + 1)), 1e-12);
    EXPECT_EQ(reach.h[i], 0) << "U is 0: nothing goes from h to h";
  }
}

TEST(StateReach, OfAGruGoesThroughItsUpdateGate) {
  EmptyNetwork network(nn::Cell::kGru);  // z = 1/2
  const StateReach reach = state_reach(network.rnn, network.inputs);
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_NEAR(reach.h[i], std::pow(0.5, static_cast<double>(i + 1)), 1e-12);
}

TEST(Lists, AreReadOrRefused) {
  EXPECT_TRUE(split_list("").empty());
  EXPECT_EQ(split_list("a,,b,"), (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(parse_numbers("100,7", "--adding", 2, 100), (Numbers{100, 7}));
  EXPECT_TRUE(parse_numbers("", "--adding", 2, 100).empty());
  for (const char* text : {"1", "101", "5,", "5 6", "5.5", "x", ","})
    expect_input_error([&] { parse_numbers(text, "--adding", 2, 100); },
                       "--adding: expected whole numbers from 2 to 100");
  EXPECT_EQ(parse_cells("gru,rnn", "--cells"), (std::vector<std::string>{"gru", "rnn"}));
  for (const char* text : {"", "lstm,", "LSTM", "qrnn"})
    expect_input_error([&] { parse_cells(text, "--cells"); }, "--cells: expected some of rnn");
}

}  // namespace
}  // namespace unroll::lessons
