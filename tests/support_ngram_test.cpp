#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <span>
#include <vector>

#include "lessons/support/ngram.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using Ids = std::vector<std::int32_t>;

// Text with some structure: each symbol depends on the two before it, with noise.
Ids make_text(std::size_t length, std::int32_t symbols, unsigned seed) {
  std::mt19937 engine(seed);
  Ids text;
  for (std::size_t i = 0; i < length; ++i) {
    const bool noise = i < 2 || engine() % 4 == 0;
    const auto random = static_cast<std::int32_t>(engine() % static_cast<unsigned>(symbols));
    text.push_back(noise ? random : (text[i - 1] * 3 + text[i - 2]) % symbols);
  }
  return text;
}

// The header's formula as it stands, counting the whole training text each time.
double brute_force(const Ids& training, std::span<const std::int32_t> context, std::int32_t next,
                   std::int64_t vocabulary_size, bool below_unigrams = false) {
  if (below_unigrams) return 1.0 / static_cast<double>(vocabulary_size);
  const double lower = context.empty()
                           ? brute_force(training, context, next, vocabulary_size, true)
                           : brute_force(training, context.subspan(1), next, vocabulary_size);
  double followed = 0, both = 0;
  std::set<std::int32_t> followers;
  for (std::size_t i = 0; i + context.size() < training.size(); ++i) {
    if (!std::equal(context.begin(), context.end(), training.begin() + static_cast<long>(i))) {
      continue;
    }
    const std::int32_t follower = training[i + context.size()];
    followed += 1;
    both += follower == next;
    followers.insert(follower);
  }
  if (followed == 0) return lower;
  const auto types = static_cast<double>(followers.size());
  return (both + types * lower) / (followed + types);
}

TEST(Ngram, EqualsBruteForce) {
  constexpr std::int64_t kVocabulary = 6;  // symbols 4 and 5 never come
  constexpr int kOrder = 4;
  const Ids training = make_text(120, 4, 1);
  const Ids text = make_text(40, 6, 2);
  const NgramModel model(training, kVocabulary, kOrder);
  std::vector<double> nats(kOrder, 0.0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::span<const std::int32_t> before(text.data(), i);
    const std::vector<double> p = model.probabilities(before, text[i]);
    for (std::size_t k = 0; k < kOrder; ++k) {
      const auto context = before.last(std::min(k, i));
      const double expected = brute_force(training, context, text[i], kVocabulary);
      EXPECT_NEAR(p[k], expected, 1e-12) << "position " << i << ", order " << k + 1;
      nats[k] -= std::log(expected) / static_cast<double>(text.size());
    }
  }
  const std::vector<double> scored = model.nats_per_symbol(text);
  for (std::size_t k = 0; k < kOrder; ++k) EXPECT_NEAR(scored[k], nats[k], 1e-12);
}

TEST(Ngram, SumsToOneAfterEveryContext) {
  constexpr std::int32_t kVocabulary = 9;
  constexpr int kOrder = 5;
  const Ids training = make_text(500, 7, 3);
  const NgramModel model(training, kVocabulary, kOrder);
  const Ids text = make_text(200, kVocabulary, 4);  // seen and unseen contexts, known and unknown
  for (std::size_t i = 0; i <= text.size(); ++i) {
    std::vector<double> sums(kOrder, 0.0);
    for (std::int32_t next = 0; next < kVocabulary; ++next) {
      const std::vector<double> p = model.probabilities({text.data(), i}, next);
      for (std::size_t k = 0; k < kOrder; ++k) {
        EXPECT_GT(p[k], 0.0);
        sums[k] += p[k];
      }
    }
    for (const double sum : sums) EXPECT_NEAR(sum, 1.0, 1e-12) << "after " << i << " symbols";
  }
}

TEST(Ngram, LearnsWhatItCanSee) {
  Ids training;  // 0 1 2 0 1 2 …
  for (std::int32_t i = 0; i < 3000; ++i) training.push_back(i % 3);
  const NgramModel model(training, 3, 2);
  const std::vector<double> nats = model.nats_per_symbol(training);
  EXPECT_NEAR(nats[0], std::log(3.0), 1e-3);
  EXPECT_LT(nats[1], 0.01);
}

TEST(Ngram, RefusesWhatItCannotCount) {
  const Ids text = {0, 1, 2};
  const auto cause = Error::Cause::kMachine;
  unroll::testing::expect_error([&] { NgramModel(text, 2, 3); }, cause, "symbols below 2, got 2");
  unroll::testing::expect_error([&] { NgramModel(text, 3, 0); }, cause, "order of at least 1");
  unroll::testing::expect_error([&] { NgramModel(text, 3, 2).nats_per_symbol({}); }, cause,
                                "expected some text");
}

TEST(CopiedShare, CountsWhatIsInTheTrainingText) {
  const Ids training = {1, 2, 3, 4, 5};
  EXPECT_DOUBLE_EQ(copied_share(training, training, 3), 1.0);
  EXPECT_DOUBLE_EQ(copied_share(Ids{5, 4, 3, 2, 1}, training, 2), 0.0);
  // 12 23 39 92 23: the second 23 counts too.
  EXPECT_DOUBLE_EQ(copied_share(Ids{1, 2, 3, 9, 2, 3}, training, 2), 3.0 / 5);
  EXPECT_DOUBLE_EQ(copied_share(Ids{1, 2}, training, 3), 0.0);
  EXPECT_DOUBLE_EQ(copied_share(training, Ids{1, 2}, 3), 0.0);
}

TEST(CopiedShare, EqualsBruteForce) {
  const Ids training = make_text(300, 5, 5);
  const Ids sample = make_text(150, 5, 6);
  for (const std::size_t n : {1u, 3u, 5u, 8u}) {
    std::size_t copied = 0;
    for (std::size_t i = 0; i + n <= sample.size(); ++i) {
      const auto begin = sample.begin() + static_cast<long>(i);
      copied += std::search(training.begin(), training.end(), begin,
                            begin + static_cast<long>(n)) != training.end();
    }
    EXPECT_DOUBLE_EQ(copied_share(sample, training, static_cast<int>(n)),
                     static_cast<double>(copied) / static_cast<double>(sample.size() - n + 1));
  }
}

}  // namespace
}  // namespace unroll::lessons
