// A table that shows that two ways to compute something give the same numbers.
#pragma once

#include <string>
#include <vector>

#include "engine/tensor.h"
#include "lessons/support/json.h"

namespace unroll::lessons {

/// The same results by another way, in f64 or f32.
struct OtherWay {
  std::string title;  // of its column
  std::string key;    // in metrics.json
  Tensors results;
};

/// Prints how far the results of the other ways are from `expected` (f64), `names` of them, and
/// returns it for metrics.json. Throws `Error` unless they are equal but for rounding.
Json print_equality(const std::vector<std::string>& names, const Tensors& expected,
                    const std::vector<OtherWay>& others);

}  // namespace unroll::lessons
