// Panels: a few columns of a matrix copied together, so that a tile reads them in order.
#pragma once

#include <utility>

#include "kernels/tile.h"

namespace unroll::kernels {
namespace {

/// a0 b0 a1 b1 … from the first halves of a and b, or (`high`) from the second ones.
template <bool high, class T>
HD Vec<T> interleave(Vec<T> a, Vec<T> b) {
  constexpr int kHalf = kLanes<T> / 2;
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    return Vec<T>(__builtin_shufflevector(
        a.lanes, b.lanes, (I / 2 + (high ? kHalf : 0) + (I % 2 ? int{kLanes<T>} : 0))...));
  }
  (std::make_integer_sequence<int, int{kLanes<T>}>());
}

/// Transposes a square. Element (row, lane) has an index of 2n bits; interleaving row i with row
/// i + kLanes/2 rotates it by one bit, and n rotations exchange rows and lanes.
template <class T>
HD void transpose(Vec<T> (&rows)[kLanes<T>]) {
  constexpr int kHalf = kLanes<T> / 2;
#pragma GCC unroll 4
  for (int step = 1; step < kLanes<T>; step *= 2) {
    Vec<T> next[kLanes<T>];
#pragma GCC unroll 8
    for (int i = 0; i < kHalf; ++i) {
      next[2 * i] = interleave<false>(rows[i], rows[i + kHalf]);
      next[2 * i + 1] = interleave<true>(rows[i], rows[i + kHalf]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kLanes<T>; ++i) rows[i] = next[i];
  }
}

/// Lane i of the result is the sum of the lanes of v[i], each taken in the same order.
template <int kCount, class T>
HD Vec<T> sum_lanes(const Vec<T> (&v)[kCount]) {
  if constexpr (kCount == 1) {
    return v[0];
  } else {
    constexpr int kHalf = kCount / 2;
    Vec<T> half[kHalf];
#pragma GCC unroll 8
    for (int i = 0; i < kHalf; ++i)
      half[i] = interleave<false>(v[i], v[i + kHalf]) + interleave<true>(v[i], v[i + kHalf]);
    return sum_lanes(half);
  }
}

/// Writes a square whose columns lie `column` apart in memory as rows that lie `row` apart.
template <class T>
[[gnu::noinline]] void copy_transposed(const T* from, int64_t column, T* to, int64_t row) {
  Vec<T> square[kLanes<T>];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes<T>; ++i) square[i] = Vec<T>::load(from + i * column);
  transpose(square);
#pragma GCC unroll 16
  for (int i = 0; i < kLanes<T>; ++i) square[i].store(to + i * row);
}

/// Copies B (k, n) to a panel of `width` columns, with zeros to the right: row p of the panel is at
/// panel + p*panel_row.
template <class T>
[[gnu::noinline]] void pack_panel(int64_t k, int64_t n, Strided<T> b, T* panel, int64_t panel_row,
                                  int64_t width) {
  for (int64_t p = 0; p < k; ++p)
    for (int64_t j = n; j < width; ++j) panel[p * panel_row + j] = T(0);
  if (b.row != 1 || b.column == 1) {
    for (int64_t p = 0; p < k; ++p)
      for (int64_t j = 0; j < n; ++j) panel[p * panel_row + j] = b.data[p * b.row + j * b.column];
    return;
  }
  constexpr int64_t L = kLanes<T>;
  const int64_t whole_k = k / L * L, whole_n = n / L * L;
  for (int64_t j = 0; j < whole_n; j += L)
    for (int64_t p = 0; p < whole_k; p += L)
      copy_transposed(b.data + p + j * b.column, b.column, panel + p * panel_row + j, panel_row);
  for (int64_t j = 0; j < n; ++j)
    for (int64_t p = j < whole_n ? whole_k : 0; p < k; ++p)
      panel[p * panel_row + j] = b.data[p + j * b.column];
}

}  // namespace
}  // namespace unroll::kernels
