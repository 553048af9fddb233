// Averages, spreads and scores.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <vector>

namespace unroll::lessons {

/// The mean of `values`; NaN when there are none.
double mean(std::span<const double> values);

/// The standard deviation of a sample (divided by n - 1); NaN for fewer than two values.
double standard_deviation(std::span<const double> values);

/// "16.30 ± 0.12", mean and standard deviation; a single value stands alone.
std::string mean_and_deviation(std::span<const double> values, int decimals);

/// What `pick` takes from each item, to be averaged.
template <class Items, class Pick>
std::vector<double> collect(const Items& items, Pick pick) {
  std::vector<double> values;
  for (const auto& item : items) values.push_back(pick(item));
  return values;
}

/// The share of predictions that equal their target; NaN when there are none. Throws `Error` when
/// the lengths differ.
double accuracy(std::span<const std::int32_t> predictions, std::span<const std::int32_t> targets);

/// The Kullback–Leibler divergence Σ p ln(p/q) of two distributions over the same things, in nats:
/// 0 when they are equal, infinite where q excludes what p has. Throws `Error` when the lengths
/// differ.
double kl_divergence(std::span<const double> p, std::span<const double> q);

/// Nats (natural logarithm) as bits.
inline double nats_to_bits(double nats) { return nats / std::numbers::ln2; }

/// The weighted mean of values that arrive one by one; NaN before the first.
class RunningMean {
 public:
  /// `weight`: how many items `value` is the mean of.
  void add(double value, double weight = 1.0) {
    sum_ += value * weight;
    weight_ += weight;
  }
  double value() const {
    return weight_ > 0 ? sum_ / weight_ : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double sum_ = 0;
  double weight_ = 0;
};

/// An average that forgets: each value counts `decay` times as much as the one after it. Divided by
/// the sum of the weights, so that the first values are not drawn towards zero.
class ExponentialAverage {
 public:
  explicit ExponentialAverage(double decay) : decay_(decay) {}
  void add(double value) {
    sum_ = decay_ * sum_ + value;
    weight_ = decay_ * weight_ + 1;
  }
  bool has_value() const { return weight_ > 0; }
  double value() const {
    return weight_ > 0 ? sum_ / weight_ : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double decay_;
  double sum_ = 0;
  double weight_ = 0;
};

}  // namespace unroll::lessons
