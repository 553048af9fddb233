// How surprising a result would be if there were nothing to find, also when much was tried.
#pragma once

#include <span>
#include <vector>

namespace unroll::lessons {

/// The probability that a standard normal number is below z.
double normal_probability(double z);
/// The z below which it is with this probability, 0 < p < 1.
double normal_quantile(double p);

/// The p values of several tests, adjusted so that those below α may all be believed together: if
/// nothing is there, the probability that even one of them falls below α is at most α. The k-th
/// smallest of m is multiplied by m − k + 1, and none is below one before it. They may depend on
/// each other. S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
/// Journal of Statistics 6, 1979.
std::vector<double> holm_adjusted(std::span<const double> p);

/// The value below which a share q of `sorted` lies (0 ≤ q ≤ 1), straight lines between the values;
/// NaN when there are none.
double quantile_of_sorted(std::span<const double> sorted, double q);

}  // namespace unroll::lessons
