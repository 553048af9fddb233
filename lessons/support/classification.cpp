#include "lessons/support/classification.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/error.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

}  // namespace

std::vector<std::int32_t> Predictions::labels() const {
  std::vector<std::int32_t> labels;
  for (std::int64_t item = 0; item < count(); ++item) {
    const auto row = probabilities.begin() + item * classes;
    labels.push_back(static_cast<std::int32_t>(std::max_element(row, row + classes) - row));
  }
  return labels;
}

std::vector<double> Predictions::of_class(std::int64_t label) const {
  std::vector<double> values;
  for (std::int64_t item = 0; item < count(); ++item) values.push_back(at(item, label));
  return values;
}

// ---- confusion matrix

ConfusionMatrix::ConfusionMatrix(std::span<const std::int32_t> predictions,
                                 std::span<const std::int32_t> targets, std::int64_t classes)
    : classes_(classes), counts_(static_cast<std::size_t>(classes * classes)) {
  require(predictions.size() == targets.size(), "[ConfusionMatrix] expected ", targets.size(),
          " predictions, one a target, got ", predictions.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (const std::int32_t label : {predictions[i], targets[i]})
      require(label >= 0 && label < classes, "[ConfusionMatrix] expected labels from 0 to ",
              classes - 1, ", got ", label);
    ++counts_[static_cast<std::size_t>(targets[i] * classes + predictions[i])];
  }
}

std::int64_t ConfusionMatrix::count(std::int64_t target, std::int64_t prediction) const {
  return counts_[static_cast<std::size_t>(target * classes_ + prediction)];
}

double ConfusionMatrix::accuracy() const {
  std::int64_t right = 0;
  for (std::int64_t label = 0; label < classes_; ++label) right += count(label, label);
  return share(right, std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}));
}

double ConfusionMatrix::precision(std::int64_t label) const {
  std::int64_t predicted = 0;
  for (std::int64_t target = 0; target < classes_; ++target) predicted += count(target, label);
  return share(count(label, label), predicted);
}

double ConfusionMatrix::recall(std::int64_t label) const {
  std::int64_t present = 0;
  for (std::int64_t said = 0; said < classes_; ++said) present += count(label, said);
  return share(count(label, label), present);
}

double ConfusionMatrix::f1(std::int64_t label) const {
  const double p = precision(label), r = recall(label);
  return p + r > 0 ? 2 * p * r / (p + r) : 0.0;
}

double ConfusionMatrix::macro_f1() const {
  RunningMean all;
  for (std::int64_t label = 0; label < classes_; ++label) all.add(f1(label));
  return all.value();
}

// ---- ROC

RocCurve roc_curve(std::span<const double> scores, const std::vector<bool>& is_positive) {
  require(scores.size() == is_positive.size(), "[roc_curve] expected ", is_positive.size(),
          " scores, got ", scores.size());
  require(std::none_of(scores.begin(), scores.end(), [](double s) { return std::isnan(s); }),
          "[roc_curve] a score is NaN");
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [scores](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  const auto positives = std::count(is_positive.begin(), is_positive.end(), true);
  const auto negatives = static_cast<std::int64_t>(is_positive.size()) - positives;
  require(positives > 0 && negatives > 0, "[roc_curve] expected positives and negatives, got ",
          positives, " and ", negatives);
  RocCurve curve{{0.0}, {0.0}};
  std::int64_t above[2] = {0, 0};  // negatives and positives so far
  for (std::size_t i = 0; i < order.size(); ++i) {
    ++above[is_positive[order[i]] ? 1 : 0];
    // Equal scores cannot be told apart by a threshold: they make one step.
    if (i + 1 < order.size() && scores[order[i + 1]] == scores[order[i]]) continue;
    const double x = share(above[0], negatives), y = share(above[1], positives);
    curve.auc += (x - curve.false_positive_rate.back()) * (y + curve.true_positive_rate.back()) / 2;
    curve.false_positive_rate.push_back(x);
    curve.true_positive_rate.push_back(y);
  }
  return curve;
}

RocCurve roc_curve(const Predictions& predictions, std::span<const std::int32_t> targets,
                   std::int64_t label) {
  std::vector<bool> is_positive;
  for (const std::int32_t target : targets) is_positive.push_back(target == label);
  return roc_curve(predictions.of_class(label), is_positive);
}

// ---- scores

ClassificationScores score_classification(const Predictions& predictions,
                                          std::span<const std::int32_t> targets) {
  const ConfusionMatrix confusion(predictions.labels(), targets, predictions.classes);
  RunningMean auc, loss;
  for (std::int64_t label = predictions.classes == 2 ? 1 : 0; label < predictions.classes; ++label)
    auc.add(roc_curve(predictions, targets, label).auc);
  for (std::size_t i = 0; i < targets.size(); ++i)
    loss.add(-std::log(std::max(1e-15, predictions.at(static_cast<std::int64_t>(i), targets[i]))));
  return {confusion.accuracy(), confusion.macro_f1(), auc.value(), loss.value()};
}

std::vector<double> correctness(const Predictions& predictions,
                                std::span<const std::int32_t> targets) {
  const std::vector<std::int32_t> labels = predictions.labels();
  require(labels.size() == targets.size(), "[correctness] expected ", targets.size(),
          " predictions, got ", labels.size());
  std::vector<double> right;
  for (std::size_t i = 0; i < labels.size(); ++i)
    right.push_back(labels[i] == targets[i] ? 1.0 : 0.0);
  return right;
}

double paired_z(std::span<const double> first, std::span<const double> second) {
  require(first.size() == second.size(), "[paired_z] expected as many items twice, got ",
          first.size(), " and ", second.size());
  std::vector<double> difference;
  for (std::size_t i = 0; i < first.size(); ++i) difference.push_back(first[i] - second[i]);
  // Under "no difference" the mean is 0, so that is what deviations are measured from.
  double squares = 0;
  for (const double d : difference) squares += d * d;
  if (squares == 0) return 0;
  return mean(difference) * static_cast<double>(difference.size()) / std::sqrt(squares);
}

std::string BaselineComparison::text() const {
  if (outcome > 0) return "beats the best baseline";
  return outcome == 0 ? "did not beat the baseline, no difference"
                      : "did not beat the baseline, it is worse";
}

BaselineComparison compare_with_baseline(std::span<const Predictions> runs,
                                         const Predictions& baseline,
                                         std::span<const std::int32_t> targets) {
  std::vector<double> right(targets.size());  // averaged over the runs
  std::vector<double> accuracies;
  for (const Predictions& run : runs) {
    const std::vector<double> of_run = correctness(run, targets);
    accuracies.push_back(mean(of_run));
    for (std::size_t i = 0; i < right.size(); ++i)
      right[i] += of_run[i] / static_cast<double>(runs.size());
  }
  const std::vector<double> of_baseline = correctness(baseline, targets);
  BaselineComparison comparison{mean(accuracies) - mean(of_baseline), paired_z(right, of_baseline)};
  const double spread = runs.size() > 1 ? standard_deviation(accuracies) : 0.0;
  if (std::abs(comparison.z) > 2 && std::abs(comparison.difference) > spread)
    comparison.outcome = comparison.difference > 0 ? 1 : -1;
  return comparison;
}

}  // namespace unroll::lessons
