// Optimizer updates: one pass over a parameter, its gradient and its state, in place.
//
// The formulas and where they come from are in engine/optim.h. Arrays have n elements.
#pragma once

#include <cstdint>

#include "kernels/device.h"
#include "kernels/functions.h"

namespace unroll::kernels {

/// What clipping does with the gradients of all parameters. It is computed on the device and stays
/// there, so that a step need not wait for a GPU to hear of it.
struct Clipping {
  double norm;    // of all gradients together
  double factor;  // what to multiply them with; 0: the norm is not finite, so leave all as it is
};

/// The settings of one step of stochastic gradient descent.
struct SgdStep {
  double lr, momentum, weight_decay;
  bool nesterov;
  const Clipping* clipping;  // on the device; null: gradients are taken as they are
};

// velocity: without momentum if null
template <class Device, class T>
void sgd_step(Device, const SgdStep& step, int64_t n, const T* gradient, T* parameter, T* velocity);

/// The settings of one step of RMSprop.
struct RmspropStep {
  double lr, alpha, eps, momentum, weight_decay;
  const Clipping* clipping;  // as in SgdStep
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
  const Clipping* clipping;         // as in SgdStep
};

template <class Device, class T>
void adam_step(Device, const AdamStep& step, int64_t n, const T* gradient, T* parameter,
               T* first_moment, T* second_moment);

constexpr int64_t kSumBlock = 4096;  // elements of one partial sum

// scratch: (⌈n / kSumBlock⌉)
// sum: (1), Σ x², added up in double
template <class Device, class T>
void sum_of_squares(Device, int64_t n, const T* x, double* scratch, double* sum);

// sums: (count), Σ g² of each gradient
// clipping: (1), what brings their norm √Σ down to max_norm where it is larger
template <class Device>
void clip_norm(Device, int64_t count, const double* sums, double max_norm, Clipping* clipping);

/// The clipping of gradients whose squares add up to `sum`.
HD Clipping clipping_of(double sum, double max_norm) {
  const double norm = sqrt_(sum);
  // PyTorch's 1e-6 guards against 0/0 and shifts the result a little; kept for equal numbers.
  const double factor = max_norm / (norm + 1e-6);
  return {norm, norm - norm != 0.0 ? 0.0 : factor < 1.0 ? factor : 1.0};
}

/// What a step multiplies gradients with; 0: it is to change nothing.
HD double gradient_factor(const Clipping* clipping) { return clipping ? clipping->factor : 1.0; }

}  // namespace unroll::kernels
