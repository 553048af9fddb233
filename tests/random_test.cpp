#include "engine/random.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <set>

#include "engine/autograd.h"
#include "engine/ops.h"
#include "kernels/parallel.h"
#include "kernels/philox.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

using testing::expect_error;
using testing::same_bits;

// Published with the generator: kat_vectors of Random123, philox4x32 with 10 rounds.
TEST(Philox, GivesThePublishedNumbers) {
  struct Known {
    uint64_t seed, stream, block;
    uint32_t word[4];
  };
  const Known table[] = {
      {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {~0ull, ~0ull, ~0ull, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {0x299f31d0a4093822,
       0x0370734413198a2e,
       0x85a308d3243f6a88,
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const Known& known : table) {
    const kernels::PhiloxBlock block = kernels::philox(known.seed, known.stream, known.block);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(block.word[i], known.word[i]);
  }
}

TEST(Random, WordsAreThoseOfTheStream) {
  Random random(7, "shuffle");
  for (uint64_t i = 0; i < 9; ++i)
    EXPECT_EQ(random.next_word(), kernels::random_word(7, random.stream(), i));
  EXPECT_EQ(random.position(), 9u);
}

// FNV-1a, 64 bits: "" and "a" as its authors publish them.
TEST(Random, StreamsAreNamed) {
  EXPECT_EQ(Random(1, "").stream(), 0xcbf29ce484222325u);
  EXPECT_EQ(Random(1, "a").stream(), 0xaf63dc4c8601ec8cu);
  EXPECT_NE(Random(1, "init").next_word(), Random(1, "shuffle").next_word());
  EXPECT_NE(Random(1, "init").next_word(), Random(2, "init").next_word());
}

TEST(Random, ResumesAtItsPosition) {
  Random random(3, "resume");
  random.next_word();
  randn({5}, random);
  const uint64_t position = random.position();
  const Tensor expected = uniform({17}, 0, 1, random);
  Random resumed(3, "resume");
  resumed.set_position(position);
  EXPECT_TRUE(same_bits(uniform({17}, 0, 1, resumed), expected));
}

// ---- tensors of random numbers

// Draws with each function of `random` that fills a tensor.
Tensors draw_all(uint64_t first, int64_t n) {
  Random random(11, "fill");
  random.set_position(first);
  const Tensor x = full({n}, 1.0);
  return {uniform({n}, -3, 5, random),  uniform({n}, -3, 5, random, DType::f64),
          randn({n}, random),           randn({n}, random, DType::f64),
          randint({n}, -9, 30, random), dropout(x, 0.3, random)};
}

TEST(Random, NumbersDoNotDependOnThreads) {
  const int before = kernels::num_threads();
  for (int64_t n : {1, 2, 127, 128, 129, 4097, 30001}) {
    for (uint64_t first : {0, 1, 2, 3}) {
      kernels::set_num_threads(1);
      const Tensors one = draw_all(first, n);
      kernels::set_num_threads(2);
      const Tensors two = draw_all(first, n);
      for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(same_bits(two[i], one[i])) << i;
    }
  }
  kernels::set_num_threads(before);
}

TEST(Random, UniformNumbersAreFunctionsOfTheirWord) {
  for (uint64_t first : {0, 1, 2, 3, 126}) {
    Random random(5, "word"), words(5, "word");
    random.set_position(first);
    words.set_position(first);
    for (double value : uniform({300}, 0, 1, random, DType::f64).to_vector<double>())
      ASSERT_EQ(value, words.next_uniform());
    EXPECT_EQ(random.position(), words.position());
  }
}

TEST(Random, DtypesDrawTheSameNumbers) {
  Random a(5, "dtype"), b(5, "dtype");
  EXPECT_TRUE(
      same_bits(uniform({999}, -1, 1, a), cast(uniform({999}, -1, 1, b, DType::f64), DType::f32)));
  EXPECT_TRUE(same_bits(randn({999}, a), cast(randn({999}, b, DType::f64), DType::f32)));
  EXPECT_EQ(a.position(), b.position());
}

TEST(Random, NormalsShareNoWordWithOtherDraws) {
  Random random(5, "pairs");
  random.next_word();
  randn({3}, random);  // words 2 to 5
  EXPECT_EQ(random.position(), 6u);
}

TEST(Random, UniformStaysBelowItsLimit) {
  Random random(1, "limit");
  // All f32 in [1, 2) are 2⁻²³ apart, so the largest word would be rounded to 2.
  const Tensor x = uniform({1 << 22}, 16777215, 16777216, random);
  for (float value : x.to_vector<float>()) ASSERT_LT(value, 16777216.0f);
}

double mean_of(const std::vector<double>& x, const std::function<double(double)>& f) {
  return std::transform_reduce(x.begin(), x.end(), 0.0, std::plus<>(), f) /
         static_cast<double>(x.size());
}

// Sample moments lie within five standard deviations of their expectations.
TEST(Random, NormalsHaveNormalMoments) {
  Random random(2024, "moments");
  const auto x = randn({1000000}, random, DType::f64).to_vector<double>();
  const double n = static_cast<double>(x.size());
  EXPECT_NEAR(mean_of(x, [](double v) { return v; }), 0, 5 * std::sqrt(1 / n));
  EXPECT_NEAR(mean_of(x, [](double v) { return v * v; }), 1, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(mean_of(x, [](double v) { return v * v * v; }), 0, 5 * std::sqrt(15 / n));
  EXPECT_NEAR(mean_of(x, [](double v) { return v * v * v * v; }), 3, 5 * std::sqrt(96 / n));
  double neighbours = 0;
  for (size_t i = 1; i < x.size(); ++i) neighbours += x[i - 1] * x[i] / n;
  EXPECT_NEAR(neighbours, 0, 5 * std::sqrt(1 / n));
}

TEST(Random, UniformsHaveUniformMoments) {
  Random random(2024, "moments");
  const auto x = uniform({1000000}, -2, 4, random, DType::f64).to_vector<double>();
  const double n = static_cast<double>(x.size());
  EXPECT_GE(*std::min_element(x.begin(), x.end()), -2.0);
  EXPECT_LT(*std::max_element(x.begin(), x.end()), 4.0);
  EXPECT_NEAR(mean_of(x, [](double v) { return v; }), 1, 5 * std::sqrt(3 / n));
  EXPECT_NEAR(mean_of(x, [](double v) { return (v - 1) * (v - 1); }), 3,
              5 * std::sqrt((16.2 - 9) / n));
}

// χ² of counts against equal expectations, in standard deviations from its own expectation.
double chi_square_excess(const std::vector<int64_t>& counts, double draws) {
  const double expected = draws / static_cast<double>(counts.size());
  double chi_square = 0;
  for (int64_t count : counts)
    chi_square += (static_cast<double>(count) - expected) *
                  (static_cast<double>(count) - expected) / expected;
  const double freedom = static_cast<double>(counts.size()) - 1;
  return (chi_square - freedom) / std::sqrt(2 * freedom);
}

TEST(Random, BelowIsUnbiased) {
  Random random(9, "below");
  for (int64_t n : {2, 3, 7, 48, 65}) {
    std::vector<int64_t> counts(static_cast<size_t>(n));
    for (int i = 0; i < 100000; ++i) ++counts.at(static_cast<size_t>(random.below(n)));
    EXPECT_LT(std::abs(chi_square_excess(counts, 100000)), 5) << n;
  }
  // Where a remainder would make the lower half three times as likely as the upper.
  const int64_t large = (int64_t{1} << 62) / 3 * 4;
  std::vector<int64_t> thirds(3);
  for (int i = 0; i < 30000; ++i)
    ++thirds.at(static_cast<size_t>(random.below(large) / (large / 3 + 1)));
  EXPECT_LT(std::abs(chi_square_excess(thirds, 30000)), 5);
  EXPECT_EQ(random.below(1), 0);
  expect_error([&] { random.below(0); }, Error::Cause::kMachine, "n >= 1");
}

TEST(Random, IntegersAreUniform) {
  Random random(9, "integers");
  std::vector<int64_t> counts(17);
  for (int32_t value : randint({170000}, -5, 12, random).to_vector<int32_t>())
    ++counts.at(static_cast<size_t>(value + 5));
  EXPECT_LT(std::abs(chi_square_excess(counts, 170000)), 5);
  constexpr int32_t kLowest = std::numeric_limits<int32_t>::min();
  constexpr int32_t kHighest = std::numeric_limits<int32_t>::max();
  const auto wide = randint({1000}, kLowest, kHighest, random).to_vector<int32_t>();
  EXPECT_LT(*std::min_element(wide.begin(), wide.end()), kLowest / 10 * 9);
  EXPECT_GT(*std::max_element(wide.begin(), wide.end()), kHighest / 10 * 9);
}

TEST(Random, PermutationsArePermutations) {
  Random random(4, "permutation");
  for (int64_t n : {0, 1, 2, 1000}) {
    const auto order = random.permutation(n);
    EXPECT_EQ(std::set<int64_t>(order.begin(), order.end()).size(), static_cast<size_t>(n));
    if (n > 0) {
      EXPECT_EQ(*std::min_element(order.begin(), order.end()), 0);
      EXPECT_EQ(*std::max_element(order.begin(), order.end()), n - 1);
    }
  }
  // All orders of three are equally likely.
  std::vector<int64_t> counts(6);
  for (int i = 0; i < 60000; ++i) {
    const auto order = random.permutation(3);
    ++counts.at(static_cast<size_t>(2 * order[0] + (order[1] > order[2])));
  }
  EXPECT_LT(std::abs(chi_square_excess(counts, 60000)), 5);
}

TEST(Random, RefusesImpossibleRanges) {
  Random random(1, "errors");
  expect_error([&] { uniform({2}, 1, 1, random); }, Error::Cause::kMachine, "[uniform]");
  expect_error([&] { uniform({2}, 0, HUGE_VAL, random); }, Error::Cause::kMachine, "[uniform]");
  expect_error([&] { randint({2}, 3, 3, random); }, Error::Cause::kMachine, "[randint]");
  expect_error([&] { randn({2}, random, DType::i32); }, Error::Cause::kMachine, "[randn]");
}

// ---- dropout

TEST(OpsDropout, ZeroesItsShareAndScalesTheRest) {
  Random random(6, "dropout");
  const auto y = dropout(full({100000}, 2.0), 0.25, random).to_vector<float>();
  EXPECT_EQ(random.position(), 100000u);
  int64_t zeros = 0;
  for (float value : y) {
    EXPECT_TRUE(value == 0.0f || value == 2.0f / 0.75f) << value;
    zeros += value == 0.0f;
  }
  EXPECT_NEAR(static_cast<double>(zeros), 25000, 5 * std::sqrt(100000 * 0.25 * 0.75));
}

TEST(OpsDropout, BackwardDrawsTheSameMask) {
  Random random(6, "dropout");
  random.next_word();  // starts within a block
  Tensor x = full({3, 1001}, 1.0);
  x.set_requires_grad();
  const Tensor y = dropout(x, 0.5, random);
  dropout(x, 0.5, random);  // moves on
  backward({y}, {full({3, 1001}, 1.0)});
  EXPECT_TRUE(same_bits(x.grad(), y.detach()));
}

TEST(OpsDropout, WithoutProbabilityIsItsInput) {
  Random random(6, "dropout");
  const Tensor x = full({3}, 1.0);
  EXPECT_EQ(&dropout(x, 0.0, random).impl(), &x.impl());
  EXPECT_EQ(random.position(), 3u);
  expect_error([&] { dropout(x, 1.0, random); }, Error::Cause::kMachine, "0 <= p < 1");
  expect_error([&] { dropout(x, -0.1, random); }, Error::Cause::kMachine, "0 <= p < 1");
}

}  // namespace
}  // namespace unroll
