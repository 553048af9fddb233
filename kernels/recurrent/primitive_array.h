// A number type for the cells' equations whose every operation is a launch of its own: an array of
// (rows, columns), here one number for each unit of each batch row.
//
// Cell::forward and Cell::backward take it where other rungs give them a float. So an expression
// such as f·c + i·g becomes three kernels, each of which reads its operands from memory and writes
// its result to it. This is what a framework without fused kernels does.
#pragma once

#include "kernels/arena.h"
#include "kernels/functions.h"
#include "kernels/gpu.h"

namespace unroll::kernels {
namespace {

// ---- the operations; those of fewer than three operands ignore the rest

struct PlusOp {
  template <class T>
  HD static T of(T a, T b, T) {
    return a + b;
  }
};
struct MinusOp {
  template <class T>
  HD static T of(T a, T b, T) {
    return a - b;
  }
};
struct TimesOp {
  template <class T>
  HD static T of(T a, T b, T) {
    return a * b;
  }
};
struct LessOp {  // 1 or 0
  template <class T>
  HD static T of(T a, T b, T) {
    return a < b ? T(1) : T(0);
  }
};
struct SelectOp {
  template <class T>
  HD static T of(T condition, T yes, T no) {
    return condition != T(0) ? yes : no;
  }
};
struct SigmoidOp {
  template <class T>
  HD static T of(T a, T, T) {
    return sigmoid_(a);
  }
};
struct TanhOp {
  template <class T>
  HD static T of(T a, T, T) {
    return tanh_(a);
  }
};
struct CopyOp {
  template <class T>
  HD static T of(T a, T, T) {
    return a;
  }
};

/// An array as a kernel reads it; a stride of 0 repeats a row or column, no data a constant.
template <class T>
struct Operand {
  const T* data = nullptr;
  int64_t row_stride = 0, column_stride = 0;
  T constant = T(0);

  __device__ T at(int64_t row, int64_t column) const {
    return data ? data[row * row_stride + column * column_stride] : constant;
  }
};

template <class Op, class T>
__global__ void elementwise(int64_t rows, int64_t columns, Operand<T> a, Operand<T> b, Operand<T> c,
                            T* result, int64_t result_stride) {
  const int64_t first = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (int64_t i = first; i < rows * columns; i += static_cast<int64_t>(gridDim.x) * blockDim.x) {
    const int64_t row = i / columns, column = i % columns;
    result[row * result_stride + column] =
        Op::of(a.at(row, column), b.at(row, column), c.at(row, column));
  }
}

/// The size of the arrays, and the memory for results. When the arena only counts, nothing runs.
struct ArraySpace {
  int64_t rows, columns;
  Arena arena;

  template <class Op, class T>
  void run(Operand<T> a, Operand<T> b, Operand<T> c, T* result, int64_t result_stride) const {
    constexpr int64_t kThreads = 256, kMostBlocks = 4096;
    const int64_t n = rows * columns;
    if (arena.only_counts() || n == 0) return;
    const int64_t blocks = blocks_for(n, kThreads);
    launch<elementwise<Op, T>>(
        {static_cast<unsigned>(blocks < kMostBlocks ? blocks : kMostBlocks), kThreads}, rows,
        columns, a, b, c, result, result_stride);
  }
};

template <class T>
class Array {
 public:
  Array() = default;
  HD explicit Array(int constant) { operand_.constant = T(constant); }

  /// What lies at `data`, row_stride from row to row.
  Array(ArraySpace& space, const T* data, int64_t row_stride, int64_t column_stride = 1)
      : space_(&space), operand_{data, row_stride, column_stride, T(0)} {}

  HD friend Array operator+(const Array& a, const Array& b) { return make<PlusOp>(a, b); }
  HD friend Array operator-(const Array& a, const Array& b) { return make<MinusOp>(a, b); }
  HD friend Array operator*(const Array& a, const Array& b) { return make<TimesOp>(a, b); }
  HD friend Array operator<(const Array& a, const Array& b) { return make<LessOp>(a, b); }
  HD friend Array operator>(const Array& a, const Array& b) { return make<LessOp>(b, a); }
  HD friend Array sigmoid_(const Array& a) { return make<SigmoidOp>(a); }
  HD friend Array tanh_(const Array& a) { return make<TanhOp>(a); }
  HD friend Array select(const Array& condition, const Array& yes, const Array& no) {
    return make<SelectOp>(condition, yes, no);
  }

  /// Writes the array to `to`, stride from row to row.
  void copy_to(const ArraySpace& space, T* to, int64_t stride) const {
    space.run<CopyOp>(operand_, Operand<T>(), Operand<T>(), to, stride);
  }

 private:
  // Like the operators it is HD because the cells are, but the host alone runs it.
#pragma nv_exec_check_disable
  template <class Op>
  HD static Array make(const Array& a, const Array& b = {}, const Array& c = {}) {
    ArraySpace* space = a.space_ ? a.space_ : b.space_ ? b.space_ : c.space_;
    T* result = space->arena.take<T>(space->rows * space->columns);
    space->run<Op>(a.operand_, b.operand_, c.operand_, result, space->columns);
    return Array(*space, result, space->columns);
  }

  ArraySpace* space_ = nullptr;  // null: a constant
  Operand<T> operand_;
};

}  // namespace
}  // namespace unroll::kernels
