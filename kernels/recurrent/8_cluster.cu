// Rung 8: rung 6 inside thread block clusters.
//
// Idea: a group of batch rows is served by one thread block cluster, and states are written
// straight into the shared memory of the blocks that need them (cluster_exchange.h). Since Hopper
// (compute capability 9.0) up to 8 blocks can form a cluster: they run on neighbouring
// multiprocessors, reach into each other's shared memory, and have a barrier of their own.
// Beats rung 6 by: an exchange that takes a fraction of the time, since nothing goes through the L2
// cache. Groups need not run at the same time, so a batch may be of any size.
// Limited by: what 8 multiprocessors hold of W_hh; the backward pass sends G times as much, the
// gradients of all gates, and needs room for them beside the weights.
// Read next: planner.h, which says when each rung is the fastest.
#include "kernels/recurrent/cluster_exchange.h"
#include "kernels/recurrent/fma_product.h"
#include "kernels/recurrent/persistent_launch.h"

namespace unroll::kernels {
namespace {

/// Tiles no higher than the groups need: an H100 runs 16 clusters at once.
struct Clusters {
  template <class Call>
  static auto call(const RecurrentShape& shape, Call call) {
    if (shape.batch <= 32) return call(Way<FmaProduct<2>, ClusterExchange>{});
    return call(Way<FmaProduct<8>, ClusterExchange>{});
  }
};

std::string refusal(const RungProblem& problem, const GpuProperties& gpu) {
  if (problem.bytes != 4) return "rung 8 computes in f32 only";
  if (!gpu.clusters)
    return "rung 8 needs thread block clusters, which GPUs have from compute capability 9.0 on; " +
           gpu.name + " has " + std::to_string(gpu.compute_capability / 10) + "." +
           std::to_string(gpu.compute_capability % 10);
  const std::string found = persistent_problem<Clusters>(problem, gpu);
  return found.empty() ? "" : "rung 8 has clusters of 8 blocks: " + found;
}

}  // namespace

template <class Cell, class Device, class T>
Rung<T> cluster_rung(Device) {
  return {8,
          "cluster",
          refusal,
          persistent_forward_workspace<Cell, Clusters>,
          persistent_backward_workspace<Cell, Clusters>,
          run_persistent_forward<Cell, Clusters>,
          run_persistent_backward<Cell, Clusters>};
}

template Rung<float> cluster_rung<RnnTanh>(Gpu);
template Rung<float> cluster_rung<RnnRelu>(Gpu);
template Rung<float> cluster_rung<Lstm>(Gpu);
template Rung<float> cluster_rung<Gru>(Gpu);

}  // namespace unroll::kernels
