// The vanilla recurrent cell (J. L. Elman, "Finding structure in time", 1990):
//   h' = φ(x + r),  φ = tanh or relu
#pragma once

#include "kernels/cells/cell.h"

namespace unroll::kernels {

template <class Activation>
struct Rnn {
  static constexpr int kGates = 1, kSaved = 1;
  static constexpr bool kHasCellState = false, kSplitsHidden = false;

  template <class T>
  HD static void forward(const T (&x)[1], const T (&r)[1], T, T, T (&saved)[1], T& h_next, T&) {
    h_next = Activation::value(x[0] + r[0]);
    saved[0] = h_next;
  }

  template <class T>
  HD static void backward(const T (&saved)[1], T, T, T, T dh, T, T (&dx)[1], T (&dr)[1], T& dh_prev,
                          T&) {
    dx[0] = dh * Activation::slope(saved[0]);
    dr[0] = dx[0];
    dh_prev = T(0);
  }
};

// An activation's value, and its slope as a function of that value.

struct TanhActivation {
  template <class T>
  HD static T value(T a) {
    return tanh_(a);
  }
  template <class T>
  HD static T slope(T y) {
    return T(1) - y * y;
  }
};

struct ReluActivation {
  template <class T>
  HD static T value(T a) {
    return select(a < T(0), T(0), a);
  }
  template <class T>
  HD static T slope(T y) {
    return select(y > T(0), T(1), T(0));
  }
};

using RnnTanh = Rnn<TanhActivation>;
using RnnRelu = Rnn<ReluActivation>;

}  // namespace unroll::kernels
