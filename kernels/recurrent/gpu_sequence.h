// What rungs 2 to 4 share: their workspace, and the loops over the steps with one product and one
// pointwise kernel in each.
#pragma once

#include <initializer_list>

#include "kernels/recurrent/gpu_step.h"

namespace unroll::kernels {
namespace {

/// Puts the row lengths into device memory, for which `lengths` is null when there are none.
inline void copy_lengths(const RecurrentShape& shape, int32_t* lengths) {
  if (shape.lengths)
    gpu_from_host(Gpu{}, static_cast<size_t>(shape.batch) * sizeof(int32_t), shape.lengths,
                  lengths);
}

inline int32_t* take_lengths(Arena& arena, const RecurrentShape& shape) {
  return shape.lengths ? arena.take<int32_t>(shape.batch) : nullptr;
}

/// to[i] = from[i], or 0 where `from` is null.
template <class T>
void copy_or_zero(int64_t n, const T* from, T* to) {
  const size_t bytes = static_cast<size_t>(n) * sizeof(T);
  from ? gpu_copy(Gpu{}, bytes, from, to) : gpu_zero(Gpu{}, bytes, to);
}

/// Row `index` of rows of `size` elements; null of null.
template <class T>
T* row_of(T* base, int64_t index, int64_t size) {
  return base ? base + index * size : nullptr;
}

template <class Cell, class T>
struct ForwardScratch {
  T* h_gates;        // (B, G*H)
  int32_t* lengths;  // (B), or null

  ForwardScratch(Arena& arena, const RecurrentShape& shape)
      : h_gates(arena.take<T>(shape.batch * Cell::kGates * shape.hidden_size)),
        lengths(take_lengths(arena, shape)) {}
};

template <class Cell, class T>
struct BackwardScratch {
  GradientScratch<Cell, T> gradients;
  T *dh, *dc;        // (B, H)
  int32_t* lengths;  // (B), or null

  BackwardScratch(Arena& arena, const RecurrentBackward<T>& args)
      : gradients(arena, args),
        dh(arena.take<T>(args.shape.batch * args.shape.hidden_size)),
        dc(arena.take<T>(Cell::kHasCellState ? args.shape.batch * args.shape.hidden_size : 0)),
        lengths(take_lengths(arena, args.shape)) {}
};

template <class Cell, class T>
int64_t steps_forward_workspace(const RecurrentForward<T>& args) {
  Arena arena(nullptr);
  ForwardScratch<Cell, T>(arena, args.shape);
  return arena.used();
}

template <class Cell, class T>
int64_t steps_backward_workspace(const RecurrentBackward<T>& args) {
  Arena arena(nullptr);
  BackwardScratch<Cell, T>(arena, args);
  return arena.used();
}

/// The state after step t, from `saved` with the input's share of the gates in it.
template <class Cell, int N, class T>
void run_forward_step(const RecurrentForward<T>& args, const ForwardScratch<Cell, T>& scratch,
                      int64_t t) {
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, H = shape.hidden_size, gate_rows = Cell::kGates * H;
  const T* h = args.states + shape.before(t) * B * H;
  multiply<T>(B, gate_rows, H, {h, H}, {args.w_hh, H, true}, scratch.h_gates, gate_rows);
  launch<forward_step<Cell, N, T>>(
      step_grid(B, H, N),
      ForwardStep<T>{t, B, H, scratch.lengths, args.b_ih, args.b_hh, scratch.h_gates, h,
                     row_of(args.cells, shape.before(t), B * H),
                     args.saved + t * B * Cell::kSaved * H, args.states + shape.after(t) * B * H,
                     row_of(args.cells, shape.after(t), B * H), row_of(args.output, t, B * H)});
}

/// The gates' gradients of step t; dh and dc go from the state after the step to the one before.
template <class Cell, int N, class T>
void run_backward_step(const RecurrentBackward<T>& args, const BackwardScratch<Cell, T>& scratch,
                       int64_t t) {
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, H = shape.hidden_size, width = Cell::kSaved * H;
  T* d_gates = scratch.gradients.gates + t * B * width;
  launch<backward_step<Cell, N, T>>(
      step_grid(B, H, N),
      BackwardStep<T>{t, B, H, scratch.lengths, args.saved + t * B * width,
                      args.states + shape.before(t) * B * H,
                      row_of(args.cells, shape.before(t), B * H),
                      row_of(args.cells, shape.after(t), B * H), row_of(args.d_output, t, B * H),
                      scratch.dh, scratch.dc, d_gates});
  multiply<T>(B, H, Cell::kGates * H, {d_gates, width}, {args.w_hh, H}, scratch.dh, H, true);
}

/// dh and dc as they stand after the last step.
template <class Cell, class T>
void start_backward(const RecurrentBackward<T>& args, const BackwardScratch<Cell, T>& scratch) {
  const int64_t n = args.shape.batch * args.shape.hidden_size;
  copy_or_zero(n, args.d_h_n, scratch.dh);
  if (Cell::kHasCellState) copy_or_zero(n, args.d_c_n, scratch.dc);
}

/// The initial state's gradients, where wanted.
template <class Cell, class T>
void finish_state_gradients(const RecurrentBackward<T>& args,
                            const BackwardScratch<Cell, T>& scratch) {
  const int64_t n = args.shape.batch * args.shape.hidden_size;
  if (args.d_h_0) copy_or_zero<T>(n, scratch.dh, args.d_h_0);
  if (args.d_c_0) copy_or_zero<T>(n, scratch.dc, args.d_c_0);
}

/// Step number i of those that the forward pass runs, i < T.
HD int64_t step_run(const RecurrentShape& shape, int64_t i) {
  return shape.reverse ? shape.seq_len - 1 - i : i;
}

// ---- rungs 3 and 4: all steps with 16 bytes a thread, where the memory allows it.

/// Whether packs of N lie on their alignment in every row of these arrays of rows of H.
template <class T>
bool packs_fit(int64_t N, int64_t H, std::initializer_list<const T*> arrays) {
  for (const T* array : arrays)
    if (reinterpret_cast<uintptr_t>(array) % (static_cast<size_t>(N) * sizeof(T)) != 0)
      return false;
  return H % N == 0;
}

template <class Cell, class T>
void run_forward_steps(const RecurrentForward<T>& args, const ForwardScratch<Cell, T>& scratch) {
  constexpr int N = 16 / sizeof(T);
  const RecurrentShape& shape = args.shape;
  const bool fit =
      packs_fit<T>(N, shape.hidden_size,
                   {args.b_ih, args.b_hh, args.states, args.cells, args.saved, args.output});
  for (int64_t i = 0; i < shape.seq_len; ++i)
    fit ? run_forward_step<Cell, N>(args, scratch, step_run(shape, i))
        : run_forward_step<Cell, 1>(args, scratch, step_run(shape, i));
}

template <class Cell, class T>
void run_backward_steps(const RecurrentBackward<T>& args, const BackwardScratch<Cell, T>& scratch) {
  constexpr int N = 16 / sizeof(T);
  const RecurrentShape& shape = args.shape;
  const bool fit = packs_fit<T>(N, shape.hidden_size,
                                {args.states, args.cells, args.saved, args.reuse, args.d_output});
  for (int64_t i = shape.seq_len - 1; i >= 0; --i)
    fit ? run_backward_step<Cell, N>(args, scratch, step_run(shape, i))
        : run_backward_step<Cell, 1>(args, scratch, step_run(shape, i));
}

}  // namespace
}  // namespace unroll::kernels
