// Principal components: points of many dimensions seen from where they spread most.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace unroll::lessons {

struct PrincipalComponents {
  std::vector<std::vector<double>> coordinates;  // along each component, one for each point
  std::vector<double> shares;                    // of the whole variance, the largest first
};

/// The first `count` principal components of `points` (points, features), row-major, which are
/// centred here. Their signs are such that the largest coordinate by absolute value is positive.
/// Throws `Error` unless 1 ≤ `count` ≤ both sizes.
PrincipalComponents principal_components(std::span<const double> points, std::int64_t features,
                                         std::int64_t count);

}  // namespace unroll::lessons
