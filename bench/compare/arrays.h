// The numbers that contenders are given, and whether what they return is right.
#pragma once

#include <filesystem>
#include <vector>

#include "bench/compare/case.h"

namespace unroll::compare {

/// Writes the inputs of a case, the same at every call: weights and biases from U(−1/√k, 1/√k) with
/// k the length of a product's sums, all else from U(−1, 1).
void write_inputs(const Case& one, const std::filesystem::path& file);

/// The results of a case as a contender wrote them; an empty list when the file has another size.
std::vector<float> read_results_of(const Case& one, const std::filesystem::path& file);

struct Difference {
  double error = 0;  // as a share of the largest number of the array; infinite where one is NaN
  std::string array;
};

/// Where `theirs` differs most from `ours`.
Difference largest_difference(const Case& one, const std::vector<float>& ours,
                              const std::vector<float>& theirs);

}  // namespace unroll::compare
