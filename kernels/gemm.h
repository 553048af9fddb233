// Matrix products on the CPU: the blocks that matmul.cpp and the recurrent kernels are built of.
//
// C (m, n) is computed in tiles of kTileRows × kTileColumns that stay in vector registers while k
// runs. B is first copied ("packed") into panels of kTileColumns columns, so that the inner loop
// reads it in order; A is read where it is, one scalar at a time. A panel is worked off in slabs of
// kSlab rows, which fit the first-level cache and serve for all rows of A.
//
// Each element of C is summed over k in one fixed order, whatever the tile it falls in, so that
// splitting rows or columns among threads changes no bit.
#pragma once

#include "kernels/parallel.h"
#include "kernels/vec.h"

namespace unroll::kernels {
namespace {

/// A matrix as a kernel reads it: element (i, j) at data[i*row + j*column].
template <class T>
struct Strided {
  const T* data;
  int64_t row, column;
};

/// op(matrix) for a row-major matrix with `leading` elements a row.
template <class T>
Strided<T> strided(const T* data, int64_t leading, bool transpose) {
  return transpose ? Strided<T>{data, 1, leading} : Strided<T>{data, leading, 1};
}

constexpr int kTileRows = 6;
constexpr int kTileVecs = kVecRegisters == 32 ? 4 : 2;
constexpr int64_t kSlab = 192;
template <class T>
constexpr int64_t kTileColumns = kTileVecs* kLanes<T>;

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// C (+)= A·panel for Rows rows and the first `columns` ≤ kTileColumns columns of a packed panel.
template <int Rows, class T>
[[gnu::noinline]] void tile(int64_t k, Strided<T> a, const T* panel, T* c, int64_t ldc,
                            int64_t columns, bool accumulate) {
  Vec<T> sum[Rows][kTileVecs] = {};
  for (int64_t p = 0; p < k; ++p) {
    Vec<T> b[kTileVecs];
#pragma GCC unroll 4
    for (int v = 0; v < kTileVecs; ++v) b[v] = load(panel + p * kTileColumns<T> + v * kLanes<T>);
#pragma GCC unroll 6
    for (int r = 0; r < Rows; ++r) {
      const T a_r = a.data[r * a.row + p * a.column];
#pragma GCC unroll 4
      for (int v = 0; v < kTileVecs; ++v) sum[r][v] += a_r * b[v];
    }
  }
  if (columns == kTileColumns<T>) {
#pragma GCC unroll 6
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < kTileVecs; ++v) {
        T* to = c + r * ldc + v * kLanes<T>;
        store(to, accumulate ? load(to) + sum[r][v] : sum[r][v]);
      }
    return;
  }
  for (int r = 0; r < Rows; ++r) {
    T row[kTileColumns<T>];
    for (int v = 0; v < kTileVecs; ++v) store(row + v * kLanes<T>, sum[r][v]);
    T* to = c + r * ldc;
    for (int64_t j = 0; j < columns; ++j) to[j] = accumulate ? to[j] + row[j] : row[j];
  }
}

/// `tile` for all m rows.
template <class T>
void tile_column(int64_t m, int64_t k, Strided<T> a, const T* panel, T* c, int64_t ldc,
                 int64_t columns, bool accumulate) {
  int64_t i = 0;
  const auto rows = [&](int64_t at) { return Strided<T>{a.data + at * a.row, a.row, a.column}; };
  for (; i + kTileRows <= m; i += kTileRows)
    tile<kTileRows>(k, rows(i), panel, c + i * ldc, ldc, columns, accumulate);
  static_assert(kTileRows == 6);
  switch (m - i) {
    case 5:
      return tile<5>(k, rows(i), panel, c + i * ldc, ldc, columns, accumulate);
    case 4:
      return tile<4>(k, rows(i), panel, c + i * ldc, ldc, columns, accumulate);
    case 3:
      return tile<3>(k, rows(i), panel, c + i * ldc, ldc, columns, accumulate);
    case 2:
      return tile<2>(k, rows(i), panel, c + i * ldc, ldc, columns, accumulate);
    case 1:
      return tile<1>(k, rows(i), panel, c + i * ldc, ldc, columns, accumulate);
    default:
      return;
  }
}

/// Copies rows [0, k) and `columns` columns of B to a panel, with zeros to the right.
template <class T>
void pack_panel(int64_t k, int64_t columns, Strided<T> b, T* panel) {
  for (int64_t p = 0; p < k; ++p)
    for (int64_t j = columns; j < kTileColumns<T>; ++j) panel[p * kTileColumns<T> + j] = T(0);
  if (b.column == 1) {
    for (int64_t p = 0; p < k; ++p)
      for (int64_t j = 0; j < columns; ++j) panel[p * kTileColumns<T> + j] = b.data[p * b.row + j];
    return;
  }
  // A transposed B is read along its rows, in blocks of which source and target both stay in cache.
  constexpr int64_t kBlock = 16;
  for (int64_t p = 0; p < k; p += kBlock)
    for (int64_t j = 0; j < columns; ++j)
      for (int64_t q = p; q < (p + kBlock < k ? p + kBlock : k); ++q)
        panel[q * kTileColumns<T> + j] = b.data[q * b.row + j * b.column];
}

/// C (m, n) = A (m, k)·B (k, n), or C += A·B. Threads take columns, or rows where there are few.
template <class T>
void gemm(int64_t m, int64_t n, int64_t k, Strided<T> a, Strided<T> b, T* c, int64_t ldc,
          bool accumulate) {
  constexpr int64_t kWorkWorthAThread = 1 << 17;  // multiplications
  const auto block = [=](int64_t row_begin, int64_t row_end, int64_t begin, int64_t end) {
    alignas(64) T slab[kSlab * kTileColumns<T>];
    const int64_t rows = row_end - row_begin;
    for (int64_t j = begin; j < end; j += kTileColumns<T>) {
      const int64_t columns = n - j < kTileColumns<T> ? n - j : kTileColumns<T>;
      T* to = c + row_begin * ldc + j;
      if (k == 0) tile_column(rows, 0, a, slab, to, ldc, columns, accumulate);
      for (int64_t p = 0; p < k; p += kSlab) {
        const int64_t depth = k - p < kSlab ? k - p : kSlab;
        pack_panel(depth, columns, {b.data + p * b.row + j * b.column, b.row, b.column}, slab);
        tile_column(rows, depth, {a.data + row_begin * a.row + p * a.column, a.row, a.column}, slab,
                    to, ldc, columns, accumulate || p > 0);
      }
    }
  };
  const bool by_columns = n >= kTileColumns<T> * num_threads() || n >= m;
  const int64_t others = (by_columns ? m : n) * k + 1;
  const int64_t tile_size = by_columns ? kTileColumns<T> : kTileRows;
  const int64_t grain = ceil_div(ceil_div(kWorkWorthAThread, others), tile_size) * tile_size;
  parallel_for(by_columns ? n : m, grain, [&](int64_t begin, int64_t end) {
    if (by_columns)
      block(0, m, begin, end);
    else
      block(begin, end, 0, n);
  });
}

/// Elements that `pack` writes for a matrix (k, n).
template <class T>
int64_t packed_size(int64_t k, int64_t n) {
  return k * ceil_div(n, kTileColumns<T>) * kTileColumns<T>;
}

/// Packs all of B (k, n), to be multiplied many times.
template <class T>
void pack(int64_t k, int64_t n, Strided<T> b, T* packed) {
  parallel_for(n, kTileColumns<T>, [=](int64_t begin, int64_t end) {
    for (int64_t j = begin; j < end; j += kTileColumns<T>) {
      const int64_t columns = n - j < kTileColumns<T> ? n - j : kTileColumns<T>;
      pack_panel(k, columns, {b.data + j * b.column, b.row, b.column}, packed + j * k);
    }
  });
}

/// C (m, n) += A (m, k)·B with B packed; on the calling thread alone.
template <class T>
void add_packed_product(int64_t m, int64_t n, int64_t k, Strided<T> a, const T* packed, T* c,
                        int64_t ldc) {
  for (int64_t j = 0; j < n; j += kTileColumns<T>) {
    const int64_t columns = n - j < kTileColumns<T> ? n - j : kTileColumns<T>;
    for (int64_t p = 0; p < k; p += kSlab) {
      const int64_t depth = k - p < kSlab ? k - p : kSlab;
      tile_column(m, depth, {a.data + p * a.column, a.row, a.column},
                  packed + j * k + p * kTileColumns<T>, c + j, ldc, columns, true);
    }
  }
}

}  // namespace
}  // namespace unroll::kernels
