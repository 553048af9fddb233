// Whether one network is better than another, judged by several seeds of each.
#pragma once

#include <span>
#include <string>

namespace unroll::lessons {

/// Whether losses a are lower (−1) or higher (1) than b, one a seed: by more than both standard
/// deviations together, which single values do not have. 0: no difference.
int compare_losses(std::span<const double> a, std::span<const double> b);

/// The same in words: "better by 0.051", "worse by 0.051", "no difference (0.002)", the last also
/// where so many decimals show none.
std::string describe_difference(std::span<const double> a, std::span<const double> b, int decimals);

}  // namespace unroll::lessons
