// CPU GEMM rung 1: three loops.
//
// Idea: the definition as it stands. An element of C is the sum along a row of A and a column of B.
// Beats: nothing; the others are compared with it.
// Limited by: waiting. Each addition to a sum waits for the one before it, some four cycles, in
//   which the vector units could do up to 128 multiply-adds. And a column of B has each element in
//   another cache line: where B is large, 64 bytes are fetched for the 4 that are used.
// Read next: 2_blocked.cpp.
#include "kernels/matmul/cpu/ladder.h"

namespace unroll::kernels {

template <class Device>
void naive_product(Device, const DenseProduct& product) {
  const auto [m, n, k, a, b, c] = product;
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      float sum = 0;
      for (int64_t p = 0; p < k; ++p) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }
}

template void naive_product(UNROLL_CPU_LEVEL, const DenseProduct&);

}  // namespace unroll::kernels
