// The operands of a matrix product on the CPU.
#pragma once

#include <cstdint>

#include "kernels/functions.h"

namespace unroll::kernels {

namespace {

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
constexpr int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

}  // namespace

/// A matrix as a kernel reads it: element (i, j) at data[i*row + j*column].
template <class T>
struct Strided {
  const T* data;
  int64_t row, column;

  HD Strided from(int64_t i, int64_t j) const { return {data + i * row + j * column, row, column}; }
};

/// op(matrix) for a row-major matrix with `leading` elements a row.
template <class T>
HD Strided<T> strided(const T* data, int64_t leading, bool transpose) {
  return transpose ? Strided<T>{data, 1, leading} : Strided<T>{data, leading, 1};
}

/// What the sums of a tile begin with: row i at data + i*row. Zeros where data is null.
template <class T>
struct Start {
  const T* data;
  int64_t row;
};

/// C (m, n) = start + A (m, k)·B (k, n), with row i of C at c + i*ldc.
template <class T>
struct Product {
  int64_t m, n, k;
  Strided<T> a, b;
  Start<T> start;
  T* c;
  int64_t ldc;

  /// The part for rows [row, row + rows) and columns [column, column + columns).
  HD Product part(int64_t row, int64_t rows, int64_t column, int64_t columns) const {
    Product result = *this;
    result.m = rows;
    result.n = columns;
    result.a = a.from(row, 0);
    result.b = b.from(0, column);
    if (start.data) result.start.data += row * start.row + column;
    result.c += row * ldc + column;
    return result;
  }

  /// The part of the sums from k = p on, which begins with what C has got before.
  HD Product slab(int64_t p, int64_t depth) const {
    Product result = *this;
    result.k = depth;
    result.a = a.from(0, p);
    result.b = b.from(p, 0);
    if (p > 0) result.start = {c, ldc};
    return result;
  }
};

}  // namespace unroll::kernels
