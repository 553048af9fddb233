#include "bench/compare/statistics.h"

#include <algorithm>
#include <cmath>

namespace unroll::compare {

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double position = share * static_cast<double>(values.size() - 1);
  const size_t below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], position - std::floor(position));
}

double median(const std::vector<double>& values) { return quantile(values, 0.5); }

double geometric_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return std::exp(sum / static_cast<double>(values.size()));
}

double usual_speed(const std::vector<double>& probes) { return quantile(probes, 0.9); }

bool counts(const Sample& sample, double usual_speed) {
  return sample.probe >= kUndisturbed * usual_speed && sample.waited <= kPatient;
}

std::optional<Timing> timing(const std::vector<Sample>& samples, double usual_speed) {
  if (samples.empty()) return std::nullopt;
  std::vector<double> all, good;
  for (const Sample& sample : samples) {
    all.push_back(sample.seconds);
    if (counts(sample, usual_speed)) good.push_back(sample.seconds);
  }
  const bool noisy = good.size() < kEnough;
  const std::vector<double>& used = noisy ? all : good;
  return Timing{median(used), quantile(used, 0.25),     quantile(used, 0.75),
                good.size(),  all.size() - good.size(), noisy};
}

std::optional<double> ratio(const std::vector<Sample>& theirs, const std::vector<Sample>& ours,
                            double usual_speed) {
  std::vector<double> all, good;
  for (size_t round = 0; round < std::min(theirs.size(), ours.size()); ++round) {
    const double value = theirs[round].seconds / ours[round].seconds;
    all.push_back(value);
    if (counts(theirs[round], usual_speed) && counts(ours[round], usual_speed))
      good.push_back(value);
  }
  if (all.empty()) return std::nullopt;
  return median(good.size() < kEnough ? all : good);
}

}  // namespace unroll::compare
