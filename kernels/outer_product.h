// Products with k = 1: a column times a row, as in the weight gradient of one example.
//
// An element is one multiplication, so the work is to read and write C. A tile (tile.h) would be
// set up for a single step of its sums; here a strip of B stays in registers while the rows of C go
// by.
#pragma once

#include "kernels/product.h"
#include "kernels/vec.h"

namespace unroll::kernels {
namespace {

/// All rows times V vectors of B, or, where V is 1, a part of one.
template <int V, class T>
[[gnu::noinline]] void multiply_strip(const Product<T>& product) {
  const Strided<T> a = product.a;
  const Start<T> start = product.start;
  T* const c = product.c;
  const int64_t ldc = product.ldc, in_one = V > 1 ? kLanes<T> : product.n;
  Vec<T> b[V];
#pragma GCC unroll 4
  for (int v = 0; v < V; ++v) b[v] = Vec<T>::load(product.b.data + v * kLanes<T>, in_one);
  for (int64_t i = 0; i < product.m; ++i) {
    const Vec<T> a_i = a.data[i * a.row];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) {
      const int64_t j = v * kLanes<T>;
      Vec<T> c_i = a_i * b[v];
      if (start.data) c_i = Vec<T>::load(start.data + i * start.row + j, in_one) + c_i;
      c_i.store(c + i * ldc + j, in_one);
    }
  }
}

/// The row B is contiguous.
template <class T>
void multiply_outer(const Product<T>& product) {
  constexpr int64_t kRows = 32;  // at a time: each may lie on a page of its own
  constexpr int kVecs = 4;
  constexpr int64_t kWidth = kVecs * kLanes<T>;
  for (int64_t row = 0; row < product.m; row += kRows) {
    const int64_t rows = smaller(kRows, product.m - row);
    int64_t j = 0;
    for (; j + kWidth <= product.n; j += kWidth)
      multiply_strip<kVecs>(product.part(row, rows, j, kWidth));
    for (; j < product.n; j += kLanes<T>)
      multiply_strip<1>(product.part(row, rows, j, smaller(kLanes<T>, product.n - j)));
  }
}

}  // namespace
}  // namespace unroll::kernels
