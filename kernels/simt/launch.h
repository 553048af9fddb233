// How a grid of CUDA threads is started on the CPU, and in which order its threads run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "kernels/simt/builtins.h"
#include "kernels/simt/runtime_api.h"

namespace unroll::kernels::simt {

/// One grid.
struct Launch {
  std::string_view kernel;  // its name; must outlive the launch and graphs that record it
  dim3 grid, block;
  size_t shared_bytes;         // dynamic shared memory of a block
  unsigned cluster;            // blocks in a cluster, along x
  bool cooperative;            // all blocks run at once
  std::function<void()> body;  // runs one CUDA thread
};

/// Runs the grid to its end, or records it while `stream` is being captured. Returns the error that
/// CUDA would for a launch that the model GPU refuses.
cudaError_t enqueue(const Launch& launch, cudaStream_t stream);

/// The running block's dynamic shared memory.
void* dynamic_shared();

/// The order in which threads that could run do run. A correct kernel gives the same result in all.
enum class Schedule { kForward, kReverse, kRandom };

struct Config {
  Schedule schedule = Schedule::kForward;
  uint64_t seed = 0;
  unsigned workers = 1;  // OS threads that run blocks at the same time
  double patience = 10;  // seconds that threads may spin on atomics before they count as stuck
};

/// First read from the environment: UNROLL_SIMT_SCHEDULE=forward|reverse|random:SEED and
/// UNROLL_SIMT_WORKERS=N. May be changed between launches.
Config& config();

}  // namespace unroll::kernels::simt
