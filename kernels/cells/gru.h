// The gated recurrent unit (K. Cho et al., 2014), in the variant that resets after the recurrent
// product, as cuDNN and PyTorch have it:
//   r = σ(x_r + r_r)    z = σ(x_z + r_z)    n = tanh(x_n + r·r_n)    h' = (1 − z)·n + z·h
#pragma once

#include "kernels/cells/cell.h"

namespace unroll::kernels {

struct Gru {
  static constexpr int kGates = 3, kSaved = 4;  // r, z, n, and r_n before the reset
  static constexpr bool kHasCellState = false, kSplitsHidden = true;

  template <class T>
  HD static void forward(const T (&x)[3], const T (&r)[3], T h, T, T (&saved)[4], T& h_next, T&) {
    const T reset = sigmoid_(x[0] + r[0]);
    const T z = sigmoid_(x[1] + r[1]);
    const T n = tanh_(x[2] + reset * r[2]);
    h_next = (T(1) - z) * n + z * h;
    saved[0] = reset;
    saved[1] = z;
    saved[2] = n;
    saved[3] = r[2];
  }

  template <class T>
  HD static void backward(const T (&saved)[4], T h, T, T, T dh, T, T (&dx)[3], T (&dr)[3],
                          T& dh_prev, T&) {
    const T reset = saved[0], z = saved[1], n = saved[2], hidden_n = saved[3];
    const T dn = dh * (T(1) - z) * (T(1) - n * n);
    dx[0] = dr[0] = dn * hidden_n * reset * (T(1) - reset);
    dx[1] = dr[1] = dh * (h - n) * z * (T(1) - z);
    dx[2] = dn;
    dr[2] = dn * reset;
    dh_prev = dh * z;
  }
};

}  // namespace unroll::kernels
