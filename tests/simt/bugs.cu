// Kernels with one bug each, and correct ones beside them: the test of simt's checker.
//
// Usage: bugs NAME. A comment "FINDS name: what" marks the line that the checker must name,
// and as what; without one a case is correct and the checker must be silent. bugs_test.sh
// reads them.
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kernels/gpu.h"

namespace {

namespace cg = cooperative_groups;
using unroll::kernels::dynamic_shared;
using unroll::kernels::launch;
using unroll::kernels::launch_cooperative;

constexpr unsigned kThreads = 64;
constexpr unsigned kAll = 0xffffffffu;

// ---- memory

__global__ void static_shared(float* out) {
  __shared__ float tile[kThreads];
  const unsigned t = threadIdx.x;
  tile[t + 1] = 1.0f;  // FINDS static_shared: out of bounds
  __syncthreads();
  if (t > 0) out[t] = tile[t];
}

__global__ void dynamic_shared_end(float* out) {
  float* tile = dynamic_shared<float>();
  const unsigned t = threadIdx.x;
  tile[t + 1] = 1.0f;  // FINDS dynamic_shared_end: out of bounds
  __syncthreads();
  if (t > 0) out[t] = tile[t];
}

__global__ void global_end(float* out) {
  out[threadIdx.x + 1] = 1.0f;  // FINDS global_end: out of bounds
}

__global__ void global_begin(const float* x, float* out) {
  out[threadIdx.x] = x[static_cast<int>(threadIdx.x) - 1];  // FINDS global_begin: out of bounds
}

__global__ void misaligned(const float* x, float* out) {
  out[threadIdx.x] = reinterpret_cast<const float4*>(x + 1)->y;  // FINDS misaligned: misaligned
}

#ifndef __clang__  // which does not say how a structure that it copies is to be aligned
__global__ void misaligned_copy(const float* x, float* out) {
  const float4 four = *reinterpret_cast<const float4*>(x + 1);  // FINDS misaligned_copy: misaligned
  out[threadIdx.x] = four.x + four.w;
}
#endif

__global__ void static_uninitialised(float* out) {
  __shared__ float tile[kThreads];
  const unsigned t = threadIdx.x;
  if (t < 32) tile[t] = 1.0f;
  __syncthreads();
  out[t] = tile[t];  // FINDS static_uninitialised: uninitialised read
}

__global__ void dynamic_uninitialised(float* out) {
  float* tile = dynamic_shared<float>();
  const unsigned t = threadIdx.x;
  if (t < 32) tile[t] = 1.0f;
  __syncthreads();
  out[t] = tile[t];  // FINDS dynamic_uninitialised: uninitialised read
}

__global__ void add_one(float* x) {
  x[threadIdx.x] += 1.0f;  // FINDS after_free: use after free
}

__global__ void add_to_host(float* x) {
  x[threadIdx.x] += 1.0f;  // FINDS host_memory: not device memory
}

// ---- meeting

__global__ void half_a_barrier(float* out) {
  if (threadIdx.x < 32) __syncthreads();  // FINDS half_a_barrier: __syncthreads
  out[threadIdx.x] = 1.0f;
}

__global__ void two_barriers(float* out) {
  if (threadIdx.x % 2 == 0)
    __syncthreads();
  else
    __syncthreads();  // FINDS two_barriers: __syncthreads
  out[threadIdx.x] = 1.0f;
}

__global__ void exited_lanes(float* out) {
  const unsigned t = threadIdx.x;
  if (t % 32 >= 16) return;
  out[t] = __shfl_down_sync(kAll, 1.0f, 1);  // FINDS exited_lanes: __shfl_down_sync
}

__global__ void exited_warp(float* out) {
  if (threadIdx.x < 32) return;
  __syncthreads();  // FINDS exited_warp: __syncthreads
  out[threadIdx.x] = 1.0f;
}

// ---- races

__global__ void lost_update(float* out) {
  out[0] += 1.0f;  // FINDS lost_update: data race
}

__global__ void missing_barrier(float* out) {
  __shared__ float tile[kThreads];
  const unsigned t = threadIdx.x;
  tile[t] = 1.0f;
  __syncthreads();
  out[t] = tile[(t + 32) % kThreads];
  tile[t] = 2.0f;  // FINDS missing_barrier: data race
}

__global__ void missing_barrier_in_tree(float* out) {
  __shared__ float tile[kThreads];
  const unsigned t = threadIdx.x;
  tile[t] = 1.0f;
  __syncthreads();
  for (unsigned half = kThreads / 2; half > 0; half /= 2)
    if (t < half) tile[t] += tile[t + half];  // FINDS missing_barrier_in_tree: data race
  if (t == 0) out[0] = tile[0];
}

__global__ void shuffle_orders_nothing(float* out) {
  __shared__ float tile[32];
  const unsigned t = threadIdx.x;
  if (t >= 32) return;
  tile[t] = 1.0f;
  const float x = __shfl_xor_sync(kAll, 1.0f, 1);
  out[t] = x + tile[31 - t];  // FINDS shuffle_orders_nothing: data race
}

__global__ void blocks_collide(float* out) {
  if (threadIdx.x == 0) out[0] = 1.0f;  // FINDS blocks_collide: data race
}

__global__ void halves_collide(uint16_t* out) {
  out[threadIdx.x / 2] = 1;  // FINDS halves_collide: data race
}

__global__ void missing_grid_sync(float* x, float* out) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x, n = gridDim.x * blockDim.x;
  x[i] = 1.0f;
  __syncthreads();
  out[i] = x[n - 1 - i];  // FINDS missing_grid_sync: data race
}

