// Optimizer updates: one pass over a parameter, its gradient and its state, in place.
//
// The formulas and where they come from are in engine/optim.h. Arrays have n elements.
#pragma once

#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

/// The settings of one step of stochastic gradient descent.
struct SgdStep {
  double lr, momentum, weight_decay;
  bool nesterov;
};

// velocity: without momentum if null
template <class Device, class T>
void sgd_step(Device, const SgdStep& step, int64_t n, const T* gradient, T* parameter, T* velocity);

/// The settings of one step of RMSprop.
struct RmspropStep {
  double lr, alpha, eps, momentum, weight_decay;
};

// gradient_average: not centered if null
// velocity: without momentum if null
template <class Device, class T>
void rmsprop_step(Device, const RmspropStep& step, int64_t n, const T* gradient, T* parameter,
                  T* square_average, T* gradient_average, T* velocity);

/// The settings of one step of Adam or AdamW.
struct AdamStep {
  double lr, beta1, beta2, eps;
  double weight_decay;
  bool decoupled;                   // AdamW: decay the parameter itself, not through the gradient
  double correction1, correction2;  // 1 − beta1ᵗ and 1 − beta2ᵗ at step t
};

template <class Device, class T>
void adam_step(Device, const AdamStep& step, int64_t n, const T* gradient, T* parameter,
               T* first_moment, T* second_moment);

constexpr int64_t kSumBlock = 4096;  // elements of one partial sum

// scratch: (⌈n / kSumBlock⌉)
// sum: (1), Σ x², added up in double
template <class Device, class T>
void sum_of_squares(Device, int64_t n, const T* x, double* scratch, double* sum);

}  // namespace unroll::kernels
