// What the numbers were measured on.
#pragma once

#include <string>

namespace unroll::bench {

struct Machine {
  std::string processor;  // "Intel(R) Xeon(R) Processor @ 2.10GHz"
  std::string simd;       // "avx512"
  std::string device;     // "cpu"
  int threads;

  /// All of it in a line.
  std::string str() const;
};

/// This machine, with the device that is the default one now.
Machine describe_machine(int threads);

/// Today in UTC, "2026-01-31".
std::string today();

}  // namespace unroll::bench
