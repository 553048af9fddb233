#include "lessons/support/metrics.h"

#include "engine/error.h"
#include "lessons/support/format.h"

namespace unroll::lessons {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double mean(std::span<const double> values) {
  if (values.empty()) return kNothing;
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return kNothing;
  const double center = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - center) * (value - center);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

std::string mean_and_deviation(std::span<const double> values, int decimals) {
  std::string text = format_fixed(mean(values), decimals);
  if (values.size() > 1) text += " ± " + format_fixed(standard_deviation(values), decimals);
  return text;
}

double kl_divergence(std::span<const double> p, std::span<const double> q) {
  require(p.size() == q.size(), "[kl_divergence] expected ", p.size(), " probabilities, got ",
          q.size());
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] > 0) sum += p[i] * std::log(p[i] / q[i]);
  return sum;
}

double accuracy(std::span<const std::int32_t> predictions, std::span<const std::int32_t> targets) {
  require(predictions.size() == targets.size(), "[accuracy] expected ", targets.size(),
          " predictions, one a target, got ", predictions.size());
  if (targets.empty()) return kNothing;
  std::size_t correct = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) correct += predictions[i] == targets[i];
  return static_cast<double>(correct) / static_cast<double>(targets.size());
}

}  // namespace unroll::lessons
