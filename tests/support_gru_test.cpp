// What the GRU lesson compares on, how it makes networks equal, times them and reads its curves.
#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "engine/autograd.h"
#include "engine/ops.h"
#include "lessons/support/comparison_tasks.h"
#include "lessons/support/equal_parameters.h"
#include "lessons/support/equality.h"
#include "lessons/support/gru_options.h"
#include "lessons/support/gru_report.h"
#include "lessons/support/interleaved_times.h"
#include "lessons/support/memory_start.h"
#include "lessons/support/time_series.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_error;
using unroll::testing::expect_input_error;

// Says `value` to everything.
Answer constant(const ComparisonTask& task, double value) {
  return [&task, value](const Tensor& inputs, nn::RecurrentState&) {
    const TaskSizes sizes = task.sizes();
    return sizes.answers_each_step ? full({inputs.size(0), inputs.size(1), sizes.outputs}, value)
                                   : full({inputs.size(1), sizes.outputs}, value);
  };
}

TEST(ComparisonTasks, AddingIsScoredAsInTheLstmLesson) {
  const auto task = adding_comparison(10, 1);
  EXPECT_EQ(task->title(), "adding, T = 10");
  EXPECT_NEAR(task->goal(), 0.05 / 6, 1e-12);
  // The answer without a memory is 1.
  EXPECT_NEAR(task->score(Part::kTest, constant(*task, 1)), task->best_baseline().test, 1e-6);
  EXPECT_NEAR(task->score(Part::kValidation, constant(*task, 1)), task->best_baseline().validation,
              1e-6);
  EXPECT_GT(task->score(Part::kTest, constant(*task, 0.8)), task->best_baseline().test);
  EXPECT_NE(task->score(Part::kTest, constant(*task, 0)),
            task->score(Part::kValidation, constant(*task, 0)));
  const GateSample sample = task->sample();
  EXPECT_EQ(sample.marks.size(), 1000u);
  EXPECT_EQ(std::count(sample.marks.begin(), sample.marks.end(), true), 200);
}

TEST(ComparisonTasks, TextIsReadInWindowsThatGoOn) {
  const auto task = text_comparison("", 2000, 25);  // 1600 characters to learn from
  const TaskSizes sizes = task->sizes();
  EXPECT_EQ(sizes.vocabulary, sizes.outputs);
  const auto batches = task->batches(4, 1), again = task->batches(4, 2);
  const TrainingBatch first = batches();
  EXPECT_EQ(first.batch.inputs.shape(), (Shape{25, 4}));
  EXPECT_FALSE(first.goes_on);
  for (int window = 1; window < 15; ++window) EXPECT_TRUE(batches().goes_on) << window;
  const TrainingBatch second_epoch = batches();
  EXPECT_FALSE(second_epoch.goes_on);
  EXPECT_EQ(second_epoch.batch.inputs.to_vector<std::int32_t>(),
            first.batch.inputs.to_vector<std::int32_t>());
  // All symbols equally likely.
  EXPECT_NEAR(task->score(Part::kTest, constant(*task, 3)),
              std::log(static_cast<double>(sizes.vocabulary)), 1e-5);
  EXPECT_EQ(task->sample().symbols.size(), 200u);
  EXPECT_EQ(task->goal(), task->best_baseline().validation);
}

