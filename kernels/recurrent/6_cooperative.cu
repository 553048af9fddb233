// Rung 6: all multiprocessors hold the weights together.
//
// Idea: a block owns some hidden units with all their gates, and keeps their rows of W_hh
// (backward, their columns) in shared memory for the whole sequence. All blocks run at once (a
// cooperative launch) and exchange their results in every step. The batch is cut into groups, each
// with a copy of the weights (split.h): a block reads its own group's rows only and waits for its
// own group only, with a flag a block in place of a barrier of the whole grid (flag_exchange.h).
// States, biases and the biases' gradients stay in registers; a step's inputs are fetched before
// the wait for the others. The kernels are in persistent.h, since rungs 7 and 8 run them too; how a
// block multiplies is this rung's own (fma_product.h).
// Beats rung 5 by: hidden sizes up to what all multiprocessors hold, and all of them at work on a
// small batch.
// Limited by: reading the weights from shared memory in every step, once for every eight batch
// rows; the way through the L2 cache and back, some 1 µs a step, that each exchange takes.
// Read next: 7_tensor_cores.cu for the first limit, 8_cluster.cu for the second.
#include "kernels/recurrent/flag_exchange.h"
#include "kernels/recurrent/fma_product.h"
#include "kernels/recurrent/persistent_launch.h"

namespace unroll::kernels {
namespace {

/// Tiles no higher than the batch needs.
struct TileRows {
  template <class Call>
  static auto call(const RecurrentShape& shape, Call call) {
    if (shape.batch <= 2) return call(Way<FmaProduct<2>, FlagExchange<float>>{});
    if (shape.batch <= 4) return call(Way<FmaProduct<4>, FlagExchange<float>>{});
    return call(Way<FmaProduct<8>, FlagExchange<float>>{});
  }
};

std::string refusal(const RungProblem& problem, const GpuProperties& gpu) {
  if (problem.bytes != 4) return "rung 6 computes in f32 only";
  const std::string found = persistent_problem<TileRows>(problem, gpu);
  return found.empty() ? "" : "rung 6: " + found;
}

}  // namespace

template <class Cell, class Device, class T>
Rung<T> cooperative_rung(Device) {
  return {6,
          "cooperative",
          refusal,
          persistent_forward_workspace<Cell, TileRows>,
          persistent_backward_workspace<Cell, TileRows>,
          run_persistent_forward<Cell, TileRows>,
          run_persistent_backward<Cell, TileRows>};
}

template Rung<float> cooperative_rung<RnnTanh>(Gpu);
template Rung<float> cooperative_rung<RnnRelu>(Gpu);
template Rung<float> cooperative_rung<Lstm>(Gpu);
template Rung<float> cooperative_rung<Gru>(Gpu);

}  // namespace unroll::kernels
