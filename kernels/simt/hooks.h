// What a tool that watches kernels run may define: the checker and the profiler do (checker/).
//
// The runtime calls each of these where the program defines it (they are weak) and goes without
// where it does not. Except where stated they are called on the OS thread that runs the block.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/simt/launch.h"
#include "kernels/simt/place.h"

namespace unroll::kernels::simt {

/// A block that begins to run.
struct BlockInfo {
  uint64_t index;    // x + gridDim.x * (y + gridDim.y * z)
  unsigned threads;  // in it
  uint64_t cluster;  // the index of the cluster's first block; its own without clusters
  const void* dynamic_shared;
  size_t dynamic_bytes;
};

/// Device memory as the runtime knows it. `freed`: it was given back and has not been handed out
/// again.
struct Allocation {
  uintptr_t begin = 0;
  size_t bytes = 0;
  bool freed = false;
};

// ---- defined by the runtime

/// The live or freed allocation that `address` is in or next to (within its margin); `begin` is 0
/// if there is none.
Allocation find_allocation(const void* address);

// ---- defined by a tool, or not at all

/// Whether freed memory is to be kept for a while instead of being handed out again, so that its
/// use is noticed.
[[gnu::weak]] bool keeps_freed_memory();

[[gnu::weak]] void on_launch(const Launch& launch);
[[gnu::weak]] void on_launch_end();
[[gnu::weak]] void on_block(const BlockInfo& block);
[[gnu::weak]] void on_block_end(uint64_t block);

/// The runtime has said why the kernel cannot go on and is about to end the program.
[[gnu::weak]] void on_failure();

/// From now on this OS thread runs CUDA thread `thread` of `block`, whose local variables live in
/// the `stack_bytes` from `stack` on; -1: the runtime itself.
[[gnu::weak]] void on_switch(uint64_t block, int thread, const void* stack, size_t stack_bytes);

/// All threads of the block have met and none has gone on.
[[gnu::weak]] void on_block_barrier(uint64_t block, Place place);
/// The same for all threads of a cluster, of which `block` is one, or of the grid: once for all of
/// them, while all stand still.
[[gnu::weak]] void on_cluster_barrier(uint64_t block, Place place);
[[gnu::weak]] void on_grid_barrier(Place place);

/// The lanes `mask` of a warp have met; `orders_memory` for __syncwarp, but not for shuffles and
/// votes, through which CUDA exchanges registers alone.
[[gnu::weak]] void on_warp_barrier(uint64_t block, unsigned warp, uint32_t mask, bool orders_memory,
                                   Place place);

}  // namespace unroll::kernels::simt
