// Scores of classifiers against values computed by hand, and Naive Bayes.
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

#include "lessons/support/classification.h"
#include "lessons/support/contributions.h"
#include "lessons/support/metrics.h"
#include "lessons/support/naive_bayes.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_error;
using Labels = std::vector<std::int32_t>;
using Numbers = std::vector<double>;
using Texts = std::vector<std::vector<std::string>>;

TEST(Classification, ConfusionMatrixAndF1OfThreeClasses) {
  //             said 0  1  2
  //        is 0:     3  1  0
  //           1:     0  2  2
  //           2:     0  0  2
  const Labels targets{0, 0, 0, 0, 1, 1, 1, 1, 2, 2};
  const Labels said{0, 0, 0, 1, 1, 1, 2, 2, 2, 2};
  const ConfusionMatrix confusion(said, targets, 3);
  EXPECT_EQ(confusion.count(0, 1), 1);
  EXPECT_EQ(confusion.count(1, 2), 2);
  EXPECT_EQ(confusion.count(2, 0), 0);
  EXPECT_DOUBLE_EQ(confusion.accuracy(), 0.7);
  EXPECT_DOUBLE_EQ(confusion.precision(0), 1.0);
  EXPECT_DOUBLE_EQ(confusion.recall(0), 0.75);
  EXPECT_DOUBLE_EQ(confusion.f1(0), 6.0 / 7);
  EXPECT_DOUBLE_EQ(confusion.f1(1), 4.0 / 7);  // precision 2/3, recall 1/2
  EXPECT_DOUBLE_EQ(confusion.f1(2), 2.0 / 3);  // precision 1/2, recall 1
  EXPECT_DOUBLE_EQ(confusion.macro_f1(), (6.0 / 7 + 4.0 / 7 + 2.0 / 3) / 3);
}

TEST(Classification, AClassThatIsNeverSaidHasF1Zero) {
  const ConfusionMatrix confusion(Labels{0, 0, 0, 0}, Labels{0, 0, 0, 1}, 2);
  EXPECT_DOUBLE_EQ(confusion.precision(1), 0.0);
  EXPECT_DOUBLE_EQ(confusion.f1(1), 0.0);
  EXPECT_DOUBLE_EQ(confusion.macro_f1(), 6.0 / 7 / 2);
  EXPECT_DOUBLE_EQ(confusion.accuracy(), 0.75);
}

TEST(Classification, LabelsOutsideAreRefused) {
  const auto kInternal = Error::Cause::kMachine;
  expect_error([] { ConfusionMatrix(Labels{0, 2}, Labels{0, 1}, 2); }, kInternal, "got 2");
  expect_error([] { ConfusionMatrix(Labels{0}, Labels{0, 1}, 2); }, kInternal, "expected 2");
}

TEST(Classification, RocCurveByHand) {
  // From the highest score: + − + − : 3 of the 4 pairs are in order.
  const RocCurve curve = roc_curve(Numbers{0.9, 0.8, 0.6, 0.1}, {true, false, true, false});
  EXPECT_EQ(curve.false_positive_rate, (Numbers{0, 0, 0.5, 0.5, 1}));
  EXPECT_EQ(curve.true_positive_rate, (Numbers{0, 0.5, 0.5, 1, 1}));
  EXPECT_DOUBLE_EQ(curve.auc, 0.75);
}

TEST(Classification, EqualScoresCountHalf) {
  EXPECT_DOUBLE_EQ(roc_curve(Numbers{1, 1, 1}, {true, false, false}).auc, 0.5);
  // Pairs (positive, negative): 2>1 yes, 2>2 half, 1>1 half, 1>2 no.
  const RocCurve curve = roc_curve(Numbers{2, 1, 1, 2}, {true, true, false, false});
  EXPECT_DOUBLE_EQ(curve.auc, 0.5);
  EXPECT_EQ(curve.true_positive_rate, (Numbers{0, 0.5, 1}));
  EXPECT_DOUBLE_EQ(roc_curve(Numbers{3, 2, 1}, {true, true, false}).auc, 1.0);
  EXPECT_DOUBLE_EQ(roc_curve(Numbers{3, 2, 1}, {false, true, true}).auc, 0.0);
}

