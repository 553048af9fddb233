// CPU GEMM rung 4: a tile of sums that stays in the vector registers.
//
// Idea: six rows of A go through a panel together. For each p a tile loads the panel's row p, four
//   vectors with AVX-512, and one number of each row of A, and multiplies each with each: the 24
//   vectors of sums fill the registers and leave them when all p are done.
// Beats rung 3 by: 24 multiply-adds for 10 loads instead of four for five; 24 sums that do not wait
//   for each other; a panel that is read once for six rows.
// Limited by: one core. On it, with large matrices, by C: each element is loaded and stored once
//   for every 256 terms, from wherever it lies. A tile at the edge computes rows that C has not.
// Read next: 5_threaded.cpp.
#include "kernels/matmul/cpu/ladder.h"
#include "kernels/panel.h"

namespace unroll::kernels {
namespace {

constexpr int64_t kDepth = 256;
constexpr int kVecs = kTileVecs, kRows = kTileRows<kVecs>;
constexpr int64_t kColumns = kVecs * kLanes<float>;

/// C (rows, columns) += the rows a[r] times a panel (depth, kColumns).
[[gnu::noinline]] void add_tile(int64_t depth, const float* const (&a)[kRows], const float* panel,
                                int64_t rows, int64_t columns, float* c, int64_t c_row) {
  Vec<float> sums[kRows][kVecs] = {};
  for (int64_t p = 0; p < depth; ++p) {
    Vec<float> b_p[kVecs];
#pragma GCC unroll 4
    for (int v = 0; v < kVecs; ++v)
      b_p[v] = Vec<float>::load(panel + p * kColumns + v * kLanes<float>);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vec<float> a_rp = a[r][p];
#pragma GCC unroll 4
      for (int v = 0; v < kVecs; ++v) sums[r][v] = sums[r][v] + a_rp * b_p[v];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVecs; ++v) {
      const int64_t left = columns - v * kLanes<float>;  // of the vector, in C
      float* c_rv = c + r * c_row + v * kLanes<float>;
      if (r < rows && left > 0) (Vec<float>::load(c_rv, left) + sums[r][v]).store(c_rv, left);
    }
}

}  // namespace

template <class Device>
void vectorised_product(Device, const DenseProduct& product) {
  const auto [m, n, k, a, b, c] = product;
  alignas(64) float panel[kDepth * kColumns];
  for (int64_t i = 0; i < m * n; ++i) c[i] = 0;
  for (int64_t left = 0; left < n; left += kColumns)
    for (int64_t top = 0; top < k; top += kDepth) {
      const int64_t columns = smaller(kColumns, n - left), depth = smaller(kDepth, k - top);
      pack_panel(depth, columns, strided(b + top * n + left, n, false), panel, kColumns, kColumns);
      for (int64_t i = 0; i < m; i += kRows) {
        const float* a_i[kRows];  // where there are fewer, the last one again
        for (int64_t r = 0; r < kRows; ++r) a_i[r] = a + smaller(i + r, m - 1) * k + top;
        add_tile(depth, a_i, panel, m - i, columns, c + i * n + left, n);
      }
    }
}

template void vectorised_product(UNROLL_CPU_LEVEL, const DenseProduct&);

}  // namespace unroll::kernels
