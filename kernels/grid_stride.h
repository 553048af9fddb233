// Grid-stride loops: how a kernel covers n items with any number of threads.
//
//   for (int64_t i = grid_thread(); i < n; i += grid_threads()) y[i] = f(x[i]);
//
// The threads of all blocks are numbered through. Neighbouring threads have neighbouring items, so
// that the 32 threads of a warp read one piece of memory at once. When each has done its item they
// all move on by the number of threads, so the grid need not grow with n.
#pragma once

#include "kernels/gpu.h"

namespace unroll::kernels {

/// This thread's number in the grid, and how many there are.
__device__ __forceinline__ int64_t grid_thread() {
  return int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ int64_t grid_threads() { return int64_t{gridDim.x} * blockDim.x; }

/// The grid of a kernel whose blocks of `threads` walk `pieces` of work: a block for each piece,
/// but no more than the device holds at once. The launch functions stand in a template, as those of
/// gpu.h, so that the two devices of one program each have their own.
template <class Device>
unsigned grid_for(Device device, int64_t pieces, int64_t threads) {
  constexpr int64_t kThreadsPerMultiprocessor = 2048;
  const int64_t resident =
      gpu_properties(device).multiprocessors * (kThreadsPerMultiprocessor / threads);
  return static_cast<unsigned>(pieces < resident ? pieces : resident);
}

/// Launches a kernel that covers `items` by a grid-stride loop. Without items it launches nothing.
template <auto kKernel, class... Arguments>
void launch_over(int64_t items, const Arguments&... arguments) {
  constexpr unsigned kThreads = 256;
  if (items == 0) return;
  launch<kKernel>({grid_for(Gpu{}, (items + kThreads - 1) / kThreads, kThreads), kThreads},
                  arguments...);
}

}  // namespace unroll::kernels
