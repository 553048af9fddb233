// Products of few rows, for which B, as it lies in memory, decides how to go through it.
//
// With a transposed B, as in x·Wᵀ for a small batch, copying B into panels takes as long as
// multiplying it by eight rows. But the columns of a transposed B lie along k in memory, as the
// rows of A do: so a sum may be a vector along k, whose lanes are added when it is complete, and
// nothing is copied. There are kLanes sums at a time, R rows of A times kLanes / R columns of B;
// adding the lanes of all of them takes kLanes − 1 additions and gives one vector with an element
// of C in each lane.
#pragma once

#include "kernels/panel.h"

namespace unroll::kernels {
namespace {

/// Whether this is the best way for such a product: there are few rows, and k is long enough for
/// adding lanes to matter little.
template <class T>
bool suits_few_rows(const Product<T>& product) {
  const bool along_k = product.b.row == 1 && product.b.column != 1 && product.a.column == 1;
  return along_k && product.m <= 16 && (product.m <= 4 || product.k >= 16 * product.m);
}

/// Σ a[r][p]·b[j][p] over p < k, a multiple of kLanes, in lane (r, j). Meanwhile the columns
/// `ahead` of b are fetched.
template <int R, class T>
HD Vec<T> multiply_vectors(const T* const (&a)[R], const T* const (&b)[kLanes<T> / R], int64_t k,
                           int64_t ahead) {
  constexpr int C = int{kLanes<T>} / R;
  Vec<T> sums[R * C] = {};
  for (int64_t p = 0; p < k; p += kLanes<T>) {
    Vec<T> a_p[R];
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) a_p[r] = Vec<T>::load(a[r] + p);
#pragma GCC unroll 16
    for (int j = 0; j < C; ++j) {
      const Vec<T> b_p = Vec<T>::load(b[j] + p);
      if constexpr (R > 1) __builtin_prefetch(b[j] + p + ahead);
#pragma GCC unroll 4
      for (int r = 0; r < R; ++r) sums[r * C + j] = sums[r * C + j] + a_p[r] * b_p;
    }
  }
  return sum_lanes(sums);
}

/// The terms that fill no vector. (A function of its own: its loops would slow down their caller.)
template <int R, int C, class T>
[[gnu::noinline]] void add_rest(const T* const (&a)[R], const T* const (&b)[C], int64_t begin,
                                int64_t end, T (&sums)[R][C]) {
  for (int64_t p = begin; p < end; ++p)
    for (int r = 0; r < R; ++r)
      for (int j = 0; j < C; ++j) sums[r][j] += a[r][p] * b[j][p];
}

/// c = start + sums, the first `columns` of C; start may be null.
template <int C, class T>
HD void finish(const T (&sums)[C], const T* start, T* c, int64_t columns) {
  if (columns == C) {  // the compiler makes vectors of these
    if (start)
      for (int j = 0; j < C; ++j) c[j] = start[j] + sums[j];
    else
      for (int j = 0; j < C; ++j) c[j] = sums[j];
  } else {
    for (int64_t j = 0; j < columns; ++j) c[j] = start ? start[j] + sums[j] : sums[j];
  }
}

/// All rows, R at a time, times all columns.
template <int R, class T>
[[gnu::noinline]] void multiply_along_k(const Product<T>& product) {
  constexpr int C = int{kLanes<T>} / R;
  const int64_t m = product.m, n = product.n, k = product.k;
  const int64_t whole = k / kLanes<T> * kLanes<T>;
  const Start<T> start = product.start;
  for (int64_t column = 0; column < n; column += C) {
    const int64_t columns = smaller(C, n - column);
    const T* b[C] = {product.b.data + column * product.b.column};
#pragma GCC unroll 16
    for (int j = 1; j < C; ++j)  // where there are fewer, the last one again
      b[j] = b[j - 1] + (j < columns ? product.b.column : 0);
    for (int64_t row = 0; row < m; row += R) {
      const int64_t rows = smaller(R, m - row);
      const T* a[R];
#pragma GCC unroll 4
      for (int r = 0; r < R; ++r)
        a[r] = product.a.data + (row + smaller(r, rows - 1)) * product.a.row;
      T sums[R][C];
      multiply_vectors<R, T>(a, b, whole, C * product.b.column).store(sums[0]);
      if (whole < k) add_rest<R, C>(a, b, whole, k, sums);
      for (int64_t r = 0; r < rows; ++r)
        finish(sums[r], start.data ? start.data + (row + r) * start.row + column : nullptr,
               product.c + (row + r) * product.ldc + column, columns);
    }
  }
}

template <class T>
void multiply_few_rows(const Product<T>& product) {
  constexpr int kMostRows = kLanes<T> >= 16 ? 4 : kLanes<T> >= 4 ? 2 : 1;
  const int64_t depth = product.m <= 4 ? 2048 : 512;  // half of a first-level cache has these of A
  int64_t p = 0;
  do {
    const Product<T> slab = product.slab(p, smaller(depth, product.k - p));
    if (product.m == 1)
      multiply_along_k<1>(slab);
    else if (product.m == 2)
      multiply_along_k<smaller(2, kMostRows)>(slab);
    else
      multiply_along_k<kMostRows>(slab);
    p += depth;
  } while (p < product.k);
}

/// One row of A: C gets the rows of B, in the order in which memory has them.
template <class T>
void multiply_row_by_row(const Product<T>& product) {
  constexpr int kRows = 8;
  constexpr int64_t L = kLanes<T>;
  for (int64_t j = 0; j < product.n; ++j)
    product.c[j] = product.start.data ? product.start.data[j] : T(0);
  const auto add = [&]<int R>(std::integral_constant<int, R>, int64_t p) {
    const T* b = product.b.data + p * product.b.row;
    const T* a = product.a.data + p * product.a.column;
    Vec<T> factor[R];
    for (int r = 0; r < R; ++r) factor[r] = a[r * product.a.column];
    int64_t j = 0;
    for (; j + L <= product.n; j += L) {
      Vec<T> sum = Vec<T>::load(product.c + j);
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) {
        sum = sum + factor[r] * Vec<T>::load(b + r * product.b.row + j);
        __builtin_prefetch(b + (R + r) * product.b.row + j);
      }
      sum.store(product.c + j);
    }
    for (; j < product.n; ++j)
      for (int r = 0; r < R; ++r)
        product.c[j] += a[r * product.a.column] * b[r * product.b.row + j];
  };
  int64_t p = 0;
  for (; p + kRows <= product.k; p += kRows) add(std::integral_constant<int, kRows>(), p);
  for (; p < product.k; ++p) add(std::integral_constant<int, 1>(), p);
}

}  // namespace
}  // namespace unroll::kernels
