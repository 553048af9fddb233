// What kernels throw for a variable of the environment with a value that they cannot use.
#pragma once

#include <stdexcept>

namespace unroll::kernels {

/// `what()` names the variable, its value and what was expected.
struct EnvironmentError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

}  // namespace unroll::kernels
