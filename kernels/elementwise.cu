// The loops of elementwise.h on a GPU: the .cu file to read first.
//
// A kernel says what one thread does; the threads of the grid take turns over the elements
// (grid_stride.h). Its launch stands below it, in the function that elementwise.h declares. Arrays
// that are walked alike are read in packs of 16 bytes (pack.h); a broadcast result is computed
// element by element, each thread finding its operands by the plan, which it gets by value.
#include "kernels/elementwise.h"
#include "kernels/elementwise_emit.h"
#include "kernels/gpu.h"
#include "kernels/grid_stride.h"
#include "kernels/pack.h"

namespace unroll::kernels {

// ---- one argument

namespace {

template <class Op, class T>
__global__ void unary_forward_kernel(Op op, int64_t n, const T* x, T* y) {
  for (int64_t i = grid_thread(); i < packs_for<T>(n); i += grid_threads()) {
    Pack<T> pack = load_pack(x, i, n);
    for (T& element : pack.at) element = op.forward(element);
    store_pack(pack, y, i, n);
  }
}

template <class Op, class T>
__global__ void unary_backward_kernel(Op op, int64_t n, const T* x, const T* y, const T* dy,
                                      T* dx) {
  for (int64_t i = grid_thread(); i < packs_for<T>(n); i += grid_threads()) {
    Pack<T> x_pack{}, y_pack{};
    if constexpr (Op::kSaves == Saves::kInput) x_pack = load_pack(x, i, n);
    if constexpr (Op::kSaves == Saves::kOutput) y_pack = load_pack(y, i, n);
    Pack<T> d_pack = load_pack(dy, i, n);
    for (int j = 0; j < Pack<T>::kSize; ++j)
      d_pack.at[j] = op.backward(x_pack.at[j], y_pack.at[j], d_pack.at[j]);
    store_pack(d_pack, dx, i, n);
  }
}

}  // namespace

template <class Device, class Op, class T>
void unary_forward(Device, Op op, int64_t n, const T* x, T* y) {
  launch_over<unary_forward_kernel<Op, T>>(packs_for<T>(n), op, n, x, y);
}

template <class Device, class Op, class T>
void unary_backward(Device, Op op, int64_t n, const T* x, const T* y, const T* dy, T* dx) {
  launch_over<unary_backward_kernel<Op, T>>(packs_for<T>(n), op, n, x, y, dy, dx);
}

// ---- two arguments

namespace {

/// Where the operands of one element of the result are.
struct Operands {
  int64_t a, b;
};

// Element number i of the result has the indices that dividing i by the sizes leaves, last
// dimension first.
__device__ __forceinline__ Operands operands_of(const BroadcastPlan& plan, int64_t i) {
  Operands at{0, 0};
  for (int axis = plan.rank - 1; axis > 0; --axis) {
    const int64_t index = i % plan.size[axis];
    i /= plan.size[axis];
    at.a += index * plan.stride_a[axis];
    at.b += index * plan.stride_b[axis];
  }
  return {at.a + i * plan.stride_a[0], at.b + i * plan.stride_b[0]};
}

template <class Op, class T>
__global__ void binary_forward_kernel(Op op, int64_t n, const T* a, const T* b, T* y) {
  for (int64_t i = grid_thread(); i < packs_for<T>(n); i += grid_threads()) {
    Pack<T> pack = load_pack(a, i, n);
    const Pack<T> b_pack = load_pack(b, i, n);
    for (int j = 0; j < Pack<T>::kSize; ++j) pack.at[j] = op.forward(pack.at[j], b_pack.at[j]);
    store_pack(pack, y, i, n);
  }
}

template <class Op, class T>
__global__ void broadcast_forward_kernel(Op op, int64_t n, BroadcastPlan plan, const T* a,
                                         const T* b, T* y) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const Operands at = operands_of(plan, i);
    y[i] = op.forward(a[at.a], b[at.b]);
  }
}

