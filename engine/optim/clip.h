// What clipping does with gradients, computed where they are.
#pragma once

#include "engine/nn/module.h"

namespace unroll::optim {

/// A `kernels::Clipping` for the gradients of all parameters, as two numbers of f64 on their
/// device: their norm, and the factor that brings it down to `max_norm`. Undefined where there are
/// none. Throws `Error` unless max_norm > 0.
Tensor clipping_of(const NamedTensors& parameters, double max_norm);

}  // namespace unroll::optim
