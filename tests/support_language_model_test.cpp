// What the lesson on character language models measures with: ways to choose, brackets of
// functions, units, divergence, and xz.
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "lessons/support/code_brackets.h"
#include "lessons/support/compression.h"
#include "lessons/support/metrics.h"
#include "lessons/support/ngram.h"
#include "lessons/support/sampling.h"
#include "lessons/support/text_streams.h"
#include "lessons/support/unit_probes.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

// ---- choosing

// p = 0.4, 0.1, 0.3, 0.2
const std::vector<float> kLogits{std::log(4.0f), std::log(1.0f), std::log(3.0f), std::log(2.0f)};

void expect_probabilities(const Sampling& sampling, const std::vector<double>& expected,
                          std::int32_t excluded = -1) {
  const std::vector<double> p = probabilities(kLogits, sampling, excluded);
  ASSERT_EQ(p.size(), expected.size());
  for (std::size_t i = 0; i < p.size(); ++i)
    EXPECT_NEAR(p[i], expected[i], 1e-6) << sampling.describe() << ", symbol " << i;
}

TEST(Sampling, ProbabilitiesByHand) {
  expect_probabilities({}, {0.4, 0.1, 0.3, 0.2});
  expect_probabilities({.temperature = 0.5}, {16.0 / 30, 1.0 / 30, 9.0 / 30, 4.0 / 30});
  expect_probabilities({.temperature = 0}, {1, 0, 0, 0});
  expect_probabilities({.top_k = 2}, {4.0 / 7, 0, 3.0 / 7, 0});
  expect_probabilities({.top_k = 9}, {0.4, 0.1, 0.3, 0.2});
  // The likeliest that reach 0.65: 0.4 and 0.3. To reach 0.75 it takes 0.2, too.
  expect_probabilities({.top_p = 0.65}, {4.0 / 7, 0, 3.0 / 7, 0});
  expect_probabilities({.top_p = 0.75}, {4.0 / 9, 0, 3.0 / 9, 2.0 / 9});
  // At least one may always be chosen.
  expect_probabilities({.top_p = 1e-9}, {1, 0, 0, 0});
  // The temperature comes before top-p: at 0.5, the likeliest alone has 0.53.
  expect_probabilities({.temperature = 0.5, .top_p = 0.5}, {1, 0, 0, 0});
  expect_probabilities({}, {0, 1.0 / 6, 3.0 / 6, 2.0 / 6}, 0);
}

TEST(Sampling, OfEquallyLikelyOnesTopKTakesTheFirst) {
  const std::vector<double> p = probabilities(std::vector<float>(4, 1.0f), {.top_k = 2});
  EXPECT_EQ(p, (std::vector<double>{0.5, 0.5, 0, 0}));
}

TEST(Sampling, WhatHasNoProbabilityIsNeverDrawn) {
  Random random(1, "test");
  for (int i = 0; i < 500; ++i) {
    const std::int32_t id = sample(kLogits, {.top_k = 2}, random);
    EXPECT_TRUE(id == 0 || id == 2);
  }
}

TEST(Sampling, SaysWhatItDoes) {
  EXPECT_EQ(Sampling{.temperature = 0}.describe(), "likeliest");
  EXPECT_EQ((Sampling{.temperature = 0.8, .top_k = 5, .top_p = 0.9}.describe()),
            "temperature 0.8, top-k 5, top-p 0.90");
}

// ---- n-grams that write

TEST(Ngram, TheDistributionIsThatOfTheSingleProbabilities) {
  std::vector<std::int32_t> text;
  for (std::int32_t i = 0; i < 200; ++i) text.push_back((i * i + i / 7) % 5);
  const NgramModel model(text, 6, 4);
  const std::vector<std::int32_t> context{1, 3, 2};
  for (int order = 1; order <= 4; ++order) {
    const std::vector<double> all = model.distribution(context, order);
    EXPECT_NEAR(std::accumulate(all.begin(), all.end(), 0.0), 1.0, 1e-12);
    for (std::int32_t next = 0; next < 6; ++next)
      EXPECT_DOUBLE_EQ(all[static_cast<std::size_t>(next)],
                       model.probabilities(context, next)[static_cast<std::size_t>(order - 1)]);
  }
}

// ---- brackets

TEST(Brackets, BalancedOrNot) {
  EXPECT_TRUE(brackets_balanced(""));
  EXPECT_TRUE(brackets_balanced("f(a[i], {1, 2});"));
  EXPECT_FALSE(brackets_balanced("f(a[i)];"));
  EXPECT_FALSE(brackets_balanced("f(a"));
  EXPECT_FALSE(brackets_balanced("f)"));
  EXPECT_FALSE(brackets_balanced("}{"));
}

TEST(Brackets, WhatIsNoCodeDoesNotCount) {
  EXPECT_TRUE(brackets_balanced("f();  // :-)\ng();"));
  EXPECT_TRUE(brackets_balanced("f(/* ( [ */);"));
  EXPECT_TRUE(brackets_balanced("f(\")\", '(', \"\\\")\", '\\'');"));
  EXPECT_TRUE(brackets_balanced("f(1'000'000, \")\");"));
  EXPECT_FALSE(brackets_balanced("f(\"never closed );"));
  EXPECT_FALSE(brackets_balanced("f(  // )\n"));
}

