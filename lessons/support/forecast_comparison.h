// Whether one way to forecast is better than another, and how far a forecast may be off.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace unroll::lessons {

/// Whether losses differ by more than chance: the statistic of Diebold and Mariano for a_i − b_i,
/// one pair an origin, in order. Below −2 a is better, above 2 b is better, in between there is no
/// difference that such a sample could show. Neighbouring origins look at the same steps, so the
/// variance of the mean takes `lags` autocovariances into account (horizon − 1 of them), with
/// Bartlett's weights and the correction for small samples. NaN for fewer than two pairs; 0 where
/// all are equal.
/// F. X. Diebold and R. S. Mariano, "Comparing predictive accuracy", 1995, eq. 2; W. K. Newey and
/// K. D. West, 1987, eq. 5; D. Harvey, S. Leybourne and P. Newbold, "Testing the equality of
/// prediction mean squared errors", 1997, eq. 9.
double diebold_mariano(std::span<const double> a, std::span<const double> b, std::int64_t lags);

/// How far forecasts were off in all but a few of the cases: the smallest of the absolute residuals
/// that at least `coverage` (0 to 1) of n + 1 of them do not exceed, the largest where there are
/// too few. If new residuals are like these, forecast ± this holds that share of the values.
/// V. Vovk, A. Gammerman and G. Shafer, "Algorithmic Learning in a Random World", 2005, chapter 4.
/// Throws `Error` without residuals.
double interval_half_width(std::vector<double> residuals, double coverage);

}  // namespace unroll::lessons
