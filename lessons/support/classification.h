// What a classifier said, and how right it was: confusion matrix, F1, ROC curve, and whether two
// classifiers really differ.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace unroll::lessons {

/// The probabilities that a classifier gave to each class of some items.
struct Predictions {
  std::int64_t classes = 0;
  std::vector<double> probabilities = {};  // (items, classes)

  std::int64_t count() const {
    return classes > 0 ? static_cast<std::int64_t>(probabilities.size()) / classes : 0;
  }
  double at(std::int64_t item, std::int64_t label) const {
    return probabilities[static_cast<std::size_t>(item * classes + label)];
  }
  /// The likeliest class of each item, the first where several are.
  std::vector<std::int32_t> labels() const;
  /// The probabilities of one class.
  std::vector<double> of_class(std::int64_t label) const;
};

/// Counts of (true class, predicted class).
class ConfusionMatrix {
 public:
  /// Throws `Error` when the lengths differ or a label is not from 0 to `classes` − 1.
  ConfusionMatrix(std::span<const std::int32_t> predictions, std::span<const std::int32_t> targets,
                  std::int64_t classes);

  std::int64_t classes() const { return classes_; }
  std::int64_t count(std::int64_t target, std::int64_t prediction) const;

  double accuracy() const;
  /// Of those predicted as `label`, the share that are; of those that are, the share predicted so.
  /// 0 where there are none.
  double precision(std::int64_t label) const;
  double recall(std::int64_t label) const;
  /// 2·precision·recall/(precision + recall), 0 where both are 0.
  double f1(std::int64_t label) const;
  /// The mean of F1 over the classes: a class counts the same however rare it is.
  double macro_f1() const;

 private:
  std::int64_t classes_;
  std::vector<std::int64_t> counts_;  // (target, prediction)
};

/// The ROC curve of a score that should be high for positives: for each threshold, which share of
/// the negatives is above it (x) and which share of the positives (y); from (0, 0) to (1, 1).
struct RocCurve {
  std::vector<double> false_positive_rate, true_positive_rate;
  /// The area under it: the probability that a positive has a higher score than a negative, equal
  /// scores counting half.
  double auc = 0;
};

/// Throws `Error` when the lengths differ, NaN is among the scores, or a class is missing.
RocCurve roc_curve(std::span<const double> scores, const std::vector<bool>& is_positive);

/// One class against all others.
RocCurve roc_curve(const Predictions& predictions, std::span<const std::int32_t> targets,
                   std::int64_t label);

struct ClassificationScores {
  double accuracy = 0;
  double macro_f1 = 0;
  double auc = 0;       // with two classes of the last; otherwise the mean, each against the rest
  double log_loss = 0;  // mean of −ln p(true class), p at least 1e-15
};

ClassificationScores score_classification(const Predictions& predictions,
                                          std::span<const std::int32_t> targets);

/// For each item 1 where the likeliest class is right, else 0.
std::vector<double> correctness(const Predictions& predictions,
                                std::span<const std::int32_t> targets);

/// The mean difference of two classifiers on the same items, divided by its standard error: chance
/// alone seldom drives it beyond ±2. Positive where `first` is better. With one 0 or 1 an item this
/// is McNemar's test as a z value; an item may also hold a mean over seeds. 0 where they do not
/// differ at all. Throws `Error` when the lengths differ.
double paired_z(std::span<const double> first, std::span<const double> second);

/// Runs of a network (one a seed) against a baseline, on the same items.
struct BaselineComparison {
  double difference = 0;  // of the mean accuracy
  double z = 0;           // `paired_z`, with the mean over the runs
  /// 1 beats the baseline, −1 is worse, 0 no difference: beyond ±2 standard errors and by more than
  /// the deviation between the runs.
  int outcome = 0;

  /// "beats the best baseline", "did not beat the baseline, …".
  std::string text() const;
};

BaselineComparison compare_with_baseline(std::span<const Predictions> runs,
                                         const Predictions& baseline,
                                         std::span<const std::int32_t> targets);

}  // namespace unroll::lessons