TEST(Brackets, FunctionsAreFoundByTheirLayout) {
  const std::string first = "int f(int x) {\n  if (x) {\n    return 1;\n  }\n}";
  const std::string second = "void g() {\n}";
  const std::string code =
      "namespace a {\n\n" + first + "\n\nstruct S {\n  int x() { return 1; }\n};\n\n" + second +
      "\n\nint h(int a,\n      int b) {\n  return a;\n}\n" + "void cut() {\n  f();\n";
  const std::vector<FunctionSource> found = find_functions(code);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(code.substr(found[0].begin, found[0].end - found[0].begin), first);
  EXPECT_EQ(code.substr(found[0].body, 6), "  if (");
  EXPECT_EQ(code.substr(found[1].begin, found[1].end - found[1].begin), second);
  EXPECT_EQ(code.substr(found[2].begin, found[2].body - found[2].begin),
            "int h(int a,\n      int b) {\n");
}

TEST(Brackets, ABodyEndsAtTheMargin) {
  EXPECT_EQ(function_end("  x;\n  }\n}\nmore"), std::size_t{10});
  EXPECT_EQ(function_end("}\n"), std::size_t{1});
  EXPECT_FALSE(function_end("  x;\n  }\n"));
}

// ---- units

TEST(UnitProbes, FeaturesAreThoseOfTheCharacterJustRead) {
  const std::vector<TextFeature> features = text_features("  f(\"(\") // x\nA");
  const auto value = [&](const std::string& name) {
    for (const TextFeature& feature : features)
      if (feature.name == name) return feature.value;
    return std::vector<double>();
  };
  //                                           .  .  f  (  "  (  "  )  .  /  /  .  x \n  A
  const std::vector<double> place{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1};
  EXPECT_EQ(value("place in the line"), place);
  EXPECT_EQ(value("indentation"),
            (std::vector<double>{1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0}));
  EXPECT_EQ(value("in round brackets"),
            (std::vector<double>{0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(value("in quotation marks"),
            (std::vector<double>{0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(value("in a comment"),
            (std::vector<double>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0}));
  EXPECT_EQ(value("capitals"), (std::vector<double>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  for (const TextFeature& feature : text_features("abc def"))
    EXPECT_NE(feature.name, "in a comment");
}

TEST(UnitProbes, TheUnitThatFollowsIsFoundAndJudgedOnOtherText) {
  std::vector<TextFeature> features{{"a", {}}, {"b", {}}};
  std::vector<float> states;  // three units
  Random random(1, "test");
  for (int t = 0; t < 400; ++t) {
    const double a = t % 7, b = (t / 3) % 5;
    features[0].value.push_back(a);
    features[1].value.push_back(b);
    const double noise = random.next_uniform();
    states.insert(states.end(), {static_cast<float>(noise), static_cast<float>(-b),
                                 static_cast<float>(a + 4 * noise)});
  }
  const std::vector<UnitProbe> probes = probe_units(features, states, 3);
  ASSERT_EQ(probes.size(), 2u);
  EXPECT_EQ(probes[0].feature, "b");  // the best comes first
  EXPECT_EQ(probes[0].unit, 1);
  EXPECT_NEAR(probes[0].correlation, -1, 1e-6);
  EXPECT_EQ(probes[1].unit, 2);
  EXPECT_GT(probes[1].correlation, 0.7);
}

TEST(UnitProbes, CorrelationByHand) {
  EXPECT_NEAR(correlation(std::vector<double>{1, 2, 3}, std::vector<double>{2, 4, 6}), 1, 1e-12);
  // Deviations −1, 0, 1 and −1, 1, 0: 1/2.
  EXPECT_NEAR(correlation(std::vector<double>{1, 2, 3}, std::vector<double>{1, 3, 2}), 0.5, 1e-12);
  EXPECT_EQ(correlation(std::vector<double>{1, 2, 3}, std::vector<double>{5, 5, 5}), 0);
}

// ---- divergence, streams, xz

TEST(Metrics, KullbackLeiblerByHand) {
  const std::vector<double> p{0.5, 0.5, 0}, q{0.25, 0.5, 0.25};
  EXPECT_DOUBLE_EQ(kl_divergence(p, p), 0);
  EXPECT_NEAR(kl_divergence(p, q), 0.5 * std::log(2.0), 1e-12);
  EXPECT_EQ(kl_divergence(q, p), std::numeric_limits<double>::infinity());
  unroll::testing::expect_error([&] { kl_divergence(p, std::vector<double>(2, 0.5)); },
                                Error::Cause::kMachine, "expected 3 probabilities");
}

TEST(TextStreams, APartGoesOnWhereTheLastOneEnded) {
  std::vector<std::int32_t> text(21);
  std::iota(text.begin(), text.end(), 0);
  const TextStreams streams(text, 2, 10);  // two streams of ten, one window
  const TextStreams::Window part = streams.part(4, 3);
  for (std::int64_t t = 0; t < 3; ++t)
    for (std::int64_t b = 0; b < 2; ++b) {
      EXPECT_EQ(part.inputs.at({t, b}), static_cast<double>(10 * b + 4 + t));
      EXPECT_EQ(part.targets.at({t, b}), static_cast<double>(10 * b + 5 + t));
    }
}

TEST(Compression, WhatIsKnownCostsLess) {
  Random random(1, "test");
  std::string text;
  for (int i = 0; i < 4000; ++i) text += static_cast<char>('a' + random.below(26));
  const std::optional<double> alone = xz_bits_after("", text), again = xz_bits_after(text, text);
  if (!alone) GTEST_SKIP() << "there is no xz here";
  EXPECT_GT(*alone, 4000 * std::log2(26.0));
  EXPECT_LT(*alone, 4000 * std::log2(26.0) * 1.1);
  EXPECT_LT(*again, 0.05 * *alone);
}

}  // namespace
}  // namespace unroll::lessons
