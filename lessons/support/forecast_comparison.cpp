#include "lessons/support/forecast_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/error.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

double diebold_mariano(std::span<const double> a, std::span<const double> b, std::int64_t lags) {
  require(a.size() == b.size(), "[diebold_mariano] expected as many losses of both, got ", a.size(),
          " and ", b.size());
  if (a.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> difference;
  for (std::size_t i = 0; i < a.size(); ++i) difference.push_back(a[i] - b[i]);
  const double center = mean(difference);
  const auto n = static_cast<double>(difference.size());
  const auto autocovariance = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t i = lag; i < difference.size(); ++i)
      sum += (difference[i] - center) * (difference[i - lag] - center);
    return sum / n;
  };
  const std::size_t most = std::min(static_cast<std::size_t>(lags), difference.size() - 1);
  double variance = autocovariance(0);
  for (std::size_t lag = 1; lag <= most; ++lag)
    variance +=
        2 * (1 - static_cast<double>(lag) / static_cast<double>(most + 1)) * autocovariance(lag);
  if (variance <= 0) return 0;
  const double h = static_cast<double>(most) + 1;
  const double correction = std::sqrt(std::max(0.0, n + 1 - 2 * h + h * (h - 1) / n) / n);
  return correction * center / std::sqrt(variance / n);
}

double interval_half_width(std::vector<double> residuals, double coverage) {
  require(!residuals.empty(), "[interval_half_width] expected residuals, got none");
  for (double& residual : residuals) residual = std::abs(residual);
  std::sort(residuals.begin(), residuals.end());
  const auto n = static_cast<double>(residuals.size());
  const double rank = std::min(std::ceil(coverage * (n + 1) - 1e-9), n);
  return residuals[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace unroll::lessons
