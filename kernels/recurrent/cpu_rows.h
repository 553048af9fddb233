// One row of one step on the CPU: a cell's equations over the units of a batch row.
#pragma once

#include "kernels/recurrent/recurrent.h"

namespace unroll::kernels {
namespace {

/// h_next[u], c_next[u] and saved[·][u] for u < H. x and r hold G blocks of H gates. h may be the
/// same memory as h_next: a unit reads its own state only.
template <class Cell, class T>
void forward_row(int64_t H, const T* x, const T* r, const T* h, const T* c, T* saved, T* h_next,
                 T* c_next) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
#pragma omp simd
  for (int64_t u = 0; u < H; ++u) {
    T x_u[G], r_u[G], saved_u[S], h_u, c_u = T(0);
    for (int g = 0; g < G; ++g) {
      x_u[g] = x[g * H + u];
      r_u[g] = r[g * H + u];
    }
    Cell::forward(x_u, r_u, h ? h[u] : T(0), Cell::kHasCellState ? c[u] : T(0), saved_u, h_u, c_u);
    h_next[u] = h_u;
    if (Cell::kHasCellState) c_next[u] = c_u;
    for (int s = 0; s < S; ++s) saved[s * H + u] = saved_u[s];
  }
}

/// Gate gradients of a row from the gradients dh, dc of the state after the step; dh_prev and
/// dc_prev, which may be the same memory as dh and dc, get those of the state before it, apart from
/// the part through the h-gates. dr may be dx itself where the cell does not split them.
template <class Cell, class T>
void backward_row(int64_t H, const T* saved, const T* h, const T* c, const T* c_next,
                  const T* d_output, const T* dh, const T* dc, T* dx, T* dr, T* dh_prev,
                  T* dc_prev) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
#pragma omp simd
  for (int64_t u = 0; u < H; ++u) {
    T saved_u[S], dx_u[G], dr_u[G], dh_u, dc_u = T(0);
    for (int s = 0; s < S; ++s) saved_u[s] = saved[s * H + u];
    Cell::backward(saved_u, h ? h[u] : T(0), Cell::kHasCellState ? c[u] : T(0),
                   Cell::kHasCellState ? c_next[u] : T(0),
                   (d_output ? d_output[u] : T(0)) + (dh ? dh[u] : T(0)), dc ? dc[u] : T(0), dx_u,
                   dr_u, dh_u, dc_u);
    for (int g = 0; g < G; ++g) {
      dx[g * H + u] = dx_u[g];
      if (Cell::kSplitsHidden) dr[g * H + u] = dr_u[g];
    }
    if (dh_prev) dh_prev[u] = dh_u;
    if (Cell::kHasCellState && dc_prev) dc_prev[u] = dc_u;
  }
}

}  // namespace
}  // namespace unroll::kernels
