// What `./unroll simt` can run: every op of tests/op_cases.h and every rung of the ladders.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace unroll::lab {

/// Sizes by their letters: {"T", 4}, {"B", 8}.
using Sizes = std::map<std::string, int64_t>;

struct Experiment {
  std::string name;  // "softmax/last", "lstm/3"
  std::string about;
  Sizes sizes;  // that it can be run with, and what they are unless told otherwise
  /// What `all` runs it with, one after the other.
  std::vector<Sizes> small;
  std::function<void(const Sizes&)> run;  // makes the inputs, begin_experiment(), runs the kernels
};

/// Called when the inputs are made: what follows is what somebody wants to see. gdb.py knows it.
void begin_experiment();

/// The rungs of the recurrent ladder and of the GEMM ladder.
std::vector<Experiment> ladders();

}  // namespace unroll::lab
