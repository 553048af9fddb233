// A vector of units at one step on the CPU: a cell's equations on kLanes units of a batch row.
#pragma once

#include "kernels/recurrent/recurrent.h"
#include "kernels/vec.h"

namespace unroll::kernels {
namespace {

/// Values that a unit has several of: those with number i of neighbouring units are neighbours, at
/// data + i*stride.
template <class T>
struct Blocks {
  T* data;
  int64_t stride;

  HD T* operator[](int64_t i) const { return data + i * stride; }
  HD Blocks from(int64_t unit) const { return {data + unit, stride}; }
};

template <class T>
HD Vec<T> load_or_zero(const T* from, int64_t count) {
  return from ? Vec<T>::load(from, count) : Vec<T>(0);
}

template <class T>
T* row_of(T* base, int64_t row, int64_t width) {
  return base ? base + row * width : nullptr;
}

/// Where a unit's state is before and after a step. c and c_next are null unless the cell has a
/// cell state; h is null where it does not read it.
template <class T>
struct UnitStates {
  const T *h, *c;
  T *h_next, *c_next;

  HD UnitStates from(int64_t unit) const {
    return {row_of(h, unit, 1), row_of(c, unit, 1), h_next + unit, row_of(c_next, unit, 1)};
  }
};

/// The state after the step, and `saved`, of `count` ≤ kLanes units. `saved` may be x itself.
template <class Cell, class T>
HD void forward_units(int64_t count, Blocks<const T> x, Blocks<const T> r,
                      const UnitStates<T>& states, Blocks<T> saved) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  Vec<T> x_u[G], r_u[G], saved_u[S], h_next, c_next = T(0);
  for (int g = 0; g < G; ++g) {
    x_u[g] = Vec<T>::load(x[g], count);
    r_u[g] = Vec<T>::load(r[g], count);
  }
  Cell::forward(x_u, r_u, load_or_zero(states.h, count),
                Cell::kHasCellState ? Vec<T>::load(states.c, count) : Vec<T>(0), saved_u, h_next,
                c_next);
  h_next.store(states.h_next, count);
  if (Cell::kHasCellState) c_next.store(states.c_next, count);
  if (saved.data)
    for (int s = 0; s < S; ++s) saved_u[s].store(saved[s], count);
}

/// The gradients of `count` ≤ kLanes units' gates from those of the state after the step, dh and
/// dc; dh_prev and dc_prev get those of the state before it, apart from the part through the
/// h-gates. dx may be `saved` itself, dr be dx where the cell does not split them; both are null,
/// or neither.
template <class Cell, class T>
HD void backward_units(int64_t count, Blocks<const T> saved, const T* h, const T* c,
                       const T* c_next, Vec<T> dh, const T* dc, Blocks<T> dx, Blocks<T> dr,
                       T* dh_prev, T* dc_prev) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  Vec<T> saved_u[S], dx_u[G], dr_u[G], dh_u, dc_u = T(0);
  for (int s = 0; s < S; ++s) saved_u[s] = Vec<T>::load(saved[s], count);
  Cell::backward(saved_u, load_or_zero(h, count),
                 Cell::kHasCellState ? Vec<T>::load(c, count) : Vec<T>(0),
                 Cell::kHasCellState ? Vec<T>::load(c_next, count) : Vec<T>(0), dh,
                 load_or_zero(dc, count), dx_u, dr_u, dh_u, dc_u);
  for (int g = 0; g < G; ++g) {
    dx_u[g].store(dx[g], count);
    if (Cell::kSplitsHidden) dr_u[g].store(dr[g], count);
  }
  if (dh_prev) dh_u.store(dh_prev, count);
  if (Cell::kHasCellState && dc_prev) dc_u.store(dc_prev, count);
}

}  // namespace
}  // namespace unroll::kernels
