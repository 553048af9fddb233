// How the blocks of a cluster hand each other their results in every step, through shared memory.
//
// A group is one thread block cluster: up to 8 blocks on neighbouring multiprocessors, which can
// write to each other's shared memory. Every block has the whole of its group's vectors there and
// writes its part of them to all. The cluster's barrier then takes the place of the flags.
//
// Two buffers take turns: a block that writes vector n + 2 has passed the barrier after vector
// n + 1, at which the others arrive only once they have read vector n.
#pragma once

#include "kernels/recurrent/split.h"

namespace unroll::kernels {
namespace {

// Below compute capability 9.0 the compiler knows no clusters; no such GPU gets to run this.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
__device__ inline void cluster_barrier() {}
__device__ inline float* in_block(float* own, unsigned) { return own; }
#else
/// Waits for all threads of the cluster; each then sees what any wrote before.
__device__ __forceinline__ void cluster_barrier() { cooperative_groups::this_cluster().sync(); }

/// Where block `rank` of the cluster has what this block has at `own` in shared memory.
__device__ __forceinline__ float* in_block(float* own, unsigned rank) {
  return cooperative_groups::this_cluster().map_shared_rank(own, rank);
}
#endif

class ClusterExchange {
 public:
  static constexpr bool kCluster = true;
  static constexpr int kMostBlocks = 8;  // that every GPU with clusters can run

  /// Needs no memory beside the blocks' own.
  struct Memory {
    int rows, width, blocks;
    Memory(Arena&, const Split& split, int padded_rows, int padded_width)
        : rows(padded_rows), width(padded_width), blocks(split.blocks) {}
    void clear() const {}
  };

  /// Bytes of shared memory that a block needs for it: (2, rows, width) floats.
  static int64_t shared_bytes(int rows, int width) { return int64_t{4} * 2 * rows * width; }

  /// As many groups as the GPU can run clusters of at once, or more with fewer rows, until
  /// fits(split); if none does, as many as there are rows.
  template <class Fits>
  static Split split(const RecurrentShape& shape, const GpuProperties& gpu, int /*tile_rows*/,
                     Fits fits) {
    const int at_once = gpu.multiprocessors / kMostBlocks;
    for (int64_t groups = at_once > 1 ? at_once : 1;; ++groups) {
      const Split split(shape, static_cast<int>(groups), kMostBlocks);
      if (groups >= shape.batch || fits(split)) return split;
    }
  }

  __device__ __forceinline__ ClusterExchange(const Memory& memory, const Share&, char* shared)
      : vectors_(reinterpret_cast<float*>(shared)), memory_(memory) {
    for (int i = static_cast<int>(threadIdx.x); i < 2 * other(); i += kThreads) vectors_[i] = 0.0f;
    cluster_barrier();
  }

  /// Vector n of the group's first row; the next row's is width() elements on.
  __device__ __forceinline__ const float* vectors(int64_t n) const {
    return vectors_ + n % 2 * other();
  }
  __device__ __forceinline__ int width() const { return memory_.width; }

  __device__ __forceinline__ void put(int64_t n, int row, int at, float value) const {
    float* own = vectors_ + n % 2 * other() + row * memory_.width + at;
    for (int block = 0; block < memory_.blocks; ++block)
      *in_block(own, static_cast<unsigned>(block)) = value;
  }

  /// The barrier is in wait(): what stands between the two is not held up.
  __device__ __forceinline__ void publish(int64_t) const {}
  __device__ __forceinline__ void wait(int64_t) const { cluster_barrier(); }

 private:
  /// Elements from one buffer to the other.
  __device__ __forceinline__ int other() const { return memory_.rows * memory_.width; }

  float* vectors_;
  Memory memory_;
};

}  // namespace
}  // namespace unroll::kernels
