// Pieces of words, alignment error and principal components against values computed by hand.
#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "engine/random.h"
#include "lessons/support/alignment_error.h"
#include "lessons/support/bpe.h"
#include "lessons/support/lexical_alignment.h"
#include "lessons/support/pca.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_error;
using Words = std::vector<std::string>;
using Numbers = std::vector<double>;

// Each word as often as its number says.
Words repeated(const std::vector<std::pair<std::string, int>>& counts) {
  Words words;
  for (const auto& [word, count] : counts)
    words.insert(words.end(), static_cast<std::size_t>(count), word);
  return words;
}

TEST(Bpe, LearnsTheMostFrequentPairsFirst) {
  // The words of the paper's example. es and st come 9 times each; of those that are equally
  // frequent the first by its letters is taken: "e@@ s@@" before "s@@ t".
  const std::vector<Words> texts{
      repeated({{"low", 5}, {"lower", 2}, {"newest", 6}, {"widest", 3}})};
  const Bpe bpe = Bpe::learn(texts, 5);
  const std::vector<std::pair<std::string, std::string>> expected{
      {"e@@", "s@@"}, {"es@@", "t"}, {"l@@", "o@@"}, {"e@@", "w@@"}, {"ew@@", "est"}};
  EXPECT_EQ(bpe.merges(), expected);
  EXPECT_EQ(bpe.apply(Words{"lowest", "newest", "low"}),
            (Words{"lo@@", "w@@", "est", "n@@", "ewest", "lo@@", "w"}));
}

TEST(Bpe, EndsWhenNoPairComesTwice) {
  const std::vector<Words> texts{{"ab", "ab", "cd"}};
  const Bpe bpe = Bpe::learn(texts, 100);
  ASSERT_EQ(bpe.merges().size(), 1u);
  EXPECT_EQ(bpe.apply(Words{"ab", "cd", "abb"}), (Words{"ab", "c@@", "d", "a@@", "b@@", "b"}));
}

TEST(Bpe, EqualLettersInARowMergeFromTheLeft) {
  const std::vector<Words> texts{{"aaaaa", "aaaaa"}};
  const Bpe bpe = Bpe::learn(texts, 1);  // a@@ a@@ comes 6 times, a@@ a twice
  EXPECT_EQ(bpe.apply(Words{"aaaaa"}), (Words{"aa@@", "aa@@", "a"}));
}

TEST(Bpe, JoinReversesApplyForWordsNeverSeen) {
  const std::vector<Words> texts{{"été", "été", "hôtel", "hôtels", "l'été"}};
  for (const int merges : {0, 1, 4, 100}) {
    const Bpe bpe = Bpe::learn(texts, merges);
    const Words words{"été", "hôtelier", "日本", "x", "l'hôtel", "@"};
    EXPECT_EQ(join_pieces(bpe.apply(words)), words) << merges << " merges";
  }
  EXPECT_EQ(join_pieces(Words{"ho@@", "t@@"}), (Words{"hot"}));  // a translation cut short
}

TEST(AlignmentError, ByHand) {
  AlignmentError error;
  // A = {00, 11, 12, 33}, S = {00, 11, 22}, P = S + {12}: |A∩S| = 2, |A∩P| = 3.
  error.add({{0, 0}, {1, 1}, {1, 2}, {3, 3}}, {{0, 0}, {1, 1}, {2, 2}}, {{1, 2}});
  EXPECT_DOUBLE_EQ(error.rate(), 1 - 5.0 / 7);
  EXPECT_DOUBLE_EQ(error.precision(), 3.0 / 4);
  EXPECT_DOUBLE_EQ(error.recall(), 2.0 / 3);
  // A second sentence, all right: counts add up.
  error.add({{0, 1}, {1, 0}}, {{0, 1}, {1, 0}});
  EXPECT_DOUBLE_EQ(error.rate(), 1 - 9.0 / 11);
  EXPECT_TRUE(std::isnan(AlignmentError().rate()));
}

TEST(AlignmentError, LinksFromWeights) {
  EXPECT_EQ(largest_links(Numbers{0.1, 0.7, 0.2, 0.5, 0.5, 0.0}, 2, 3), (Links{{1, 0}, {0, 1}}));
  EXPECT_EQ(diagonal_links(4, 4), (Links{{0, 0}, {1, 1}, {2, 2}, {3, 3}}));
  EXPECT_EQ(diagonal_links(4, 2), (Links{{0, 0}, {0, 1}, {1, 2}, {1, 3}}));
  EXPECT_EQ(diagonal_links(2, 6), (Links{{1, 0}, {4, 1}}));
  expect_error([] { largest_links(Numbers{1, 2}, 1, 3); }, Error::Cause::kMachine, "got 2");
}

