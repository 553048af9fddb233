// cooperative_groups: the grid, the cluster, the block and tiles of a warp.
#pragma once

#include "kernels/simt/intrinsics.h"
#include "kernels/simt/meet.h"

// NOLINTBEGIN(readability-identifier-naming, bugprone-reserved-identifier): CUDA's names
namespace cooperative_groups {
inline namespace cuda_on_cpu {

class grid_group {
 public:
  void sync(simt::Place place = simt::Place::here()) const { simt::grid_barrier(place); }
  unsigned long long num_blocks() const {
    return static_cast<unsigned long long>(gridDim.x) * gridDim.y * gridDim.z;
  }
  unsigned long long block_rank() const {
    return blockIdx.x +
           static_cast<unsigned long long>(gridDim.x) * (blockIdx.y + gridDim.y * blockIdx.z);
  }
  bool is_valid() const { return true; }
};

class thread_block {
 public:
  void sync(simt::Place place = simt::Place::here()) const {
    simt::block_barrier(false, "this_thread_block().sync()", place);
  }
  unsigned num_threads() const { return blockDim.x * blockDim.y * blockDim.z; }
  unsigned size() const { return num_threads(); }
  unsigned thread_rank() const {
    return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  }
  uint3 group_index() const { return blockIdx; }
  uint3 thread_index() const { return threadIdx; }
};

/// The thread block cluster; a grid launched without clusters has clusters of one block.
class cluster_group {
 public:
  void sync(simt::Place place = simt::Place::here()) const { simt::cluster_barrier(place); }
  unsigned num_blocks() const { return simt::cluster_blocks(); }
  unsigned block_rank() const { return simt::cluster_rank(); }
  unsigned num_threads() const { return num_blocks() * thread_block().num_threads(); }
  unsigned thread_rank() const {
    return block_rank() * thread_block().num_threads() + thread_block().thread_rank();
  }
  /// Where block `rank` has the shared variable that this block has at `own`.
  template <class T>
  T* map_shared_rank(T* own, unsigned rank) const {
    return static_cast<T*>(simt::cluster_address(own, rank));
  }
};

/// kLanes neighbouring threads of one warp.
template <unsigned kLanes>
class thread_block_tile {
  static_assert(kLanes <= 32 && (kLanes & (kLanes - 1)) == 0);

 public:
  unsigned num_threads() const { return kLanes; }
  unsigned size() const { return kLanes; }
  unsigned thread_rank() const { return thread_block().thread_rank() % kLanes; }
  unsigned meta_group_rank() const { return thread_block().thread_rank() / kLanes; }
  unsigned meta_group_size() const { return (thread_block().num_threads() + kLanes - 1) / kLanes; }
  void sync(simt::Place place = simt::Place::here()) const { __syncwarp(mask(), place); }
  template <class T>
  T shfl(T value, int source, simt::Place place = simt::Place::here()) const {
    return __shfl_sync(mask(), value, source, kLanes, place);
  }
  template <class T>
  T shfl_up(T value, unsigned delta, simt::Place place = simt::Place::here()) const {
    return __shfl_up_sync(mask(), value, delta, kLanes, place);
  }
  template <class T>
  T shfl_down(T value, unsigned delta, simt::Place place = simt::Place::here()) const {
    return __shfl_down_sync(mask(), value, delta, kLanes, place);
  }
  template <class T>
  T shfl_xor(T value, int lanes, simt::Place place = simt::Place::here()) const {
    return __shfl_xor_sync(mask(), value, lanes, kLanes, place);
  }
  unsigned ballot(int predicate, simt::Place place = simt::Place::here()) const {
    return __ballot_sync(mask(), predicate, place) >> first_lane();
  }
  int any(int predicate, simt::Place place = simt::Place::here()) const {
    return __any_sync(mask(), predicate, place);
  }
  int all(int predicate, simt::Place place = simt::Place::here()) const {
    return __all_sync(mask(), predicate, place);
  }

 private:
  static unsigned first_lane() { return simt::lane() & ~(kLanes - 1); }
  static unsigned mask() { return (kLanes == 32 ? ~0u : (1u << kLanes % 32) - 1) << first_lane(); }
};

inline grid_group this_grid() { return {}; }
inline cluster_group this_cluster() { return {}; }
inline thread_block this_thread_block() { return {}; }
template <unsigned kLanes>
thread_block_tile<kLanes> tiled_partition(const thread_block&) {
  return {};
}

}  // namespace cuda_on_cpu
}  // namespace cooperative_groups
// NOLINTEND(readability-identifier-naming, bugprone-reserved-identifier)