// Block 0 hands x to block 1 through a flag.
template <cuda::memory_order kWrite, cuda::memory_order kRead>
__device__ __forceinline__ void hand_over(float* x, unsigned* flag) {
  cuda::atomic_ref<unsigned, cuda::thread_scope_device> ready(*flag);
  if (blockIdx.x == 0) {
    x[threadIdx.x] = 1.0f;
    __syncthreads();
    if (threadIdx.x == 0) ready.store(1, kWrite);
  } else {
    if (threadIdx.x == 0)
      while (ready.load(kRead) == 0) {
      }
    __syncthreads();
  }
}

__global__ void missing_release(float* x, unsigned* flag, float* out) {
  hand_over<cuda::memory_order_relaxed, cuda::memory_order_acquire>(x, flag);
  if (blockIdx.x == 1) out[threadIdx.x] = x[threadIdx.x];  // FINDS missing_release: data race
}

__global__ void missing_acquire(float* x, unsigned* flag, float* out) {
  hand_over<cuda::memory_order_release, cuda::memory_order_relaxed>(x, flag);
  if (blockIdx.x == 1) out[threadIdx.x] = x[threadIdx.x];  // FINDS missing_acquire: data race
}

__global__ void released_too_early(float* x, unsigned* flag, float* out) {
  cuda::atomic_ref<unsigned, cuda::thread_scope_device> ready(*flag);
  if (blockIdx.x == 0) {
    if (threadIdx.x == 0) ready.store(1, cuda::memory_order_release);
    x[threadIdx.x] = 1.0f;
    return;
  }
  while (ready.load(cuda::memory_order_acquire) == 0) {
  }
  out[threadIdx.x] = x[threadIdx.x];  // FINDS released_too_early: data race
}

__global__ void missing_cluster_sync(float* out) {
  __shared__ float tile[kThreads];
  tile[threadIdx.x] = 1.0f;
  cg::this_cluster().sync();
  const unsigned other = 1 - cg::this_cluster().block_rank();
  const float* theirs = cg::this_cluster().map_shared_rank(tile, other);
  out[blockIdx.x * kThreads + threadIdx.x] = theirs[threadIdx.x];
  __syncthreads();
  tile[threadIdx.x] = 2.0f;  // FINDS missing_cluster_sync: data race
  cg::this_cluster().sync();
}

// ---- correct

__global__ void warp_sync(float* out) {
  __shared__ float tile[32];
  const unsigned t = threadIdx.x;
  if (t >= 32) return;
  tile[t] = 1.0f;
  __syncwarp();
  out[t] = tile[31 - t];
}

__global__ void half_warp_sync(float* out) {
  __shared__ float tile[32];
  const unsigned t = threadIdx.x;
  if (t >= 16) return;
  tile[t] = 1.0f;
  __syncwarp(0xffff);
  out[t] = tile[15 - t];
}

__global__ void atomics(float* out) { atomicAdd(&out[0], 1.0f); }

__global__ void bytes(uint8_t* out) { out[threadIdx.x] = 1; }

__global__ void grid_sync(float* x, float* out) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x, n = gridDim.x * blockDim.x;
  x[i] = 1.0f;
  cg::this_grid().sync();
  out[i] = x[n - 1 - i];
}

__global__ void release_acquire(float* x, unsigned* flag, float* out) {
  hand_over<cuda::memory_order_release, cuda::memory_order_acquire>(x, flag);
  if (blockIdx.x == 1) out[threadIdx.x] = x[threadIdx.x];
}

__global__ void fences(float* x, unsigned* flag, float* out) {
  if (blockIdx.x == 0) {
    x[threadIdx.x] = 1.0f;
    __threadfence();
    atomicAdd(flag, 1u);
    return;
  }
  while (atomicAdd(flag, 0u) < kThreads) {
  }
  __threadfence();
  out[threadIdx.x] = x[kThreads - 1 - threadIdx.x];
}