TEST(LexicalAligner, FirstRoundsByHand) {
  // "the house" = "la maison", "the" = "la", with the empty word ε beside. After one round, from
  // counts of 1/3 (first pair) and 1/2 (second): t(la|the) = (1/3 + 1/2)/(1/3 + 1/3 + 1/2) = 5/7,
  // t(maison|the) = 2/7, t(la|house) = t(maison|house) = 1/2, ε as the.
  const std::vector<std::vector<std::int32_t>> source{{0, 1}, {0}}, target{{0, 1}, {0}};
  const LexicalAligner aligner(source, target, 1);
  EXPECT_EQ(aligner.align(source[0], target[0]), (Links{{1, 1}}));  // la: ε is as likely as the
}

TEST(LexicalAligner, FindsWhatComesTogether) {
  // Pairs of three words in another order each; word w is translated by w + 10.
  std::vector<std::vector<std::int32_t>> source, target;
  for (std::int32_t i = 0; i < 9; ++i)
    for (std::int32_t j = 0; j < i; ++j) {
      const std::int32_t k = (i + 3 * j + 1) % 9;
      if (k == i || k == j) continue;
      source.push_back({i, j, k});
      target.push_back({k + 10, i + 10, j + 10});
    }
  const LexicalAligner aligner(source, target);
  for (std::size_t i = 0; i < source.size(); ++i)
    EXPECT_EQ(aligner.align(source[i], target[i]), (Links{{2, 0}, {0, 1}, {1, 2}}));
  EXPECT_TRUE(aligner.align(std::vector<std::int32_t>{77}, std::vector<std::int32_t>{77}).empty());
}

TEST(PrincipalComponents, OfAnEllipse) {
  // Points along (0.6, 0.8) with spread 5 and across with spread 2, around (10, −3).
  const Numbers points{10 + 3, -3 + 4, 10 - 3, -3 - 4, 10 - 1.6, -3 + 1.2, 10 + 1.6, -3 - 1.2};
  const PrincipalComponents found = principal_components(points, 2, 2);
  EXPECT_NEAR(found.shares[0], 25.0 / 29, 1e-12);
  EXPECT_NEAR(found.shares[1], 4.0 / 29, 1e-12);
  const std::vector<Numbers> expected{{5, -5, 0, 0}, {0, 0, 2, -2}};
  for (std::size_t c = 0; c < 2; ++c)
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(std::abs(found.coordinates[c][i]), std::abs(expected[c][i]), 1e-12);
}

TEST(PrincipalComponents, FewerPointsThanFeaturesAndTheOtherWayRound) {
  // All components together keep the distances of the points, whichever matrix they came from.
  Random random(1, "points");
  for (const auto& [points, features] : {std::pair{5, 12}, std::pair{12, 5}}) {
    Numbers values;
    for (int i = 0; i < points * features; ++i) values.push_back(random.next_uniform() - 0.5);
    const PrincipalComponents found = principal_components(values, features, 5);
    double shares = 0;
    for (const double share : found.shares) shares += share;
    EXPECT_NEAR(shares, 1, 1e-12);
    for (std::size_t c = 1; c < 5; ++c) EXPECT_LE(found.shares[c], found.shares[c - 1]);
    for (int i = 1; i < points; ++i) {
      double distance = 0, projected = 0;
      for (int j = 0; j < features; ++j)
        distance += std::pow(values[static_cast<std::size_t>(i * features + j)] -
                                 values[static_cast<std::size_t>(j)],
                             2);
      for (const Numbers& coordinates : found.coordinates)
        projected += std::pow(coordinates[static_cast<std::size_t>(i)] - coordinates[0], 2);
      EXPECT_NEAR(projected, distance, 1e-10);
    }
  }
}

TEST(PrincipalComponents, EqualPointsHaveNoSpread) {
  const PrincipalComponents found = principal_components(Numbers{1, 2, 1, 2, 1, 2}, 2, 2);
  EXPECT_EQ(found.shares, (Numbers{0, 0}));
  EXPECT_EQ(found.coordinates[0], (Numbers{0, 0, 0}));
  expect_error([] { principal_components(Numbers{1, 2}, 2, 2); }, Error::Cause::kMachine, "got 2");
}

}  // namespace
}  // namespace unroll::lessons
