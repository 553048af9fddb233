// A vector of units at one step on the CPU: a cell's equations on kLanes units of one batch row or
// two.
#pragma once

#include "kernels/recurrent/recurrent.h"
#include "kernels/vec.h"

namespace unroll::kernels {
namespace {

/// The same vector of units in two batch rows. The equations of a cell are a chain of operations
/// that wait for each other; with two chains side by side, one goes on while the other waits.
template <class T>
struct Pair {
  struct Mask {
    typename Vec<T>::Mask first, second;
  };

  Vec<T> first, second;

  Pair() = default;
  HD Pair(T scalar) : first(scalar), second(scalar) {}
  HD Pair(Vec<T> a, Vec<T> b) : first(a), second(b) {}

  HD friend Pair operator+(Pair a, Pair b) { return {a.first + b.first, a.second + b.second}; }
  HD friend Pair operator-(Pair a, Pair b) { return {a.first - b.first, a.second - b.second}; }
  HD friend Pair operator*(Pair a, Pair b) { return {a.first * b.first, a.second * b.second}; }
  HD friend Pair operator/(Pair a, Pair b) { return {a.first / b.first, a.second / b.second}; }
  HD friend Pair operator<<(Pair a, int bits) { return {a.first << bits, a.second << bits}; }
  HD friend Pair operator&(Pair a, Pair b) { return {a.first & b.first, a.second & b.second}; }
  HD friend Pair operator|(Pair a, Pair b) { return {a.first | b.first, a.second | b.second}; }
  HD friend Mask operator<(Pair a, Pair b) { return {a.first < b.first, a.second < b.second}; }
  HD friend Mask operator>(Pair a, Pair b) { return {a.first > b.first, a.second > b.second}; }
  HD friend Pair select(Mask mask, Pair yes, Pair no) {
    return {select(mask.first, yes.first, no.first), select(mask.second, yes.second, no.second)};
  }
};

HD Pair<int32_t> bits_of(Pair<float> v) { return {bits_of(v.first), bits_of(v.second)}; }
HD Pair<float> float_of_bits(Pair<int32_t> v) {
  return {float_of_bits(v.first), float_of_bits(v.second)};
}
HD Pair<double> sigmoid_(Pair<double> v) { return {sigmoid_(v.first), sigmoid_(v.second)}; }
HD Pair<double> tanh_(Pair<double> v) { return {tanh_(v.first), tanh_(v.second)}; }

template <class T>
T* row_of(T* base, int64_t row, int64_t width) {
  return base ? base + row * width : nullptr;
}

// `count` units of one batch row, or of two that lie `row` apart; zeros from null.
template <class T>
HD void load(Vec<T>& units, const T* from, int64_t, int64_t count) {
  units = from ? Vec<T>::load(from, count) : Vec<T>(0);
}
template <class T>
HD void load(Pair<T>& units, const T* from, int64_t row, int64_t count) {
  load(units.first, from, row, count);
  load(units.second, row_of(from, 1, row), row, count);
}
template <class T>
HD void store(Vec<T> units, T* to, int64_t, int64_t count) {
  units.store(to, count);
}
template <class T>
HD void store(Pair<T> units, T* to, int64_t row, int64_t count) {
  units.first.store(to, count);
  units.second.store(to + row, count);
}

/// Calls f(row, units) for `rows` batch rows, two at a time with a Pair if they may go `together`,
/// else each with a Vec; `units` only says which.
template <class T, class F>
HD void for_each_pair(int64_t rows, bool together, const F& f) {
  int64_t row = 0;
  for (; together && row + 1 < rows; row += 2) f(row, Pair<T>());
  for (; row < rows; ++row) f(row, Vec<T>());
}

/// Values that a unit has several of: those with number i of neighbouring units are neighbours, at
/// data + i*stride; those of the next batch row are `row` further.
template <class T>
struct Blocks {
  T* data;
  int64_t stride, row;

  HD T* operator[](int64_t i) const { return data + i * stride; }
  HD Blocks from(int64_t unit) const { return {data + unit, stride, row}; }
};

/// Where a unit's state is before and after a step; the next batch row's is `row` further. c and
/// c_next, which may be the same, are null unless the cell has a cell state; h is null where it
/// does not read it.
template <class T>
struct UnitStates {
  const T *h, *c;
  T *h_next, *c_next;
  int64_t row;

  HD UnitStates from(int64_t unit) const {
    return {row_of(h, unit, 1), row_of(c, unit, 1), h_next + unit, row_of(c_next, unit, 1), row};
  }
};

/// The state after the step, and `saved`, of `count` ≤ kLanes units; Units is a Vec for one batch
/// row or a Pair for two. `saved` may be x itself.
template <class Cell, class Units, class T>
HD void forward_units(int64_t count, Blocks<const T> x, Blocks<const T> r,
                      const UnitStates<T>& states, Blocks<T> saved) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  Units x_u[G], r_u[G], saved_u[S], h, c = T(0), h_next, c_next = T(0);
  for (int g = 0; g < G; ++g) {
    load(x_u[g], x[g], x.row, count);
    load(r_u[g], r[g], r.row, count);
  }
  load(h, states.h, states.row, count);
  if (Cell::kHasCellState) load(c, states.c, states.row, count);
  Cell::forward(x_u, r_u, h, c, saved_u, h_next, c_next);
  store(h_next, states.h_next, states.row, count);
  if (Cell::kHasCellState) store(c_next, states.c_next, states.row, count);
  if (saved.data)
    for (int s = 0; s < S; ++s) store(saved_u[s], saved[s], saved.row, count);
}

/// The gradients of `count` ≤ kLanes units' gates from those of the state after the step, dh and
/// dc; dh_prev and dc_prev get those of the state before it, apart from the part through the
/// h-gates. dx may be `saved` itself, dr be dx where the cell does not split them. One batch row at
/// a time: the equations are short enough here for the processor to see the next ones.
template <class Cell, class T>
HD void backward_units(int64_t count, Blocks<const T> saved, const T* h, const T* c,
                       const T* c_next, Vec<T> dh, const T* dc, Blocks<T> dx, Blocks<T> dr,
                       T* dh_prev, T* dc_prev) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  const auto units = [&](const T* from) { return from ? Vec<T>::load(from, count) : Vec<T>(0); };
  Vec<T> saved_u[S], dx_u[G], dr_u[G], dh_prev_u, dc_prev_u = T(0);
  for (int s = 0; s < S; ++s) saved_u[s] = Vec<T>::load(saved[s], count);
  Cell::backward(saved_u, units(h), units(Cell::kHasCellState ? c : nullptr),
                 units(Cell::kHasCellState ? c_next : nullptr), dh, units(dc), dx_u, dr_u,
                 dh_prev_u, dc_prev_u);
  for (int g = 0; g < G; ++g) {
    dx_u[g].store(dx[g], count);
    if (Cell::kSplitsHidden) dr_u[g].store(dr[g], count);
  }
  if (dh_prev) dh_prev_u.store(dh_prev, count);
  if (Cell::kHasCellState && dc_prev) dc_prev_u.store(dc_prev, count);
}

}  // namespace
}  // namespace unroll::kernels
