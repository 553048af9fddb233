// CPU GEMM rung 2: along rows, in blocks of B that the second-level cache holds.
//
// Idea: a block of B, 256 × 256, is used for all rows of A before the next one. Inside of a block
//   the innermost loop goes along a row of B and a row of C, whose elements are independent sums.
// Beats rung 1 by: vectors, which the compiler makes of such a loop; whole cache lines that are
//   used; a B that comes from memory once and from the cache m − 1 times.
// Limited by: loads and stores. A vector of multiply-adds loads one of B and one of C, and stores
//   one of C; a processor stores one vector a cycle, at best, and could do two of multiply-adds.
// Read next: 3_packed.cpp.
#include "kernels/matmul/cpu/ladder.h"

namespace unroll::kernels {
namespace {

constexpr int64_t kDepth = 256, kColumns = 256;

constexpr int64_t smaller(int64_t x, int64_t y) { return x < y ? x : y; }

}  // namespace

template <class Device>
void blocked_product(Device, const DenseProduct& product) {
  const int64_t m = product.m, n = product.n, k = product.k;
  const float *a = product.a, *b = product.b;
  float* c = product.c;
  for (int64_t i = 0; i < m * n; ++i) c[i] = 0;
  for (int64_t left = 0; left < n; left += kColumns)
    for (int64_t top = 0; top < k; top += kDepth) {
      const int64_t right = smaller(n, left + kColumns), bottom = smaller(k, top + kDepth);
      for (int64_t i = 0; i < m; ++i)
        for (int64_t p = top; p < bottom; ++p) {
          const float a_p = a[i * k + p];
#pragma omp simd
          for (int64_t j = left; j < right; ++j) c[i * n + j] += a_p * b[p * n + j];
        }
    }
}

template void blocked_product(UNROLL_CPU_LEVEL, const DenseProduct&);

}  // namespace unroll::kernels
