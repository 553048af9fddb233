// Both forms of the GRU beside the engine's: whether they are right, and what they cost.
#pragma once

#include <functional>

#include "engine/ops.h"
#include "lessons/support/run_directory.h"

namespace unroll::lessons {

/// One step of a GRU: x_t (batch, inputs) and h_{t−1} (batch, units) to h_t.
using GruStep =
    std::function<Tensor(const Tensor& x, const Tensor& h, const RecurrentWeights& weights)>;

/// h_1 … h_T, (steps, batch, units), of x (steps, batch, inputs) from h_0 = `h` on.
Tensor read_by_steps(const GruStep& step, const Tensor& x, Tensor h,
                     const RecurrentWeights& weights);

/// Compares both forms, written out, with the engine's cell and with finite differences, and times
/// them; prints it, and fills in `record`. Throws `Error` for a form that is wrong.
void compare_gru_forms(const GruStep& reset_after, const GruStep& reset_before, RunRecord& record);

}  // namespace unroll::lessons
