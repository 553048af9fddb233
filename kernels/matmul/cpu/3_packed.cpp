// CPU GEMM rung 3: a block of B is copied together first.
//
// Idea: a panel, 256 rows of B and as many columns as a few vectors have, is copied to memory where
//   row follows row, filled up with zeros at the edge of B. So the innermost loop has a length that
//   the compiler knows, and the sums of a row of C are an array of its own until they are complete.
// Beats rung 2 by: no row of C that is stored and loaded again for each p; 16 KB and more that are
//   read in order, from few pages, where rows of B may lie a power of two apart and compete for
//   the same lines of the cache.
// Limited by: sums that wait for each other, as each vector is added to once for each p, and a
//   panel that is read again for every single row of A.
// Read next: 4_vectorised.cpp.
#include "kernels/matmul/cpu/ladder.h"
#include "kernels/panel.h"

namespace unroll::kernels {
namespace {

constexpr int64_t kDepth = 256, kColumns = kTileColumns<float>;

}  // namespace

template <class Device>
void packed_product(Device, const DenseProduct& product) {
  const auto [m, n, k, a, b, c] = product;
  alignas(64) float panel[kDepth * kColumns];
  for (int64_t i = 0; i < m * n; ++i) c[i] = 0;
  for (int64_t left = 0; left < n; left += kColumns)
    for (int64_t top = 0; top < k; top += kDepth) {
      const int64_t columns = smaller(kColumns, n - left), depth = smaller(kDepth, k - top);
      pack_panel(depth, columns, strided(b + top * n + left, n, false), panel, kColumns, kColumns);
      for (int64_t i = 0; i < m; ++i) {
        const float* a_i = a + i * k + top;
        float sums[kColumns] = {};
        for (int64_t p = 0; p < depth; ++p)
          for (int64_t j = 0; j < kColumns; ++j) sums[j] += a_i[p] * panel[p * kColumns + j];
        for (int64_t j = 0; j < columns; ++j) c[i * n + left + j] += sums[j];
      }
    }
}

template void packed_product(UNROLL_CPU_LEVEL, const DenseProduct&);

}  // namespace unroll::kernels
