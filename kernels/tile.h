// The innermost piece of every product on the CPU: a tile of C that stays in vector registers while
// the sum over k runs.
//
// A tile has up to kTileRows<V> rows of V vectors each. For every k it loads V vectors of B and, a
// row, one number of A that is multiplied with all of them: 24 multiply-adds for 10 loads with
// AVX-512. All sums run over k in order, whatever the shape of the tile, so that it does not matter
// to a single bit in which tile an element of C falls.
#pragma once

#include <utility>

#include "kernels/product.h"
#include "kernels/vec.h"

namespace unroll::kernels {
namespace {

template <class T>
constexpr int64_t kCacheLine = 64 / int64_t{sizeof(T)};

constexpr int kTileVecs = kVecRegisters == 32 ? 4 : 2;
template <class T>
constexpr int64_t kTileColumns = kTileVecs* kLanes<T>;

/// Whether a tile fetches what comes next. Narrower vectors take longer for the same memory, so
/// that the processor's own fetching keeps up, and asking for it costs more than it brings.
constexpr bool kFetchesAhead = kVecRegisters == 32;

/// Rows for which the sums, V vectors of B and a number of A fit the registers.
template <int V>
constexpr int kTileRows = smaller(8, (kVecRegisters == 32 ? 24 : 12) / V);

/// C = start + A·B for a tile. Row p of B is at b + p*b_row, row i of C at c + i*ldc; `start` may
/// be C itself. Meanwhile k cache lines from `soon` on are fetched into the second-level cache, if
/// kFetchesAhead.
template <class T>
struct TileProduct {
  int64_t k;
  Strided<T> a;
  const T* b;
  int64_t b_row;
  Start<T> start;
  T* c;
  int64_t ldc;
  const T* soon;
};

/// sums[r][v] = Σ a(r, p)·b(p, v) over p.
template <int Rows, int V, class T>
HD void multiply_rows(const TileProduct<T>& product, Vec<T> (&sums)[Rows][V]) {
  const T *a = product.a.data, *b = product.b;
  [[maybe_unused]] const T* soon = product.soon;
  const int64_t a_row = product.a.row, a_column = product.a.column, b_row = product.b_row;
#pragma GCC unroll 4
  for (int64_t p = 0; p < product.k; ++p) {
    Vec<T> b_p[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) b_p[v] = Vec<T>::load(b + v * kLanes<T>);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const Vec<T> a_rp = a[r * a_row];
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sums[r][v] = sums[r][v] + a_rp * b_p[v];
    }
    if constexpr (kFetchesAhead) {
      __builtin_prefetch(soon, 0, 2);
      soon += kCacheLine<T>;
    }
    a += a_column;
    b += b_row;
  }
}

/// `multiply_rows` for one row, whose few sums would wait for each other: every kChains-th p adds
/// to sums of its own. Its order is another, so it is for products of one row, never for the last
/// row of many.
template <int V, class T>
HD void multiply_one_row(const TileProduct<T>& product, Vec<T> (&sums)[1][V]) {
  constexpr int kBusy = 8;  // multiply-adds that may run at once: two a clock, four clocks each
  constexpr int kChains = ceil_div(kBusy, V);
  Vec<T> chain[kChains][V] = {};
  const int64_t b_row = product.b_row, whole = product.k / kChains * kChains;
  for (int64_t p = 0; p < whole; p += kChains)
#pragma GCC unroll 8
    for (int i = 0; i < kChains; ++i) {
      const Vec<T> a_p = product.a.data[(p + i) * product.a.column];
      const T* b_p = product.b + (p + i) * b_row;
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v)
        chain[i][v] = chain[i][v] + a_p * Vec<T>::load(b_p + v * kLanes<T>);
    }
  TileProduct<T> rest = product;
  rest.k -= whole;
  rest.a = rest.a.from(0, whole);
  rest.b += whole * b_row;
  multiply_rows(rest, sums);
#pragma GCC unroll 8
  for (int i = 0; i < kChains; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sums[0][v] = sums[0][v] + chain[i][v];
}

template <int Rows, int V, bool kOnlyRow, class T>
[[gnu::noinline]] void multiply_tile(const TileProduct<T>& product) {
  constexpr int64_t kWorthFetching = 32;  // terms of a sum
  const Start<T> start = product.start;
  // Else storing waits for lines that the cache does not hold, and the next tile waits for that.
  if (product.k >= kWorthFetching)
    for (int r = 0; r < Rows; ++r)
      for (int v = 0; v < V; ++v)
        __builtin_prefetch(product.c + r * product.ldc + v * kLanes<T>, 1);
  Vec<T> sums[Rows][V] = {};
  if constexpr (kOnlyRow)
    multiply_one_row(product, sums);
  else
    multiply_rows(product, sums);
  T* c = product.c;
  const int64_t ldc = product.ldc;
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
using Tile = void (*)(const TileProduct<T>&);

/// The tile for `rows` ≤ kTileRows<V> rows; `only_row` where the whole product has just one.
template <int V, class T>
Tile<T> tile_of(int64_t rows, bool only_row) {
  if (only_row) return multiply_tile<1, V, true, T>;
  return [&]<int... R>(std::integer_sequence<int, R...>) {
    constexpr Tile<T> kTiles[] = {multiply_tile<R + 1, V, false, T>...};
    return kTiles[rows - 1];
  }
  (std::make_integer_sequence<int, kTileRows<V>>());
}

/// Calls f(first_row, rows) for tiles of nearly equal height that cover `m` rows.
template <int V, class F>
HD void for_each_tile_row(int64_t m, const F& f) {
  if (m <= kTileRows<V>) return m > 0 ? f(int64_t{0}, m) : void();
  const int64_t tiles = ceil_div(m, kTileRows<V>), height = m / tiles, higher = m % tiles;
  for (int64_t i = 0, row = 0; i < tiles; ++i) {
    const int64_t rows = height + (i < higher);
    f(row, rows);
    row += rows;
  }
}

}  // namespace
}  // namespace unroll::kernels