TEST(Classification, ARocCurveNeedsBothClassesAndNumbers) {
  const auto kInternal = Error::Cause::kMachine;
  expect_error([] { roc_curve(Numbers{1, 2}, {true, true}); }, kInternal, "got 2 and 0");
  expect_error([] { roc_curve(Numbers{1, std::nan("")}, {true, false}); }, kInternal, "NaN");
}

TEST(Classification, ScoresOfThreeClassesAreMeansOfEachAgainstTheRest) {
  const Predictions predictions{3, {0.8, 0.1, 0.1, 0.2, 0.5, 0.3, 0.6, 0.1, 0.3}};
  const Labels targets{0, 1, 2};
  EXPECT_EQ(predictions.labels(), (Labels{0, 1, 0}));
  EXPECT_EQ(predictions.of_class(2), (Numbers{0.1, 0.3, 0.3}));
  const ClassificationScores scores = score_classification(predictions, targets);
  EXPECT_DOUBLE_EQ(scores.accuracy, 2.0 / 3);
  // AUC of class 0: 0.8 above 0.2 and 0.6; of 1: 0.5 above both; of 2: 0.3 above 0.1, equal to 0.3.
  EXPECT_DOUBLE_EQ(scores.auc, (1 + 1 + 0.75) / 3);
  EXPECT_NEAR(scores.log_loss, -(std::log(0.8) + std::log(0.5) + std::log(0.3)) / 3, 1e-12);
}

TEST(Classification, TwoClassesHaveTheAucOfTheLast) {
  const Predictions predictions{2, {0.9, 0.1, 0.3, 0.7, 0.4, 0.6, 0.8, 0.2}};
  EXPECT_DOUBLE_EQ(score_classification(predictions, Labels{0, 1, 0, 1}).auc, 0.75);
}

TEST(Classification, PairedZIsMcNemarsTest) {
  // The first alone is right 9 times, the second alone 3 times: (9 − 3)/√(9 + 3).
  Numbers first, second;
  const auto add = [&](int times, double a, double b) {
    for (int i = 0; i < times; ++i) first.push_back(a), second.push_back(b);
  };
  add(9, 1, 0);
  add(3, 0, 1);
  add(20, 1, 1);
  EXPECT_NEAR(paired_z(first, second), 6 / std::sqrt(12.0), 1e-12);
  EXPECT_NEAR(paired_z(second, first), -6 / std::sqrt(12.0), 1e-12);
  EXPECT_EQ(paired_z(first, first), 0);
}

TEST(Classification, ADifferenceMustExceedChanceAndTheSpreadOfTheSeeds) {
  const Labels targets(100, 1);
  // A classifier that is right about the first `right` of them.
  const auto classifier = [](int right) {
    Predictions said{2};
    for (int i = 0; i < 100; ++i) {
      const double p = i < right ? 0.9 : 0.1;
      said.probabilities.insert(said.probabilities.end(), {1 - p, p});
    }
    return said;
  };
  const auto outcome = [&](std::vector<int> seeds, int baseline) {
    std::vector<Predictions> runs;
    for (const int right : seeds) runs.push_back(classifier(right));
    return compare_with_baseline(runs, classifier(baseline), targets).outcome;
  };
  EXPECT_EQ(outcome({90, 91, 92}, 70), 1);
  EXPECT_EQ(outcome({70, 71, 69}, 90), -1);
  EXPECT_EQ(outcome({72, 73}, 70), 0);      // chance
  EXPECT_EQ(outcome({60, 99, 98}, 70), 0);  // one seed decides
  EXPECT_EQ(outcome({70}, 70), 0);
  const std::vector<Predictions> runs{classifier(80)};
  const BaselineComparison comparison = compare_with_baseline(runs, classifier(80), targets);
  EXPECT_EQ(comparison.text(), "did not beat the baseline, no difference");
}

