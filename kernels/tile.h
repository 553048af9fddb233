// The innermost piece of every product on the CPU: a tile of C that stays in vector registers while
// the sum over k runs.
//
// A tile has up to kTileRows<V> rows of V vectors each. For every k it loads V vectors of B and, a
// row, one number of A that is multiplied with all of them: 24 multiply-adds for 10 loads with
// AVX-512. All sums run over k in order, whatever the shape of the tile, so that it does not matter
// to a single bit in which tile an element of C falls.
#pragma once

#include "kernels/vec.h"

namespace unroll::kernels {
namespace {

/// A matrix as a kernel reads it: element (i, j) at data[i*row + j*column].
template <class T>
struct Strided {
  const T* data;
  int64_t row, column;

  HD Strided from(int64_t i, int64_t j) const { return {data + i * row + j * column, row, column}; }
};

/// op(matrix) for a row-major matrix with `leading` elements a row.
template <class T>
Strided<T> strided(const T* data, int64_t leading, bool transpose) {
  return transpose ? Strided<T>{data, 1, leading} : Strided<T>{data, leading, 1};
}

/// What the sums of a tile begin with: row i at data + i*row. Zeros where data is null.
template <class T>
struct Start {
  const T* data;
  int64_t row;
};

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
constexpr int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

constexpr int kTileVecs = kVecRegisters == 32 ? 4 : 2;
template <class T>
constexpr int64_t kTileColumns = kTileVecs* kLanes<T>;

/// Rows for which the sums, V vectors of B and a number of A fit the registers.
template <int V>
constexpr int kTileRows = (kVecRegisters == 32 ? 24 : 12) / V;

/// sums[r][v] += Σ a(r, p)·b(p, v) over p < k. Rows of B lie b_row apart.
template <int Rows, int V, class T>
HD void add_products(int64_t k, Strided<T> a, const T* b, int64_t b_row, Vec<T> (&sums)[Rows][V]) {
  for (int64_t p = 0; p < k; ++p) {
    Vec<T> b_p[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) {
      b_p[v] = Vec<T>::load(b + v * kLanes<T>);
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const Vec<T> a_rp = a.data[r * a.row];
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sums[r][v] = sums[r][v] + a_rp * b_p[v];
    }
    a.data += a.column;
    b += b_row;
  }
}

/// `add_products` for one row alone, whose few sums would wait for each other: every eighth, fourth
/// … p adds to sums of its own. Its order is another, so it is for products of one row, never for
/// the last row of many.
template <int V, class T>
HD void add_products_of_one_row(int64_t k, Strided<T> a, const T* b, int64_t b_row,
                                Vec<T> (&sums)[1][V]) {
  constexpr int kChains = 8 / V;
  Vec<T> chain[kChains][V] = {};
  int64_t p = 0;
  for (; p + kChains <= k; p += kChains)
#pragma GCC unroll 8
    for (int i = 0; i < kChains; ++i) {
      const Vec<T> a_p = a.data[(p + i) * a.column];
      const T* b_p = b + (p + i) * b_row;
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) {
        chain[i][v] = chain[i][v] + a_p * Vec<T>::load(b_p + v * kLanes<T>);
      }
    }
  add_products(k - p, a.from(0, p), b + p * b_row, b_row, sums);
#pragma GCC unroll 8
  for (int i = 0; i < kChains; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sums[0][v] = sums[0][v] + chain[i][v];
}

/// C = start + A·B for a tile. Row i of C is at c + i*ldc; `start` may be C itself.
template <int Rows, int V, bool kOnlyRow, class T>
[[gnu::noinline]] void tile(int64_t k, Strided<T> a, const T* b, int64_t b_row, Start<T> start,
                            T* c, int64_t ldc) {
  Vec<T> sums[Rows][V] = {};
  if (start.data)
    for (int r = 0; r < Rows; ++r)
      for (int v = 0; v < V; ++v) __builtin_prefetch(start.data + r * start.row + v * kLanes<T>);
  if constexpr (kOnlyRow)
    add_products_of_one_row(k, a, b, b_row, sums);
  else
    add_products(k, a, b, b_row, sums);
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) {
      Vec<T> sum = sums[r][v];
      if (start.data) sum = Vec<T>::load(start.data + r * start.row + v * kLanes<T>) + sum;
      sum.store(c + r * ldc + v * kLanes<T>);
    }
}

template <class T>
using Tile = void (*)(int64_t k, Strided<T> a, const T* b, int64_t b_row, Start<T> start, T* c,
                      int64_t ldc);

/// The tile for `rows` ≤ kTileRows<V> rows; `only_row` where the whole product has just one.
template <int V, class T>
Tile<T> tile_of(int64_t rows, bool only_row) {
  if (only_row) return tile<1, V, true, T>;
  return [&]<int... R>(std::integer_sequence<int, R...>) {
    constexpr Tile<T> kTiles[] = {tile<R + 1, V, false, T>...};
    return kTiles[rows - 1];
  }
  (std::make_integer_sequence<int, kTileRows<V>>());
}

/// Calls f(first_row, rows) for tiles of nearly equal height that cover `m` rows.
template <int V, class F>
HD void for_each_tile_row(int64_t m, const F& f) {
  const int64_t tiles = ceil_div(m, kTileRows<V>);
  for (int64_t i = 0; i < tiles; ++i) {
    const int64_t begin = m * i / tiles;
    f(begin, m * (i + 1) / tiles - begin);
  }
}

}  // namespace
}  // namespace unroll::kernels
