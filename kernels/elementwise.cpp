// The loops of elementwise.h on the CPU, compiled once a SIMD level.
#include "kernels/elementwise.h"

#include "kernels/elementwise_emit.h"
#include "kernels/parallel.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

constexpr int64_t kGrain = 16384;  // elements for which a second thread pays

}  // namespace

template <class Device, class Op, class T>
void unary_forward(Device, Op op, int64_t n, const T* x, T* y) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) y[i] = op.forward(x[i]);
  });
}

template <class Device, class Op, class T>
void unary_backward(Device, Op op, int64_t n, const T* x, const T* y, const T* dy, T* dx) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
      const T x_i = Op::kSaves == Saves::kInput ? x[i] : T(0);
      const T y_i = Op::kSaves == Saves::kOutput ? y[i] : T(0);
      dx[i] = op.backward(x_i, y_i, dy[i]);
    }
  });
}

namespace {

// Calls row(offset_a, offset_b, offset_y, size) for pieces of the plan's last dimension.
template <class Row>
void for_each_row(const BroadcastPlan& plan, const Row& row) {
  const int last = plan.rank - 1;
  const int64_t columns = plan.size[last];
  int64_t rows = 1;
  for (int axis = 0; axis < last; ++axis) rows *= plan.size[axis];
  if (rows == 1) {
    parallel_for(columns, kGrain, [&](int64_t begin, int64_t end) {
      row(begin * plan.stride_a[last], begin * plan.stride_b[last], begin, end - begin);
    });
    return;
  }
  const int64_t grain =
      columns >= kGrain ? 1 : (kGrain + columns - 1) / (columns > 0 ? columns : 1);
  parallel_for(rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      int64_t a = 0, b = 0, index = r;  // over axes 0 to `axis`
      for (int axis = last - 1; axis > 0; --axis) {
        a += index % plan.size[axis] * plan.stride_a[axis];
        b += index % plan.size[axis] * plan.stride_b[axis];
        index /= plan.size[axis];
      }
      row(a + index * plan.stride_a[0], b + index * plan.stride_b[0], r * columns, columns);
    }
  });
}

// Calls f(i, a_i, b_i) for i < n, with operands that advance by 0 or 1: four loops, so that each
// vectorises.
template <class T, class F>
[[gnu::always_inline]] inline void zip(int64_t n, const T* a, int64_t stride_a, const T* b,
                                       int64_t stride_b, const F& f) {
  if (stride_a == 1 && stride_b == 1) {
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) f(i, a[i], b[i]);
  } else if (stride_a == 1) {
    const T b_all = *b;
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) f(i, a[i], b_all);
  } else if (stride_b == 1) {
    const T a_all = *a;
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) f(i, a_all, b[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) f(i, *a, *b);
  }
}

// Like `zip` for derivatives; an operation that saves nothing has no operands to read.
template <class Op, class T, class F>
void zip_saved(const BroadcastPlan& plan, const T* a, const T* b, const F& f) {
  const int last = plan.rank - 1;
  for_each_row(plan, [&](int64_t at_a, int64_t at_b, int64_t at_y, int64_t n) {
    if constexpr (Op::kSaves == Saves::kNothing) {
#pragma omp simd
      for (int64_t i = 0; i < n; ++i) f(at_y + i, T(0), T(0));
    } else {
      zip(n, a + at_a, plan.stride_a[last], b + at_b, plan.stride_b[last],
          [&](int64_t i, T a_i, T b_i) { f(at_y + i, a_i, b_i); });
    }
  });
}

}  // namespace

template <class Device, class Op, class T>
void binary_forward(Device, Op op, const BroadcastPlan& plan, const T* a, const T* b, T* y) {
  const int last = plan.rank - 1;
  for_each_row(plan, [&](int64_t at_a, int64_t at_b, int64_t at_y, int64_t n) {
    T* row = y + at_y;
    zip(n, a + at_a, plan.stride_a[last], b + at_b, plan.stride_b[last],
        [=](int64_t i, T a_i, T b_i) { row[i] = op.forward(a_i, b_i); });
  });
}

template <class Device, class Op, class T>
void binary_backward_a(Device, Op op, const BroadcastPlan& plan, const T* a, const T* b,
                       const T* dy, T* d) {
  zip_saved<Op>(plan, a, b, [=](int64_t i, T a_i, T b_i) { d[i] = op.d_a(a_i, b_i, dy[i]); });
}

template <class Device, class Op, class T>
void binary_backward_b(Device, Op op, const BroadcastPlan& plan, const T* a, const T* b,
                       const T* dy, T* d) {
  zip_saved<Op>(plan, a, b, [=](int64_t i, T a_i, T b_i) { d[i] = op.d_b(a_i, b_i, dy[i]); });
}

template <class Device, class T>
void add_in_place(Device, int64_t n, const T* from, T* to) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) to[i] += from[i];
  });
}

template void add_in_place(Cpu, int64_t, const float*, float*);
template void add_in_place(Cpu, int64_t, const double*, double*);

namespace {
[[gnu::used]] constinit const EmitElementwise<Cpu> kEmitted{};
}  // namespace

}  // namespace unroll::kernels
