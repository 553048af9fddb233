// How long a recurrent network remembers before it has learned anything.
#pragma once

#include <string>

#include "engine/nn/recurrent.h"

namespace unroll::lessons {

/// Starts the first layer of `rnn` in one of three ways, for a task in which something has to be
/// remembered for up to `distance` steps, 2 or more.
///
/// "plain": as PyTorch does. Its small random numbers halve a state at each step. In the other two
/// ways the biases start at 0, and a vanilla cell gets an orthogonal U, which keeps lengths
/// (A. M. Saxe et al., 2014). The gates that keep, f of the LSTM and z of the GRU, get a bias b, so
/// that they keep the share σ(b): b = 1 ("one": R. Jozefowicz et al., 2015), or one that remembers
/// each unit's own number of steps, b = ln u with u uniform in [1, distance − 1], and i = 1 − f at
/// first ("task": C. Tallec and Y. Ollivier, "Can recurrent neural networks warp time?", 2018,
/// eq. 16).
void start_memory(nn::Recurrent& rnn, const std::string& way, int64_t distance);

}  // namespace unroll::lessons
