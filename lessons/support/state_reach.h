// How far back the state of a recurrent network can be pushed and still be felt at the end.
#pragma once

#include <vector>

#include "engine/nn/recurrent.h"
#include "engine/tensor.h"

namespace unroll::lessons {

/// How much of a small push on a state arrives at the last h: ‖∂h_T/∂h_t‖/√H and, of an LSTM,
/// ‖∂h_T/∂c_t‖/√H, with Frobenius's norm, for T − t = 1 … T. Each is a partial derivative with the
/// other state of that step held fixed. A cell that copies its state has 1 everywhere.
struct StateReach {
  std::vector<double> h, c;  // of other cells than the LSTM, c is empty
};

/// The reach in the first layer of `rnn` while it reads `inputs`, (steps, sequences, inputs):
/// geometric mean over the sequences.
StateReach state_reach(const nn::Recurrent& rnn, const Tensor& inputs);

}  // namespace unroll::lessons
