// A step of a cell in primitive operations: what rung 1 does beside its products.
//
// T, B, H, G, S as in recurrent.h.
#pragma once

#include "kernels/recurrent/gpu_sequence.h"
#include "kernels/recurrent/primitive_array.h"

namespace unroll::kernels {
namespace {

/// takes_part[b] = 1 where row b has step t, else 0.
template <class T>
__global__ void mark_rows(int64_t batch, int64_t t, const int32_t* lengths, T* takes_part) {
  const int64_t b = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (b < batch) takes_part[b] = t < lengths[b] ? T(1) : T(0);
}

template <class Cell, class T>
struct PrimitiveScratch {
  T *x_gates, *h_gates;  // (B, G*H); backward: their gradients
  T *dh, *dc;            // (B, H), backward
  T *sums, *partials;    // (G*H) and what sum_forward wants, backward
  T* takes_part;         // (B), or null
  int32_t* lengths;      // (B), or null
  Arena results;         // of one step's operations; the next step uses the same memory

  PrimitiveScratch(Arena arena, const RecurrentShape& shape, bool backward)
      : x_gates(arena.take<T>(shape.batch * Cell::kGates * shape.hidden_size)),
        h_gates(arena.take<T>(shape.batch * Cell::kGates * shape.hidden_size)),
        dh(backward ? arena.take<T>(shape.batch * shape.hidden_size) : nullptr),
        dc(backward ? arena.take<T>(shape.batch * shape.hidden_size) : nullptr),
        sums(backward ? arena.take<T>(Cell::kGates * shape.hidden_size) : nullptr),
        partials(backward ? arena.take<T>(
                                sum_workspace(1, shape.batch, Cell::kGates * shape.hidden_size))
                          : nullptr),
        takes_part(shape.lengths ? arena.take<T>(shape.batch) : nullptr),
        lengths(take_lengths(arena, shape)),
        results(arena) {}

  void mark_rows_of(const RecurrentShape& shape, int64_t t) const {
    constexpr int64_t kThreads = 128;
    if (lengths && shape.batch > 0)
      launch<mark_rows<T>>({blocks_for(shape.batch, kThreads), kThreads}, shape.batch, t, lengths,
                           takes_part);
  }
};

/// The pointwise operations of step t, from the gates in `scratch`. Returns the workspace's end.
template <class Cell, class T>
int64_t forward_operations(const RecurrentForward<T>& args,
                           const PrimitiveScratch<Cell, T>& scratch, int64_t t) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, H = shape.hidden_size, before = shape.before(t) * B * H;
  ArraySpace space{B, H, scratch.results};
  Array<T> x[G], r[G], saved[S], h(space, args.states + before, H), h_next, c, c_next;
  if (Cell::kHasCellState) c = Array<T>(space, args.cells + before, H);
  for (int gate = 0; gate < G; ++gate) {
    x[gate] = Array<T>(space, row_of(scratch.x_gates, gate, H), G * H);
    r[gate] = Array<T>(space, row_of(scratch.h_gates, gate, H), G * H);
    if (args.b_ih) x[gate] = x[gate] + Array<T>(space, args.b_ih + gate * H, 0);
    if (args.b_hh) r[gate] = r[gate] + Array<T>(space, args.b_hh + gate * H, 0);
  }
  Cell::forward(x, r, h, c, saved, h_next, c_next);

  Array<T> output = h_next;
  if (shape.lengths) {
    const Array<T> takes_part(space, scratch.takes_part, 1, 0), zero(0);
    output = select(takes_part, h_next, zero);
    h_next = select(takes_part, h_next, h);
    if (Cell::kHasCellState) c_next = select(takes_part, c_next, c);
    for (Array<T>& value : saved) value = select(takes_part, value, zero);
  }
  const int64_t after = shape.after(t) * B * H;
  h_next.copy_to(space, args.states + after, H);
  if (Cell::kHasCellState) c_next.copy_to(space, args.cells + after, H);
  if (args.output) output.copy_to(space, args.output + t * B * H, H);
  for (int s = 0; s < S; ++s) saved[s].copy_to(space, row_of(args.saved, t * B * S + s, H), S * H);
  return space.arena.used();
}

/// The gradients of step t's gates into `scratch`, dh and dc from the state after the step to the
/// one before it. Returns the workspace's end.
template <class Cell, class T>
int64_t backward_operations(const RecurrentBackward<T>& args,
                            const PrimitiveScratch<Cell, T>& scratch, int64_t t) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, H = shape.hidden_size;
  const int64_t before = shape.before(t) * B * H, after = shape.after(t) * B * H;
  ArraySpace space{B, H, scratch.results};
  const Array<T> zero(0), h(space, args.states + before, H), dh(space, scratch.dh, H);
  Array<T> saved[S], c, c_next, dc, dx[G], dr[G], dh_prev, dc_prev;
  for (int s = 0; s < S; ++s)
    saved[s] = Array<T>(space, row_of(args.saved, t * B * S + s, H), S * H);
  if (Cell::kHasCellState) {
    c = Array<T>(space, args.cells + before, H);
    c_next = Array<T>(space, args.cells + after, H);
    dc = Array<T>(space, scratch.dc, H);
  }
  const Array<T> dh_all = args.d_output ? dh + Array<T>(space, args.d_output + t * B * H, H) : dh;
  Cell::backward(saved, h, c, c_next, dh_all, dc, dx, dr, dh_prev, dc_prev);

  if (shape.lengths) {
    const Array<T> takes_part(space, scratch.takes_part, 1, 0);
    dh_prev = select(takes_part, dh_prev, dh);
    if (Cell::kHasCellState) dc_prev = select(takes_part, dc_prev, dc);
    for (Array<T>& gradient : dx) gradient = select(takes_part, gradient, zero);
    for (Array<T>& gradient : dr) gradient = select(takes_part, gradient, zero);
  }
  dh_prev.copy_to(space, scratch.dh, H);
  if (Cell::kHasCellState) dc_prev.copy_to(space, scratch.dc, H);
  for (int gate = 0; gate < G; ++gate) {
    dx[gate].copy_to(space, row_of(scratch.x_gates, gate, H), G * H);
    dr[gate].copy_to(space, row_of(scratch.h_gates, gate, H), G * H);
  }
  return space.arena.used();
}

}  // namespace
}  // namespace unroll::kernels
