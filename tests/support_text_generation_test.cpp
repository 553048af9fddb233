// The data, streams of text, sampling, and the options that reach the engine.
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/device.h"
#include "kernels/parallel.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/sampling.h"
#include "lessons/support/text_generation.h"
#include "lessons/support/text_streams.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_input_error;

TEST(TextStreams, EveryRowGoesOnWhereItsLastWindowEnded) {
  std::vector<std::int32_t> text(32);
  std::iota(text.begin(), text.end(), 0);
  const TextStreams streams(text, 2, 5);  // 31 targets: 2 streams of 3 windows of 5
  ASSERT_EQ(streams.windows(), 3);
  EXPECT_EQ(streams.characters_a_window(), 10);
  for (std::int64_t w = 0; w < 3; ++w) {
    const TextStreams::Window window = streams.window(w);
    for (std::int64_t t = 0; t < 5; ++t)
      for (std::int64_t b = 0; b < 2; ++b) {
        const auto position = static_cast<double>(b * 15 + w * 5 + t);
        EXPECT_EQ(window.inputs.at({t, b}), position);
        EXPECT_EQ(window.targets.at({t, b}), position + 1);
      }
  }
}

TEST(TextStreams, ATextWithoutOneWindowIsRefused) {
  const std::vector<std::int32_t> text(10, 0);
  EXPECT_EQ(TextStreams(text, 3, 3).windows(), 1);
  expect_input_error([&] { TextStreams(text, 2, 5); },
                     "10 characters, but 2 streams with windows of 5");
}

TEST(TextData, OfTheProjectItselfAFixedAmountIsRead) {
  const TextData all = read_text_data("", 0);
  EXPECT_EQ(all.corpus.characters, kOwnCharacters);
  EXPECT_EQ(all.train.size(), 9 * static_cast<std::size_t>(kOwnCharacters) / 10);
  EXPECT_EQ(all.train.size() + all.validation.size(), static_cast<std::size_t>(kOwnCharacters));
  EXPECT_EQ(read_text_data("", 1000).corpus.characters, 1000);
}

TEST(Sampling, FrequenciesFollowTheSoftmaxAtEachTemperature) {
  const std::vector<float> logits{0.0f, 1.0f, 2.0f};
  for (double temperature : {0.5, 1.0, 2.0}) {
    Random random(1, "test");
    std::vector<double> counts(3);
    constexpr int kDraws = 20000;
    for (int i = 0; i < kDraws; ++i)
      ++counts[static_cast<std::size_t>(sample(logits, {.temperature = temperature}, random))];
    double total = 0;
    for (float logit : logits) total += std::exp(static_cast<double>(logit) / temperature);
    for (std::size_t k = 0; k < 3; ++k) {
      const double p = std::exp(static_cast<double>(logits[k]) / temperature) / total;
      const double deviation = std::sqrt(kDraws * p * (1 - p));
      EXPECT_NEAR(counts[k], kDraws * p, 4 * deviation) << "temperature " << temperature;
    }
  }
}

TEST(Sampling, TemperatureZeroTakesTheLikeliest) {
  Random random(1, "test");
  const std::vector<float> logits{1.0f, 5.0f, 4.9f};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(sample(logits, {.temperature = 0}, random), 1);
  EXPECT_EQ(sample(logits, {.temperature = 0}, random, 1), 2);
}

TEST(Sampling, TheExcludedSymbolNeverComes) {
  Random random(1, "test");
  const std::vector<float> logits{9.0f, 0.0f, 0.0f};
  for (int i = 0; i < 1000; ++i) EXPECT_NE(sample(logits, {}, random, 0), 0);
}

TEST(EngineOptions, ALossThatIsNotFiniteNamesTheStepAndTheRemedy) {
  EXPECT_NO_THROW(check_finite_loss(1.5, 3));
  for (double loss : {std::nan(""), std::numeric_limits<double>::infinity()})
    expect_input_error([&] { check_finite_loss(loss, 42); }, "at step 42");
  expect_input_error([&] { check_finite_loss(std::nan(""), 42); }, "--clip");
}

TEST(EngineOptions, ThreadsTakeEffect) {
  const int before = kernels::num_threads();
  CommonOptions options;
  options.threads = 1;
  EXPECT_EQ(use_device_and_threads(options), 1);
  EXPECT_EQ(kernels::num_threads(), 1);
  kernels::set_num_threads(before);
}

TEST(EngineOptions, ADeviceThatIsNotInThisBuildIsRefused) {
  CommonOptions options;
  options.device = "cuda";
  expect_input_error([&] { use_device_and_threads(options); }, "cuda");
  EXPECT_EQ(default_device(), Device::cpu);
}

TEST(EngineOptions, CellsHaveNames) {
  EXPECT_EQ(parse_cell("gru"), nn::Cell::kGru);
  expect_input_error([&] { parse_cell("elman"); }, "expected rnn, lstm or gru");
}

}  // namespace
}  // namespace unroll::lessons
