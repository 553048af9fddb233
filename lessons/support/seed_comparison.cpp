#include "lessons/support/seed_comparison.h"

#include <cmath>

#include "lessons/support/format.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

int compare_losses(std::span<const double> a, std::span<const double> b) {
  const double noise =
      (a.size() > 1 ? standard_deviation(a) : 0.0) + (b.size() > 1 ? standard_deviation(b) : 0.0);
  const double difference = mean(a) - mean(b);
  if (std::abs(difference) <= noise) return 0;
  return difference < 0 ? -1 : 1;
}

std::string describe_difference(std::span<const double> a, std::span<const double> b,
                                int decimals) {
  const int outcome = compare_losses(a, b);
  const std::string size = format_fixed(std::abs(mean(a) - mean(b)), decimals);
  if (outcome == 0 || size == format_fixed(0, decimals)) return "no difference (" + size + ")";
  return (outcome < 0 ? "better by " : "worse by ") + size;
}

}  // namespace unroll::lessons
