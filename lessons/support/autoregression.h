// Linear autoregression, the baseline that a forecasting network has to beat:
//
//   x_t = c + φ_1·x_{t−1} + … + φ_p·x_{t−p} + noise,
//
// fitted by least squares. Several steps ahead, its own forecasts stand in for what is not known.
// G. E. P. Box and G. M. Jenkins, "Time Series Analysis", 1970, chapters 3, 5 and 7.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace unroll::lessons {

/// The w for which ‖Xw − y‖ is least, by Householder reflections; X is (rows, columns), row-major,
/// with rows ≥ columns. A column that depends linearly on those before it gets weight 0. G. H.
/// Golub, "Numerical methods for solving linear least squares problems", 1965.
std::vector<double> least_squares(std::vector<double> x, std::vector<double> y,
                                  std::int64_t columns);

class Autoregression {
 public:
  /// Fits order p ≥ 1 to `values`. Throws `Error` for fewer than 2p + 1 of them.
  Autoregression(std::span<const double> values, std::int64_t order);

  std::int64_t order() const { return static_cast<std::int64_t>(weights_.size()) - 1; }
  /// c, φ_1, …, φ_p.
  const std::vector<double>& weights() const { return weights_; }

  /// The next `horizon` values after `known`, which holds at least p.
  std::vector<double> forecast(std::span<const double> known, std::int64_t horizon) const;

 private:
  std::vector<double> weights_;
};

}  // namespace unroll::lessons
