// Rung 3: vectorised.
//
// Idea: what does not depend on the state leaves the loop. The input's share of the gates of all
// steps is one product before it; the gradients of weights and input are one product each after it,
// long enough to fill the GPU. In the loop a thread takes four neighbouring units (two in f64), so
// that it loads and stores 16 bytes at a time.
// Beats rung 2 by: two launches a step in place of three forward and five backward, and a quarter
// of the memory instructions. Products over T·B rows run at the GPU's full rate, those over B do
// not. Limited by: the host, which issues launches more slowly than the GPU finishes such small
// ones. Read next: 4_graph.cu records the loop once.
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
  multiply_input<Cell>(args, 0, args.shape.seq_len);
  run_forward_steps(args, scratch);
}

template <class Cell, class T>
void backward(const RecurrentBackward<T>& args, void* workspace) {
  Arena arena(workspace);
  const BackwardScratch<Cell, T> scratch(arena, args);
  copy_lengths(args.shape, scratch.lengths);
  start_backward(args, scratch);
  run_backward_steps(args, scratch);
  finish_state_gradients(args, scratch);
  finish_gradients(args, scratch.gradients);
}

}  // namespace

template <class Cell, class Device, class T>
Rung<T> vectorised_rung(Device) {
  return {3,
          "vectorised",
          refusal,
          steps_forward_workspace<Cell, T>,
          steps_backward_workspace<Cell, T>,
          forward<Cell, T>,
          backward<Cell, T>};
}

template Rung<float> vectorised_rung<RnnTanh>(Gpu);
template Rung<float> vectorised_rung<RnnRelu>(Gpu);
template Rung<float> vectorised_rung<Lstm>(Gpu);
template Rung<float> vectorised_rung<Gru>(Gpu);
template Rung<double> vectorised_rung<RnnTanh>(Gpu);
template Rung<double> vectorised_rung<RnnRelu>(Gpu);
template Rung<double> vectorised_rung<Lstm>(Gpu);
template Rung<double> vectorised_rung<Gru>(Gpu);

}  // namespace unroll::kernels