TEST(ComparisonTasks, TextCarriesTheStateWithinAPart) {
  const auto task = text_comparison("", 100'000, 25);
  int calls = 0;
  task->score(Part::kTest, [&](const Tensor& inputs, nn::RecurrentState& state) {
    EXPECT_EQ(state.h.defined(), calls++ > 0);
    state.h = zeros({1, inputs.size(1), 1});
    return zeros({inputs.size(0), inputs.size(1), task->sizes().outputs});
  });
  EXPECT_EQ(calls, 2);  // 10,000 characters in windows of at most 16 streams of 512
}

TEST(ComparisonTasks, ANetworkThatSaysZeroForecastsWhatTheSimplestRuleDoes) {
  const auto sunspots = series_comparison("sunspots_monthly", 12, 6);
  const auto co2 = series_comparison("co2_mauna_loa", 12, 6);  // read as differences to last year
  for (const auto& [task, rule] :
       {std::pair(sunspots.get(), "naive"), std::pair(co2.get(), "season + change")}) {
    const auto baseline =
        std::find_if(task->baselines().begin(), task->baselines().end(),
                     [&, &rule = rule](const auto& one) { return one.name == rule; });
    ASSERT_NE(baseline, task->baselines().end()) << rule;
    EXPECT_NEAR(task->score(Part::kTest, constant(*task, 0)), baseline->test, 1e-9);
    EXPECT_NEAR(task->score(Part::kValidation, constant(*task, 0)), baseline->validation, 1e-9);
    EXPECT_LE(task->best_baseline().validation, baseline->validation);
  }
}

TEST(ComparisonTasks, SeriesBatchesGoThroughAllWindows) {
  const auto task = series_comparison("air_passengers", 12, 6);
  const auto batches = task->batches(8, 1), same = task->batches(8, 1), other = task->batches(8, 2);
  const auto read = [](const auto& source) {
    return source().batch.inputs.template to_vector<float>();
  };
  const std::vector<float> first = read(batches);
  EXPECT_EQ(first.size(), 12u * 8);
  EXPECT_EQ(first, read(same));
  EXPECT_NE(first, read(other));
  EXPECT_NE(first, read(batches));
}

TEST(ComparisonTasks, OneColumnAtATime) {
  expect_input_error([] { series_comparison("eu_stock_markets", 12, 6); }, "has 4 columns");
  EXPECT_EQ(series_comparison("eu_stock_markets:DAX", 12, 6)->name(), "eu_stock_markets__DAX");
}

TEST(GruOptions, NamesAreReadOrRefused) {
  EXPECT_EQ(parse_networks("gru,lstm"), (std::vector<std::string>{"gru", "lstm"}));
  for (const char* text : {"rnn", "gru,gru", "lstm,", "GRU"})
    expect_input_error([&] { parse_networks(text); }, "--networks: expected some of lstm");
  expect_input_error([] { parse_networks(""); }, "nothing to do");
  GruOptions options;
  options.tasks = "adding,sums";
  expect_input_error([&] { plan_tasks(options); }, "--tasks: expected some of adding");
  options.tasks = "";
  expect_input_error([&] { plan_tasks(options); }, "nothing to do");
  options.tasks = "adding,series";
  EXPECT_EQ(plan_tasks(options).size(), 4u);
}

TEST(EqualParameters, TheWidestThatFits) {
  const auto square = [](std::int64_t width) { return width * width; };
  EXPECT_EQ(widest_within(100, 50, square), 10);
  EXPECT_EQ(widest_within(99, 50, square), 9);
  EXPECT_EQ(widest_within(10'000, 50, square), 49);
  EXPECT_EQ(widest_within(0, 50, square), 1);
}

TEST(Equality, IsClaimedOfEqualNumbersOnly) {
  const Tensors expected{tensor({1, -2}, DType::f64), tensor({3}, DType::f64)};
  const auto claim = [&](double off, DType dtype) {
    ::testing::internal::CaptureStdout();
    const Tensors other{cast(expected[0], dtype), cast(expected[1] + off, dtype)};
    try {
      print_equality({"a", "b"}, expected, {{"other", "other", other}});
    } catch (...) {
      ::testing::internal::GetCapturedStdout();
      throw;
    }
    return ::testing::internal::GetCapturedStdout();
  };
  EXPECT_NE(claim(1e-13, DType::f64).find("They are equal"), std::string::npos);
  EXPECT_NE(claim(1e-5, DType::f32).find("They are equal"), std::string::npos);
  expect_error([&] { claim(1e-9, DType::f64); }, Error::Cause::kMachine, "b differs by");
  expect_error([&] { claim(1e-3, DType::f32); }, Error::Cause::kMachine, "b differs by");
  expect_error([&] { claim(std::nan(""), DType::f64); }, Error::Cause::kMachine, "b differs by");
}

TEST(InterleavedTimes, AllHaveTheirTurn) {
  std::string order;
  const auto times = interleaved_milliseconds(
      {[&] { order += 'a'; }, [&] { order += 'b'; }, [&] { order += 'c'; }}, 3);
  EXPECT_EQ(order, "abcbcacababc");
  ASSERT_EQ(times.size(), 3u);
  for (const double time : times) EXPECT_GE(time, 0);
}

TEST(MemoryStart, OpensTheGatesThatKeep) {
  struct Network : nn::Module {
    explicit Network(nn::Cell cell) : Module(1), rnn(*this, "rnn", cell, 2, 50) {}
    nn::Recurrent rnn;
  };
  Network gru(nn::Cell::kGru), lstm(nn::Cell::kLstm);
  start_memory(gru.rnn, "one", 10);
  start_memory(lstm.rnn, "task", 101);
  const auto of_gru = gru.rnn.weights(0).b_ih.to_vector<float>();
  const auto of_lstm = lstm.rnn.weights(0).b_ih.to_vector<float>();
  float longest = 0;
  for (std::size_t unit = 0; unit < 50; ++unit) {
    EXPECT_EQ(of_gru[unit], 0);
    EXPECT_EQ(of_gru[50 + unit], 1);
    EXPECT_EQ(of_lstm[unit], -of_lstm[50 + unit]);  // i = 1 − f
    EXPECT_GE(of_lstm[50 + unit], 0);
    longest = std::max(longest, of_lstm[50 + unit]);
  }
  EXPECT_GT(longest, std::log(80.0));
  EXPECT_LE(longest, std::log(100.0));
}

// Two networks, one of which takes four thirds of the other's time.
TaskComparison example(const ComparisonTask& task) {
  TaskComparison comparison{task};
  const Course course{.steps = {10, 20, 30, 40},
                      .loss = {4, 3, 2, 1},
                      .validation = {1, 1, 0.001, 0.001},
                      .test = {0.9, 0.8, 0.7, 0.6}};
  comparison.contenders.push_back({{"LSTM", 8, 100, 4.0, 1.0}, true, {course, course}});
  comparison.contenders.push_back({{"GRU", 9, 100, 3.0, 1.0}, true, {course, course}});
  comparison.contenders.push_back({{"GRU, reset before", 9, 100, 50.0, 1.0}, false, {course}});
  comparison.contenders[1].courses[1].validation = {1, 1, 1, 1};
  return comparison;
}

TEST(GruReport, TheHardestBaselineIsTheBestOnTheTestPart) {
  const auto task = series_comparison("co2_mauna_loa", 36, 12);
  EXPECT_EQ(task->best_baseline().name.substr(0, 3), "AR(");
  EXPECT_EQ(TaskComparison{*task}.hardest_baseline().name, "season + change");
}

TEST(GruReport, EqualTimeIsThatOfTheQuickest) {
  const auto task = adding_comparison(10, 1);
  const TaskComparison comparison = example(*task);
  EXPECT_EQ(comparison.milliseconds(), 3.0 * 40);
  EXPECT_EQ(comparison.look_in_time(comparison.contenders[0]), 2u);  // 30 steps of 4 ms
  EXPECT_EQ(comparison.look_in_time(comparison.contenders[1]), 3u);
  EXPECT_EQ(TaskComparison::test_scores(comparison.contenders[0], 2),
            (std::vector<double>{0.7, 0.7}));
  EXPECT_EQ(TaskComparison::last_scores(comparison.contenders[1]), (std::vector<double>{0.6, 0.6}));
  EXPECT_EQ(comparison.steps_to_goal(comparison.contenders[0]), (std::vector<double>{30, 30}));
  EXPECT_EQ(comparison.steps_to_goal(comparison.contenders[1]), (std::vector<double>{30}));
}

TEST(GruReport, GatesInNumbers) {
  // One unit, one sequence, two steps: r = 0.2 and 0.4, z = 0.5 and 0.125.
  const GateRecord record{.steps = 2,
                          .sequences = 1,
                          .units = 1,
                          .sample = {.inputs = {}, .marks = {false, true}},
                          .gates = {0.2f, 0.5f, 0, 0.4f, 0.125f, 0},
                          .states = {0, 1}};
  EXPECT_NEAR(record.mean_gate(GateRecord::kReset), 0.3, 1e-6);
  EXPECT_NEAR(record.mean_gate(GateRecord::kUpdate, true), 0.125, 1e-6);
  EXPECT_NEAR(record.mean_gate(GateRecord::kUpdate, false), 0.5, 1e-6);
  ASSERT_EQ(record.half_lives().size(), 1u);
  EXPECT_NEAR(record.half_lives()[0], 0.5, 1e-6);  // two steps: half, and an eighth of it
  EXPECT_EQ(record.state(1, 0), 1);
}

}  // namespace
}  // namespace unroll::lessons
