// The ladder: eight ways for a GPU to run a whole sequence of any cell, each with one idea more.
//
//   1 primitive     one launch for every operation of the cell's equations, every step
//   2 fused gates   one pointwise kernel a step beside the recurrent product
//   3 vectorised    four units a thread; what does not depend on the state is one product
//   4 graph         the step loop recorded once as a CUDA graph
//   5 one block     the weights stay in one block's registers and shared memory for all steps
//   6 cooperative   the same over all multiprocessors, which wait for each other in every step
//   7 tensor cores  rung 6 with tf32 or bf16 operands
//   8 cluster       rung 6 inside thread block clusters, states exchanged in shared memory
//
// What they do outside the loop over the steps is in gpu_products.h, with the layout in memory of
// gates and their gradients.
#pragma once

#include <string>
#include <vector>

#include "kernels/gpu_runtime.h"
#include "kernels/recurrent/recurrent.h"

namespace unroll::kernels {

constexpr const char* cell_name(RnnTanh) { return "rnn_tanh"; }
constexpr const char* cell_name(RnnRelu) { return "rnn_relu"; }
constexpr const char* cell_name(Lstm) { return "lstm"; }
constexpr const char* cell_name(Gru) { return "gru"; }

/// What a rung must know of a problem to say whether it can run it.
struct RungProblem {
  const char* cell;  // "lstm"
  int gates, saved;  // Cell::kGates, Cell::kSaved
  int bytes;         // of an element: 4 or 8
  RecurrentShape shape;
};

template <class Cell, class T>
RungProblem rung_problem(const RecurrentShape& shape) {
  return {cell_name(Cell{}), Cell::kGates, Cell::kSaved, static_cast<int>(sizeof(T)), shape};
}

/// One rung for one cell and dtype.
template <class T>
struct Rung {
  int number;
  const char* name;
  /// Why this rung cannot run the problem, "rung 5 …" with the numbers and the limit; "" if it
  /// can. What to do instead is said by who asks.
  std::string (*refusal)(const RungProblem&, const GpuProperties&);
  int64_t (*forward_workspace)(const RecurrentForward<T>&);  // bytes
  int64_t (*backward_workspace)(const RecurrentBackward<T>&);
  void (*forward)(const RecurrentForward<T>&, void* workspace);
  void (*backward)(const RecurrentBackward<T>&, void* workspace);
};

// Each is defined in the file that its number begins with. T is float; rungs 1 to 3 have double
// too.
template <class Cell, class Device, class T>
Rung<T> primitive_rung(Device);
template <class Cell, class Device, class T>
Rung<T> fused_gates_rung(Device);
template <class Cell, class Device, class T>
Rung<T> vectorised_rung(Device);
template <class Cell, class Device, class T>
Rung<T> graph_rung(Device);
template <class Cell, class Device, class T>
Rung<T> one_block_rung(Device);
template <class Cell, class Device, class T>
Rung<T> cooperative_rung(Device);
template <class Cell, class Device, class T>
Rung<T> tensor_core_rung(Device);
template <class Cell, class Device, class T>
Rung<T> cluster_rung(Device);

/// All rungs that there are for a cell and dtype, in order.
template <class Cell, class Device, class T>
std::vector<Rung<T>> rungs(Device);

}  // namespace unroll::kernels
