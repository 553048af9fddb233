// Long short-term memory (S. Hochreiter and J. Schmidhuber, 1997; with the forget gate of F. Gers
// et al., 2000):
//   i = σ(x_i + r_i)    f = σ(x_f + r_f)    g = tanh(x_g + r_g)    o = σ(x_o + r_o)
//   c' = f·c + i·g      h' = o·tanh(c')
#pragma once

#include "kernels/cells/cell.h"

namespace unroll::kernels {

struct Lstm {
  static constexpr int kGates = 4, kSaved = 4;  // i, f, g, o
  static constexpr bool kHasCellState = true, kSplitsHidden = false;

  template <class T>
  HD static void forward(const T (&x)[4], const T (&r)[4], T, T c, T (&saved)[4], T& h_next,
                         T& c_next) {
    const T i = sigmoid_(x[0] + r[0]);
    const T f = sigmoid_(x[1] + r[1]);
    const T g = tanh_(x[2] + r[2]);
    const T o = sigmoid_(x[3] + r[3]);
    c_next = f * c + i * g;
    h_next = o * tanh_(c_next);
    saved[0] = i;
    saved[1] = f;
    saved[2] = g;
    saved[3] = o;
  }

  template <class T>
  HD static void backward(const T (&saved)[4], T, T c, T c_next, T dh, T dc, T (&dx)[4], T (&dr)[4],
                          T& dh_prev, T& dc_prev) {
    const T i = saved[0], f = saved[1], g = saved[2], o = saved[3];
    const T tanh_c = tanh_(c_next);
    const T dc_all = dc + dh * o * (T(1) - tanh_c * tanh_c);
    dx[0] = dc_all * g * i * (T(1) - i);
    dx[1] = dc_all * c * f * (T(1) - f);
    dx[2] = dc_all * i * (T(1) - g * g);
    dx[3] = dh * tanh_c * o * (T(1) - o);
    for (int gate = 0; gate < 4; ++gate) dr[gate] = dx[gate];
    dc_prev = dc_all * f;
    dh_prev = T(0);
  }
};

}  // namespace unroll::kernels