enum class Operand { kA, kB };

template <Operand kOf, class Op, class T>
__device__ __forceinline__ T derivative(const Op& op, T a, T b, T dy) {
  return kOf == Operand::kA ? op.d_a(a, b, dy) : op.d_b(a, b, dy);
}

template <Operand kOf, class Op, class T>
__global__ void binary_backward_kernel(Op op, int64_t n, const T* a, const T* b, const T* dy,
                                       T* d) {
  for (int64_t i = grid_thread(); i < packs_for<T>(n); i += grid_threads()) {
    Pack<T> a_pack{}, b_pack{};
    if constexpr (Op::kSaves == Saves::kInput) {
      a_pack = load_pack(a, i, n);
      b_pack = load_pack(b, i, n);
    }
    Pack<T> d_pack = load_pack(dy, i, n);
    for (int j = 0; j < Pack<T>::kSize; ++j)
      d_pack.at[j] = derivative<kOf>(op, a_pack.at[j], b_pack.at[j], d_pack.at[j]);
    store_pack(d_pack, d, i, n);
  }
}

template <Operand kOf, class Op, class T>
__global__ void broadcast_backward_kernel(Op op, int64_t n, BroadcastPlan plan, const T* a,
                                          const T* b, const T* dy, T* d) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const Operands at = operands_of(plan, i);
    d[i] = derivative<kOf>(op, a[at.a], b[at.b], dy[i]);
  }
}

int64_t result_size(const BroadcastPlan& plan) {
  int64_t n = 1;
  for (int axis = 0; axis < plan.rank; ++axis) n *= plan.size[axis];
  return n;
}

// Whether element i of the result has element i of each operand.
bool equal_shapes(const BroadcastPlan& plan) {
  return plan.rank == 1 && plan.stride_a[0] == 1 && plan.stride_b[0] == 1;
}

// An operation that saves nothing has no operands to find.
template <Operand kOf, class Op, class T>
void binary_backward(Op op, const BroadcastPlan& plan, const T* a, const T* b, const T* dy, T* d) {
  const int64_t n = result_size(plan);
  if constexpr (Op::kSaves != Saves::kNothing)
    if (!equal_shapes(plan))
      return launch_over<broadcast_backward_kernel<kOf, Op, T>>(n, op, n, plan, a, b, dy, d);
  launch_over<binary_backward_kernel<kOf, Op, T>>(packs_for<T>(n), op, n, a, b, dy, d);
}

}  // namespace

template <class Device, class Op, class T>
void binary_forward(Device, Op op, const BroadcastPlan& plan, const T* a, const T* b, T* y) {
  const int64_t n = result_size(plan);
  if (equal_shapes(plan))
    launch_over<binary_forward_kernel<Op, T>>(packs_for<T>(n), op, n, a, b, y);
  else
    launch_over<broadcast_forward_kernel<Op, T>>(n, op, n, plan, a, b, y);
}

template <class Device, class Op, class T>
void binary_backward_a(Device, Op op, const BroadcastPlan& plan, const T* a, const T* b,
                       const T* dy, T* d) {
  binary_backward<Operand::kA>(op, plan, a, b, dy, d);
}

template <class Device, class Op, class T>
void binary_backward_b(Device, Op op, const BroadcastPlan& plan, const T* a, const T* b,
                       const T* dy, T* d) {
  binary_backward<Operand::kB>(op, plan, a, b, dy, d);
}

template <class Device, class T>
void add_in_place(Device, int64_t n, const T* from, T* to) {
  launch_over<binary_forward_kernel<Add, T>>(packs_for<T>(n), Add{}, n, to, from, to);
}

template void add_in_place(Gpu, int64_t, const float*, float*);
template void add_in_place(Gpu, int64_t, const double*, double*);

namespace {
[[gnu::used, maybe_unused]] constinit const EmitElementwise<Gpu> kEmitted{};
}  // namespace

}  // namespace unroll::kernels
