// A sequence of vectors as one vector: what a classifier decides by.
#pragma once

#include "engine/tensor.h"

namespace unroll::lessons {

/// The largest value of each feature over a row's own steps, (batch, features), of x (seq_len,
/// batch, features); `lengths` as the recurrent layers take it. What stands behind a row's length
/// is not looked at. Throws `Error` for a length below 1.
Tensor max_over_time(const Tensor& x, const Tensor& lengths);

/// The mean over a row's own steps, in the same way.
Tensor mean_over_time(const Tensor& x, const Tensor& lengths);

}  // namespace unroll::lessons
