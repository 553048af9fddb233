// A line of a kernel, for reports.
#pragma once

namespace unroll::kernels::simt {

/// Where a kernel calls __syncthreads and its like. As a default argument, `here()` is the caller's
/// line.
struct Place {
  const char* file;
  int line;

  static constexpr Place here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

}  // namespace unroll::kernels::simt

namespace simt = unroll::kernels::simt;
