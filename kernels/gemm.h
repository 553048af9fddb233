// Matrix products on the CPU, of which matmul.cpp and the recurrent kernels are made.
//
// C (m, n) is computed in tiles (tile.h). A block of B, kSlab rows and a few panels of kTileColumns
// columns each, is copied together, so that the second-level cache holds it, with kBlockRows rows
// of A, while all of these are multiplied; a tile's rows of A stay in the first-level cache
// meanwhile. A is read where it is, or copied together where its rows are columns of memory. With
// few rows, copying B would cost more than the product: then the tiles read B where it is, or, if B
// is transposed, its columns are multiplied as the vectors that they are.
//
// Each element of C is summed over k in an order that depends on m and k alone, so that splitting
// the rows or columns among threads changes no bit.
#pragma once

#include "kernels/panel.h"
#include "kernels/parallel.h"

namespace unroll::kernels {
namespace {

/// C (m, n) = start + A (m, k)·B (k, n), with row i of C at c + i*ldc.
template <class T>
struct Product {
  int64_t m, n, k;
  Strided<T> a, b;
  Start<T> start;
  T* c;
  int64_t ldc;

  /// The part for rows [row, row + rows) and columns [column, column + columns).
  Product part(int64_t row, int64_t rows, int64_t column, int64_t columns) const {
    Product result = *this;
    result.m = rows;
    result.n = columns;
    result.a = a.from(row, 0);
    result.b = b.from(0, column);
    if (start.data) result.start.data += row * start.row + column;
    result.c += row * ldc + column;
    return result;
  }
};

constexpr int64_t kSlab = 384;
constexpr int64_t kBlockPanels = 4;
constexpr int64_t kBlockRows = 96;
constexpr int64_t kRowsInPlace = 24;  // up to which B is not copied
constexpr int64_t kFewRows = 4;       // up to which a transposed B is not

/// How the elements of C are summed, for all parts of a product alike.
enum class Way { kTiles, kOneRow, kColumnByColumn };

template <class T>
Way way_of(const Product<T>& product) {
  if (product.m <= kFewRows && product.b.row == 1 && product.b.column != 1 && product.a.column == 1)
    return Way::kColumnByColumn;
  return product.m == 1 ? Way::kOneRow : Way::kTiles;
}

/// Rows of A times kLanes columns of a transposed B: vectors along k, whose lanes are summed last.
template <class T>
void multiply_column_by_column(const Product<T>& product) {
  constexpr int64_t L = kLanes<T>;
  for (int64_t j = 0; j < product.n; j += L) {
    const int64_t columns = smaller(L, product.n - j);
    const T* b[L];
    for (int64_t i = 0; i < L; ++i)
      b[i] = product.b.data + (j + smaller(i, columns - 1)) * product.b.column;
    for (int64_t row = 0; row < product.m; ++row) {
      const T* a = product.a.data + row * product.a.row;
      Vec<T> sums[L] = {};
      int64_t p = 0;
      for (; p + L <= product.k; p += L) {
        const Vec<T> a_p = Vec<T>::load(a + p);
#pragma GCC unroll 16
        for (int i = 0; i < L; ++i) sums[i] = sums[i] + a_p * Vec<T>::load(b[i] + p);
      }
      if (p < product.k) {
        const Vec<T> a_p = Vec<T>::load(a + p, product.k - p);
#pragma GCC unroll 16
        for (int i = 0; i < L; ++i) sums[i] = sums[i] + a_p * Vec<T>::load(b[i] + p, product.k - p);
      }
      transpose(sums);
#pragma GCC unroll 4
      for (int64_t half = L / 2; half > 0; half /= 2)
#pragma GCC unroll 8
        for (int i = 0; i < half; ++i) sums[i] = sums[i] + sums[i + half];
      if (product.start.data)
        sums[0] = sums[0] + Vec<T>::load(product.start.data + row * product.start.row + j, columns);
      sums[0].store(product.c + row * product.ldc + j, columns);
    }
  }
}

/// All rows times one panel of V vectors, of which the product has `n` columns.
template <int V, class T>
[[gnu::noinline]] void multiply_panel(const Product<T>& product, Way way) {
  constexpr int64_t kWidth = V * kLanes<T>;
  for_each_tile_row<V>(product.m, [&](int64_t i, int64_t rows) {
    const Tile<T> multiply = tile_of<V, T>(rows, way == Way::kOneRow);
    const Strided<T> a = product.a.from(i, 0);
    Start<T> start{product.start.data ? product.start.data + i * product.start.row : nullptr,
                   product.start.row};
    T* c = product.c + i * product.ldc;
    const T* b = product.b.data;
    if (product.n == kWidth)
      return multiply({product.k, a, b, product.b.row, start, c, product.ldc, b});
    T whole[kTileRows<V> * kWidth];  // the panel is wider than C
    if (start.data) {
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t j = 0; j < kWidth; ++j)
          whole[r * kWidth + j] = j < product.n ? start.data[r * start.row + j] : T(0);
      start = {whole, kWidth};
    }
    multiply({product.k, a, b, product.b.row, start, whole, kWidth, b});
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t j = 0; j < product.n; ++j) c[r * product.ldc + j] = whole[r * kWidth + j];
  });
}

