// What a GPU computes outside the loop over the steps: the input's share of all gates before it,
// the gradients of weights, biases and input after it, each as one large product.
//
// T, B, I, H, G, S as in recurrent.h. A row of gates is S blocks of H wide. Forward, its first G
// blocks are x·W_ihᵀ, without the biases, until a step replaces them by what the cell saves.
// Backward, a row of the same width holds the gates' gradients: block g that of h-gate g, which is
// also that of x-gate g, unless the cell splits them (Cell::kSplitsHidden): then the last x-gate's
// gradient is block S−1.
#pragma once

#include "kernels/arena.h"
#include "kernels/gpu.h"
#include "kernels/matmul.h"
#include "kernels/recurrent/recurrent.h"
#include "kernels/reduce.h"

namespace unroll::kernels {
namespace {

/// Which block of a row of gates' gradients holds that of x-gate `gate`.
template <class Cell>
HD constexpr int x_gradient_block(int gate) {
  return Cell::kSplitsHidden && gate == Cell::kGates - 1 ? Cell::kSaved - 1 : gate;
}

/// A factor of a product: a matrix as it is stored, its rows `stride` elements apart.
template <class T>
struct Factor {
  const T* data;
  int64_t stride;
  bool transposed = false;
};

/// c = a·b, or c += a·b with `accumulate`; c is (m, n) with rows `c_stride` apart, the sum over k.
template <class T>
void multiply(int64_t m, int64_t n, int64_t k, Factor<T> a, Factor<T> b, T* c, int64_t c_stride,
              bool accumulate = false) {
  matmul(Gpu{}, MatmulArgs<T>{1, m, n, k, a.transposed, b.transposed, accumulate, a.data, b.data, c,
                              a.stride, b.stride, c_stride, 0, 0, 0});
}

/// The input's share of the gates of `steps` steps from step t on, x·W_ihᵀ, into `saved`.
template <class Cell, class T>
void multiply_input(const RecurrentForward<T>& args, int64_t t, int64_t steps) {
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, I = shape.input_size, width = Cell::kSaved * shape.hidden_size;
  multiply<T>(steps * B, Cell::kGates * shape.hidden_size, I, {args.x + t * B * I, I},
              {args.w_ih, I, true}, args.saved + t * B * width, width);
}

/// What the backward pass of any rung keeps in its workspace for the functions below.
template <class Cell, class T>
struct GradientScratch {
  T* gates;     // (T, B, S*H), the gates' gradients: `saved` itself where it may be used up
  T* sums;      // (S*H), over all rows of gates
  T* partials;  // of those sums

  GradientScratch(Arena& arena, const RecurrentBackward<T>& args)
      : GradientScratch(arena, args, args.shape.seq_len * args.shape.batch) {}

  /// With `sum_rows` rows to be summed for the biases.
  GradientScratch(Arena& arena, const RecurrentBackward<T>& args, int64_t sum_rows) {
    const int64_t width = Cell::kSaved * args.shape.hidden_size;
    gates = args.reuse ? args.reuse : arena.take<T>(args.shape.seq_len * args.shape.batch * width);
    const bool wanted = args.d_b_ih || args.d_b_hh;
    sums = arena.take<T>(wanted ? width : 0);
    partials = arena.take<T>(wanted ? sum_workspace(1, sum_rows, width) : 0);
  }
};

/// Zeros in d_w_ih and d_w_hh, where wanted, for sums to start from.
template <class Cell, class T>
void zero_weight_gradients(const RecurrentBackward<T>& args) {
  const int64_t I = args.shape.input_size, H = args.shape.hidden_size;
  const size_t row_bytes = static_cast<size_t>(Cell::kGates * H) * sizeof(T);
  if (args.d_w_ih) gpu_zero(Gpu{}, row_bytes * static_cast<size_t>(I), args.d_w_ih);
  if (args.d_w_hh) gpu_zero(Gpu{}, row_bytes * static_cast<size_t>(H), args.d_w_hh);
}

/// d_x, d_w_ih and d_w_hh, where wanted, of `steps` steps from step t on, from the gates'
/// gradients. The weights' are added to what is there with `accumulate`.
template <class Cell, class T>
void multiply_gradients(const RecurrentBackward<T>& args, const T* d_gates, int64_t t,
                        int64_t steps, bool accumulate) {
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, I = shape.input_size, H = shape.hidden_size, rows = steps * B;
  const int64_t width = Cell::kSaved * H;
  const T* gates = d_gates + t * B * width;
  const T* x = args.x + t * B * I;
  // The x-gates' gradients in runs of neighbouring blocks: all, or all but the last and the last.
  const int runs = Cell::kSplitsHidden ? 2 : 1;
  for (int run = 0; run < runs; ++run) {
    const int gate = run == 0 ? 0 : Cell::kGates - 1;
    const int64_t columns = (run == 0 ? Cell::kGates - (runs - 1) : 1) * H;
    const T* d_x_gates = gates + x_gradient_block<Cell>(gate) * H;
    if (args.d_x)
      multiply<T>(rows, I, columns, {d_x_gates, width}, {args.w_ih + gate * H * I, I},
                  args.d_x + t * B * I, I, run > 0);
    if (args.d_w_ih)
      multiply<T>(columns, I, rows, {d_x_gates, width, true}, {x, I}, args.d_w_ih + gate * H * I, I,
                  accumulate);
  }
  if (args.d_w_hh) {
    const T* before = args.states + (t + (shape.reverse ? 1 : 0)) * B * H;
    multiply<T>(Cell::kGates * H, H, rows, {gates, width, true}, {before, H}, args.d_w_hh, H,
                accumulate);
  }
}

/// d_b_ih and d_b_hh, where wanted: `count` rows of gates' gradients summed, in a fixed order.
template <class Cell, class T>
void sum_bias_gradients(const RecurrentBackward<T>& args, const GradientScratch<Cell, T>& scratch,
                        int64_t count, const T* rows) {
  if (!args.d_b_ih && !args.d_b_hh) return;
  const int64_t H = args.shape.hidden_size, width = Cell::kSaved * H;
  sum_forward(Gpu{}, 1, count, width, rows, scratch.sums, scratch.partials);
  const size_t block_bytes = static_cast<size_t>(H) * sizeof(T);
  for (int gate = 0; gate < Cell::kGates; ++gate) {
    if (args.d_b_ih)
      gpu_copy(Gpu{}, block_bytes, scratch.sums + x_gradient_block<Cell>(gate) * H,
               args.d_b_ih + gate * H);
    if (args.d_b_hh) gpu_copy(Gpu{}, block_bytes, scratch.sums + gate * H, args.d_b_hh + gate * H);
  }
}

template <class Cell, class T>
void sum_bias_gradients(const RecurrentBackward<T>& args, const GradientScratch<Cell, T>& scratch) {
  sum_bias_gradients<Cell, T>(args, scratch, args.shape.seq_len * args.shape.batch, scratch.gates);
}

/// All gradients that follow from the gates' gradients once those of all steps are known.
template <class Cell, class T>
void finish_gradients(const RecurrentBackward<T>& args, const GradientScratch<Cell, T>& scratch) {
  multiply_gradients<Cell>(args, static_cast<const T*>(scratch.gates), 0, args.shape.seq_len,
                           false);
  sum_bias_gradients(args, scratch);
}

}  // namespace
}  // namespace unroll::kernels
