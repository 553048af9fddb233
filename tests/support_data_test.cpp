// Vocabulary, splits, metrics and the fingerprint of data.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lessons/support/hash.h"
#include "lessons/support/metrics.h"
#include "lessons/support/splits.h"
#include "lessons/support/vocabulary.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_error;
using unroll::testing::expect_input_error;

TEST(Vocabulary, NumbersTheCodePointsOfTheTrainingText) {
  const Vocabulary vocabulary = Vocabulary::from_text("banäna€");
  EXPECT_EQ(vocabulary.size(), 6);  // the unknown one, a b n ä €
  EXPECT_EQ(vocabulary.encode("abnä€"), (std::vector<std::int32_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(vocabulary.decode(vocabulary.encode("näb€")), "näb€");
}

TEST(Vocabulary, UnknownStandsForWhatTheTrainingTextLacks) {
  const Vocabulary vocabulary = Vocabulary::from_text("ab");
  const std::vector<std::int32_t> ids = vocabulary.encode("a?ß");
  EXPECT_EQ(ids, (std::vector<std::int32_t>{1, Vocabulary::kUnknown, Vocabulary::kUnknown}));
  EXPECT_EQ(vocabulary.decode(ids), "a\uFFFD\uFFFD");
  // A replacement character in the training text is a symbol like others.
  const Vocabulary with_replacement = Vocabulary::from_text("a\uFFFD");
  EXPECT_EQ(with_replacement.size(), 3);
  EXPECT_EQ(with_replacement.encode("\uFFFD"), std::vector<std::int32_t>{2});
}

TEST(Vocabulary, SurvivesJson) {
  const Vocabulary vocabulary = Vocabulary::from_text("b\n\"ä\x01");
  const Vocabulary restored = Vocabulary::from_json(Json::parse(vocabulary.to_json().dump()));
  EXPECT_EQ(restored.size(), vocabulary.size());
  EXPECT_EQ(restored.encode("\n\"bä\x01?"), vocabulary.encode("\n\"bä\x01?"));
  for (const char* damaged : {"[]", "{}", "[1, 2]", "\"abc\"", "null", "[\"a\", \"a\"]"}) {
    expect_input_error([&] { Vocabulary::from_json(Json::parse(damaged)); }, "damaged vocabulary");
  }
}

TEST(Vocabulary, RefusesWhatIsNoText) {
  expect_input_error([] { Vocabulary::from_text(""); }, "empty");
  expect_input_error([] { Vocabulary::from_text("\xFF"); }, "not valid UTF-8");
  const Vocabulary vocabulary = Vocabulary::from_text("ab");
  expect_input_error([&] { vocabulary.encode("a\xE2"); }, "not valid UTF-8 at byte 1");
  const std::vector<std::int32_t> wrong = {3};
  expect_error([&] { vocabulary.decode(wrong); }, Error::Cause::kMachine,
               "expected an id from 0 to 2, got 3");
}

TEST(Splits, PartsFollowEachOtherWithoutGapOrOverlap) {
  for (const std::int64_t count : {3, 10, 11, 97, 1000, 1115394}) {
    for (const auto& [train, validation] : {std::pair{0.9, 0.1}, {0.5, 0.25}, {0.7, 0.3}}) {
      if (train + validation < 1 && count < 10) continue;
      const bool too_small = count * train < 1 || count * validation < 0.7;
      if (too_small) continue;
      const PositionSplit split = split_by_position(count, train, validation);
      EXPECT_EQ(split.train.begin, 0);
      EXPECT_EQ(split.train.end, split.validation.begin);
      EXPECT_EQ(split.validation.end, split.test.begin);
      EXPECT_EQ(split.test.end, count);
      EXPECT_GT(split.train.size(), 0);
      EXPECT_GT(split.validation.size(), 0);
      EXPECT_EQ(split.test.size() > 0, train + validation < 1);
    }
  }
  EXPECT_EQ(split_by_position(10, 0.9, 0.1).train.size(), 9);
  EXPECT_EQ(split_by_position(10, 0.7, 0.1).validation.end, 8);
  EXPECT_EQ(split_by_position(1115394, 0.9, 0.1).train.size(), 1003854);
}

TEST(Splits, RefusesWhatCannotBeSplit) {
  expect_input_error([] { split_by_position(0, 0.9, 0.1); }, "0 items");
  expect_input_error([] { split_by_position(1, 0.9, 0.1); }, "the data is too small: 1 items");
  expect_input_error([] { split_by_position(2, 0.5, 0.25); }, "training, validation and test");
  expect_error([] { split_by_position(10, 0.9, 0.2); }, Error::Cause::kMachine, "sum");
  expect_error([] { split_by_position(10, std::nan(""), 0.2); }, Error::Cause::kMachine, "sum");
}

TEST(Splits, TextIsCutBetweenCodePoints) {
  const std::string text = "äöüß€a😀bcd";
  const TextSplit split = split_text(text, 0.5, 0.2);
  EXPECT_EQ(split.train, "äöüß€");
  EXPECT_EQ(split.validation, "a😀");
  EXPECT_EQ(split.test, "bcd");
}

TEST(Splits, ShuffledPartsAreAPermutationThatTheSeedDecides) {
  const ShuffledSplit split = split_shuffled(100, 0.8, 0.1, 7);
  EXPECT_EQ(split.train.size(), 80u);
  EXPECT_EQ(split.validation.size(), 10u);
  EXPECT_EQ(split.test.size(), 10u);
  std::vector<std::int64_t> all = split.train;
  all.insert(all.end(), split.validation.begin(), split.validation.end());
  all.insert(all.end(), split.test.begin(), split.test.end());
  EXPECT_FALSE(std::is_sorted(all.begin(), all.end()));
  std::sort(all.begin(), all.end());
  for (std::int64_t i = 0; i < 100; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(split_shuffled(100, 0.8, 0.1, 7).train, split.train);
  EXPECT_NE(split_shuffled(100, 0.8, 0.1, 8).train, split.train);
}

TEST(Metrics, MeanAndSpread) {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(mean(values), 5);
  EXPECT_DOUBLE_EQ(standard_deviation(values), std::sqrt(32.0 / 7));
  EXPECT_TRUE(std::isnan(mean({})));
  EXPECT_TRUE(std::isnan(standard_deviation(std::vector<double>{1.0})));
  EXPECT_DOUBLE_EQ(nats_to_bits(std::log(8.0)), 3);
}

TEST(Metrics, Accuracy) {
  const std::vector<std::int32_t> predictions = {1, 2, 3, 4}, targets = {1, 2, 0, 0};
  EXPECT_DOUBLE_EQ(accuracy(predictions, targets), 0.5);
  EXPECT_TRUE(std::isnan(accuracy({}, {})));
  expect_error([&] { accuracy(predictions, {}); }, Error::Cause::kMachine,
               "expected 0 predictions, one a target, got 4");
}

TEST(Metrics, RunningAverages) {
  RunningMean running;
  EXPECT_TRUE(std::isnan(running.value()));
  running.add(1.0, 3);
  running.add(5.0, 1);
  EXPECT_DOUBLE_EQ(running.value(), 2);

  ExponentialAverage average(0.5);
  EXPECT_FALSE(average.has_value());
  average.add(8);
  EXPECT_DOUBLE_EQ(average.value(), 8);  // not drawn towards zero
  average.add(2);
  EXPECT_DOUBLE_EQ(average.value(), (0.5 * 8 + 2) / 1.5);
}

TEST(Hash, Sha256OfKnownStrings) {  // FIPS 180-4's examples, and nothing
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

}  // namespace
}  // namespace unroll::lessons
