// Rung 2: fused gates.
//
// Idea: all of a step's pointwise work is one kernel. A thread takes one hidden unit through its
// whole cell, so that gates go from the products to the state without a stop in memory. The gates
// overwrite the input's share that they are made of; their gradients overwrite the gates.
// Beats rung 1 by: one launch and one trip through memory in place of one for each operation. Bias
// gradients are one sum over all steps after the loop, and a fixed order needs no atomics.
// Limited by: launches. Three of them forward and five backward wait for each other in every step,
// most too small to fill the GPU, and the weights are read from memory in each.
// Read next: 3_vectorised.cu takes out of the loop what does not depend on the state.
#include "kernels/recurrent/gpu_sequence.h"
#include "kernels/recurrent/rungs.h"

namespace unroll::kernels {
namespace {

std::string refusal(const RungProblem&, const GpuProperties&) { return ""; }

template <class Cell, class T>
void forward(const RecurrentForward<T>& args, void* workspace) {
  Arena arena(workspace);
  const ForwardScratch<Cell, T> scratch(arena, args.shape);
  copy_lengths(args.shape, scratch.lengths);
  for (int64_t i = 0; i < args.shape.seq_len; ++i) {
    const int64_t t = step_run(args.shape, i);
    multiply_input<Cell>(args, t, 1);
    run_forward_step<Cell, 1>(args, scratch, t);
  }
}

template <class Cell, class T>
void backward(const RecurrentBackward<T>& args, void* workspace) {
  const RecurrentShape& shape = args.shape;
  Arena arena(workspace);
  const BackwardScratch<Cell, T> scratch(arena, args);
  copy_lengths(shape, scratch.lengths);
  const T* d_gates = scratch.gradients.gates;
  start_backward(args, scratch);
  zero_weight_gradients<Cell>(args);
  for (int64_t i = shape.seq_len - 1; i >= 0; --i) {
    const int64_t t = step_run(shape, i);
    run_backward_step<Cell, 1>(args, scratch, t);
    multiply_gradients<Cell>(args, d_gates, t, 1, true);
  }
  sum_bias_gradients(args, scratch.gradients);
  finish_state_gradients(args, scratch);
}

}  // namespace

template <class Cell, class Device, class T>
Rung<T> fused_gates_rung(Device) {
  return {2,
          "fused gates",
          refusal,
          steps_forward_workspace<Cell, T>,
          steps_backward_workspace<Cell, T>,
          forward<Cell, T>,
          backward<Cell, T>};
}

template Rung<float> fused_gates_rung<RnnTanh>(Gpu);
template Rung<float> fused_gates_rung<RnnRelu>(Gpu);
template Rung<float> fused_gates_rung<Lstm>(Gpu);
template Rung<float> fused_gates_rung<Gru>(Gpu);
template Rung<double> fused_gates_rung<RnnTanh>(Gpu);
template Rung<double> fused_gates_rung<RnnRelu>(Gpu);
template Rung<double> fused_gates_rung<Lstm>(Gpu);
template Rung<double> fused_gates_rung<Gru>(Gpu);

}  // namespace unroll::kernels