template <class T>
void multiply_narrow(const Product<T>& product, Way way) {
  const int64_t vecs = ceil_div(product.n, kLanes<T>);
  if (vecs == 1) return multiply_panel<1>(product, way);
  if (vecs == 2) return multiply_panel<2>(product, way);
  if constexpr (kTileVecs == 4) {
    if (vecs == 3) return multiply_panel<3>(product, way);
    multiply_panel<4>(product, way);
  }
}

/// B (k, n) as a panel: where it is if that will do for m rows, else copied to `memory`.
template <class T>
Strided<T> panel_of(Strided<T> b, int64_t k, int64_t n, int64_t m, T* memory) {
  if (b.column == 1 && m <= kRowsInPlace && n % kLanes<T> == 0) return b;
  const int64_t width = ceil_div(n, kLanes<T>) * kLanes<T>;
  pack_panel(k, n, b, memory, width, width);
  return {memory, width, 1};
}

/// One product on the calling thread.
template <class T>
void multiply(const Product<T>& product, Way way) {
  if (way == Way::kColumnByColumn) return multiply_column_by_column(product);
  constexpr int64_t kStride = kBlockRows + 16;  // no power of two: it would use few cache lines
  constexpr int64_t kWidth = kTileColumns<T>;
  alignas(64) T panels[kBlockPanels][kSlab * kWidth], block[kSlab * kStride];
  const bool copies_a = product.a.column != 1 && product.n > kWidth;
  for (int64_t left = 0; left < product.n; left += kBlockPanels * kWidth) {
    const int64_t right = smaller(product.n, left + kBlockPanels * kWidth);
    int64_t k_done = 0;
    do {
      const int64_t depth = smaller(kSlab, product.k - k_done);
      const Start<T> start = k_done == 0 ? product.start : Start<T>{product.c, product.ldc};
      Strided<T> b[kBlockPanels];
      for (int64_t row = 0; row < product.m; row += kBlockRows) {
        const int64_t rows = smaller(kBlockRows, product.m - row);
        Strided<T> a = product.a.from(row, k_done);
        if (copies_a) {
          for (int64_t p = 0; p < depth; ++p)
            for (int64_t r = 0; r < rows; ++r)
              block[p * kStride + r] = a.data[p * a.column + r * a.row];
          a = {block, 1, kStride};
        }
        for (int64_t j = left, i = 0; j < right; j += kWidth, ++i) {
          const int64_t columns = smaller(kWidth, right - j);
          if (row == 0)
            b[i] = panel_of(product.b.from(k_done, j), depth, columns, product.m, panels[i]);
          multiply_narrow(
              Product<T>{rows,
                         columns,
                         depth,
                         a,
                         b[i],
                         {start.data ? start.data + row * start.row + j : nullptr, start.row},
                         product.c + row * product.ldc + j,
                         product.ldc},
              way);
        }
      }
      k_done += depth;
    } while (k_done < product.k);
  }
}

/// `multiply` with threads, which take columns, or rows where there are few.
template <class T>
void gemm(const Product<T>& product) {
  constexpr int64_t kWorkWorthAThread = 1 << 17;  // multiplications
  const int64_t m = product.m, n = product.n;
  const Way way = way_of(product);
  const bool by_columns = n >= kTileColumns<T> * num_threads() || n >= m;
  const int64_t others = (by_columns ? m : n) * product.k + 1;
  const int64_t tile_size = by_columns ? kTileColumns<T> : kTileRows<kTileVecs>;
  const int64_t grain = ceil_div(ceil_div(kWorkWorthAThread, others), tile_size) * tile_size;
  parallel_for(by_columns ? n : m, grain, [&](int64_t begin, int64_t end) {
    multiply(by_columns ? product.part(0, m, begin, end - begin)
                        : product.part(begin, end - begin, 0, n),
             way);
  });
}

}  // namespace
}  // namespace unroll::kernels