__global__ void cluster_sync(float* out) {
  __shared__ float tile[kThreads];
  tile[threadIdx.x] = 1.0f;
  cg::this_cluster().sync();
  const unsigned other = 1 - cg::this_cluster().block_rank();
  const float* theirs = cg::this_cluster().map_shared_rank(tile, other);
  out[blockIdx.x * kThreads + threadIdx.x] = theirs[threadIdx.x];
  cg::this_cluster().sync();
  tile[threadIdx.x] = 2.0f;
}

__global__ void structures(const float4* x, float4* out) {
  __shared__ float4 tile[kThreads];
  tile[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = tile[kThreads - 1 - threadIdx.x];
}

// ---- how each is run

template <class T>
T* zeros(size_t count) {
  T* memory = nullptr;
  CUDA_CHECK(cudaMalloc(&memory, count * sizeof(T)));
  CUDA_CHECK(cudaMemset(memory, 0, count * sizeof(T)));
  return memory;
}

float* floats() { return zeros<float>(kThreads); }
float* more_floats() { return zeros<float>(4 * kThreads); }
unsigned* flag() { return zeros<unsigned>(1); }

template <auto kKernel>
void run_one_block() {
  launch<kKernel>({1, kThreads, kThreads * sizeof(float)}, floats());
}
template <auto kKernel>
void run_two_blocks() {
  launch<kKernel>({2, kThreads}, floats());
}
template <auto kKernel>
void run_cluster() {
  launch<kKernel>({2, kThreads, 0, 2}, more_floats());
}
template <auto kKernel>
void run_with_flag() {
  launch_cooperative<kKernel>({2, kThreads}, floats(), flag(), floats());
}

const std::map<std::string, std::function<void()>>& cases() {
  static const std::map<std::string, std::function<void()>> all{
      {"static_shared", run_one_block<static_shared>},
      {"dynamic_shared_end", run_one_block<dynamic_shared_end>},
      {"global_end", run_one_block<global_end>},
      {"global_begin",
       [] {
         launch<global_begin>({1, kThreads}, floats(), floats());
       }},
      {"misaligned",
       [] {
         launch<misaligned>({1, kThreads}, floats(), floats());
       }},
#ifndef __clang__
      {"misaligned_copy",
       [] {
         launch<misaligned_copy>({1, kThreads}, floats(), floats());
       }},
#endif
      {"static_uninitialised", run_one_block<static_uninitialised>},
      {"dynamic_uninitialised", run_one_block<dynamic_uninitialised>},
      {"after_free",
       [] {
         float* x = floats();
         CUDA_CHECK(cudaFree(x));
         launch<add_one>({1, kThreads}, x);
       }},
      {"host_memory",
       [] {
         static std::vector<float> x(kThreads);
         launch<add_to_host>({1, kThreads}, x.data());
       }},
      {"half_a_barrier", run_one_block<half_a_barrier>},
      {"two_barriers", run_one_block<two_barriers>},
      {"exited_lanes", run_one_block<exited_lanes>},
      {"exited_warp", run_one_block<exited_warp>},
      {"lost_update", run_one_block<lost_update>},
      {"missing_barrier", run_one_block<missing_barrier>},
      {"missing_barrier_in_tree", run_one_block<missing_barrier_in_tree>},
      {"shuffle_orders_nothing", run_one_block<shuffle_orders_nothing>},
      {"blocks_collide", run_two_blocks<blocks_collide>},
      {"halves_collide",
       [] {
         launch<halves_collide>({1, kThreads}, zeros<uint16_t>(kThreads));
       }},
      {"missing_grid_sync",
       [] {
         launch_cooperative<missing_grid_sync>({2, kThreads}, more_floats(), more_floats());
       }},
      {"missing_release", run_with_flag<missing_release>},
      {"missing_acquire", run_with_flag<missing_acquire>},
      {"released_too_early", run_with_flag<released_too_early>},
      {"missing_cluster_sync", run_cluster<missing_cluster_sync>},
      {"warp_sync", run_one_block<warp_sync>},
      {"half_warp_sync", run_one_block<half_warp_sync>},
      {"atomics", run_two_blocks<atomics>},
      {"bytes",
       [] {
         launch<bytes>({1, kThreads}, zeros<uint8_t>(kThreads));
       }},
      {"grid_sync",
       [] {
         launch_cooperative<grid_sync>({2, kThreads}, more_floats(), more_floats());
       }},
      {"release_acquire", run_with_flag<release_acquire>},
      {"fences", run_with_flag<fences>},
      {"cluster_sync", run_cluster<cluster_sync>},
      {"structures",
       [] {
         launch<structures>({1, kThreads}, zeros<float4>(kThreads), zeros<float4>(kThreads));
       }},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto found = cases().find(argc == 2 ? argv[1] : "");
  if (found == cases().end()) {
    for (const auto& [name, run] : cases()) std::puts(name.c_str());
    return argc == 1 ? 0 : 2;
  }
  found->second();
  unroll::kernels::synchronize(unroll::kernels::Gpu{});
}
