// A product of matrices against a plain loop in double, whoever computes it.
#pragma once

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <vector>

#include "kernels/matmul.h"

namespace unroll {

/// C (m, n) = A·B with k terms, `batch` times.
struct GemmCase {
  int64_t m, n, k;
  int64_t batch = 1;
  bool one_b = false;   // serves for the whole batch
  int64_t padding = 0;  // elements between the rows of all matrices, and before the first
  bool accumulate = false;
};

/// Matrices (count, rows, columns) in host memory with `padding` elements, NaN, before each row.
template <class T>
struct Matrices {
  int64_t rows, columns, leading, offset;
  std::vector<T> data;

  Matrices(int64_t count, int64_t rows_, int64_t columns_, int64_t padding)
      : rows(rows_),
        columns(columns_),
        leading(columns_ + padding),
        offset(padding),
        data(static_cast<size_t>(count * rows_ * leading + padding),
             std::numeric_limits<T>::quiet_NaN()) {}

  int64_t stride() const { return rows * leading; }
  T& at(int64_t i, int64_t row, int64_t column) {
    return data[static_cast<size_t>(i * stride() + row * leading + column + offset)];
  }
  template <class F>
  void for_each(int64_t count, const F& f) {
    for (int64_t i = 0; i < count; ++i)
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t column = 0; column < columns; ++column) f(i, row, column);
  }
};

inline std::ostream& operator<<(std::ostream& out, const GemmCase& p) {
  return out << "batch " << p.batch << ", m " << p.m << ", n " << p.n << ", k " << p.k
             << ", padding " << p.padding;
}

/// Checks every element of C, and that no other is written. `run(args, a, b, c)` computes the
/// product; the pointers of `args` point into the vectors a, b and c.
template <class T, class Run>
void check_gemm(const GemmCase& p, bool transpose_a, bool transpose_b, const Run& run) {
  SCOPED_TRACE(testing::Message() << p << (transpose_a ? ", aT" : "")
                                  << (transpose_b ? ", bT" : ""));
  const int64_t count_b = p.one_b ? 1 : p.batch;
  Matrices<T> a(p.batch, transpose_a ? p.k : p.m, transpose_a ? p.m : p.k, p.padding);
  Matrices<T> b(count_b, transpose_b ? p.n : p.k, transpose_b ? p.k : p.n, p.padding);
  Matrices<T> c(p.batch, p.m, p.n, p.padding);
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(-1, 1);
  const auto draw = [&](Matrices<T>& x, int64_t count) {
    x.for_each(count, [&](int64_t i, int64_t row, int64_t column) {
      x.at(i, row, column) = static_cast<T>(uniform(random));
    });
  };
  draw(a, p.batch);
  draw(b, count_b);
  if (p.accumulate) draw(c, p.batch);

  Matrices<T> result = c;
  run(kernels::MatmulArgs<T>{p.batch, p.m, p.n, p.k, transpose_a, transpose_b, p.accumulate,
                             a.data.data() + p.padding, b.data.data() + p.padding,
                             result.data.data() + p.padding, a.leading, b.leading, c.leading,
                             a.stride(), p.one_b ? 0 : b.stride(), c.stride()},
      a.data, b.data, result.data);

  int64_t written = 0;
  c.for_each(p.batch, [&](int64_t i, int64_t row, int64_t column) {
    if (testing::Test::HasFatalFailure()) return;
    double sum = p.accumulate ? static_cast<double>(c.at(i, row, column)) : 0;
    double size = std::abs(sum);
    for (int64_t k = 0; k < p.k; ++k) {
      const T a_k = transpose_a ? a.at(i, k, row) : a.at(i, row, k);
      const int64_t i_b = p.one_b ? 0 : i;
      const T b_k = transpose_b ? b.at(i_b, column, k) : b.at(i_b, k, column);
      const double term = static_cast<double>(a_k) * static_cast<double>(b_k);
      sum += term;
      size += std::abs(term);
    }
    // Rounding errors of two sums of k + 1 terms, whatever their order.
    constexpr double kRounding = static_cast<double>(std::numeric_limits<T>::epsilon());
    const double error = static_cast<double>(p.k + 1) * kRounding * size;
    ASSERT_NEAR(static_cast<double>(result.at(i, row, column)), sum, error)
        << "C(" << row << ", " << column << ") of product " << i;
    ++written;
  });
  // Padding is still NaN, or it was written.
  int64_t numbers = 0;
  for (const T value : result.data) numbers += value == value;
  EXPECT_EQ(numbers, written) << "elements written outside of C";
}

}  // namespace unroll