TEST(NaiveBayes, AgreesWithAComputationByHand) {
  const Texts texts{{"good", "film"}, {"good", "good", "plot"}, {"bad", "film"}};
  const NaiveBayes model(texts, Labels{1, 1, 0}, 2, 1);
  EXPECT_EQ(model.features(), 4);  // good, film, plot, bad
  // Class 1 has good in 2 texts, film and plot in 1: 4 in all; class 0 has bad and film: 2.
  // "good film unseen": p(1) ∝ 2/3 · 3/8 · 2/8, p(0) ∝ 1/3 · 1/6 · 2/6.
  const double one = 2.0 / 3 * 3 / 8 * 2 / 8, zero = 1.0 / 3 * 1 / 6 * 2 / 6;
  const Predictions said = model.predict(Texts{{"film", "good", "unseen", "good"}});
  EXPECT_NEAR(said.at(0, 1), one / (one + zero), 1e-12);
  EXPECT_NEAR(said.at(0, 0), zero / (one + zero), 1e-12);
}

TEST(NaiveBayes, PairsTellOrderApart) {
  Texts texts;
  Labels labels;
  for (int i = 0; i < 10; ++i) {
    texts.push_back({"not", "good", "but", "bad"});
    labels.push_back(0);
    texts.push_back({"not", "bad", "but", "good"});
    labels.push_back(1);
  }
  const NaiveBayes words(texts, labels, 2, 1), pairs(texts, labels, 2, 2);
  const Texts asked{{"not", "bad"}, {"not", "good"}};
  EXPECT_DOUBLE_EQ(words.predict(asked).at(0, 1), 0.5);
  EXPECT_GT(pairs.predict(asked).at(0, 1), 0.8);
  EXPECT_LT(pairs.predict(asked).at(1, 1), 0.2);
}

TEST(NaiveBayes, MajorityGivesTheSharesOfTheTrainingPart) {
  const Predictions said = majority_predictions(Labels{0, 1, 1, 1}, 2, 3);
  EXPECT_EQ(said.labels(), (Labels{1, 1, 1}));
  EXPECT_DOUBLE_EQ(said.at(2, 0), 0.25);
}

// A classifier whose log-odds are the sum of its words' numbers.
Predictions additive(const Texts& texts) {
  Predictions said{2};
  for (const auto& words : texts) {
    double sum = 0;
    for (const std::string& word : words) sum += std::stod(word);
    const double p = 1 / (1 + std::exp(-sum));
    said.probabilities.insert(said.probabilities.end(), {1 - p, p});
  }
  return said;
}

TEST(Contributions, OfAnAdditiveClassifierAreItsWeights) {
  const std::vector<double> found = leave_one_out(additive, {"2", "-1", "0.5"});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_NEAR(found[0], 2, 1e-9);
  EXPECT_NEAR(found[1], -1, 1e-9);
  EXPECT_NEAR(found[2], 0.5, 1e-9);
  EXPECT_NEAR(leave_one_out(additive, {"3"})[0], 3, 1e-9);
  EXPECT_TRUE(leave_one_out(additive, {}).empty());
  const std::vector<double> reading = log_odds_while_reading(additive, {"2", "-1", "0.5"});
  ASSERT_EQ(reading.size(), 3u);
  EXPECT_NEAR(reading[1], 1, 1e-9);
  EXPECT_NEAR(reading[2], 1.5, 1e-9);
}

TEST(Metrics, MeanAndDeviation) {
  EXPECT_EQ(mean_and_deviation(Numbers{1.5}, 1), "1.5");
  EXPECT_EQ(mean_and_deviation(Numbers{1, 3}, 2), "2.00 ± 1.41");
}

}  // namespace
}  // namespace unroll::lessons
