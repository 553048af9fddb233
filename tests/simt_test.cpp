// Threads, blocks, clusters and grids of simt: who meets whom, and what they see of each other.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

#include "kernels/gpu.h"
#include "tests/device_vector.h"

namespace unroll::kernels {
namespace {

namespace cg = cooperative_groups;
using simt::Schedule;

// Every schedule, with one worker and with several.
class Simt : public ::testing::TestWithParam<simt::Config> {
 protected:
  void SetUp() override { simt::config() = GetParam(); }
  void TearDown() override { simt::config() = saved_; }

 private:
  simt::Config saved_ = simt::config();
};

std::string config_name(const ::testing::TestParamInfo<simt::Config>& info) {
  const char* const names[] = {"forward", "reverse", "random"};
  return names[static_cast<int>(info.param.schedule)] + std::to_string(info.param.seed) +
         "workers" + std::to_string(info.param.workers);
}

INSTANTIATE_TEST_SUITE_P(Schedules, Simt,
                         ::testing::Values(simt::Config{Schedule::kForward, 0, 1},
                                           simt::Config{Schedule::kReverse, 0, 1},
                                           simt::Config{Schedule::kRandom, 1, 1},
                                           simt::Config{Schedule::kRandom, 2, 1},
                                           simt::Config{Schedule::kForward, 0, 3},
                                           simt::Config{Schedule::kRandom, 3, 3}),
                         config_name);

__global__ void write_indices(int* out) {
  const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  out[block * blockDim.x * blockDim.y * blockDim.z + thread] += static_cast<int>(thread + 1);
}

TEST_P(Simt, RunsEveryThreadOfEveryBlockOnce) {
  const size_t blocks = 3 * 4 * 5, threads = 2 * 7 * 3;
  const DeviceVector<int> out(std::vector<int>(blocks * threads));
  launch<write_indices>({dim3(3, 4, 5), dim3(2, 7, 3)}, out.data());
  const std::vector<int> values = out.values();
  for (size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(values[i], static_cast<int>(i % threads + 1)) << i;
}

__global__ void sum_blocks(const float* x, float* sums, int n) {
  __shared__ float parts[32];
  float sum = 0;
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < static_cast<unsigned>(n);
       i += gridDim.x * blockDim.x)
    sum += x[i];
  for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(~0u, sum, lanes);
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x > 0) return;
  for (unsigned warp = 1; warp < blockDim.x / 32; ++warp) sum += parts[warp];
  sums[blockIdx.x] = sum;
}

TEST_P(Simt, CorrectKernelGivesTheSameBitsInEverySchedule) {
  std::vector<float> x(1000);
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i));
  const DeviceVector<float> in(x), out(5);
  const auto run = [&] {
    launch<sum_blocks>({5, 128}, in.data(), out.data(), static_cast<int>(x.size()));
    return out.values();
  };
  const std::vector<float> here = run();
  simt::config() = {};
  EXPECT_EQ(here, run());
  EXPECT_NEAR(std::accumulate(here.begin(), here.end(), 0.0),
              std::accumulate(x.begin(), x.end(), 0.0), 1e-4);
}

__global__ void read_neighbour_without_barrier(int* out) {
  __shared__ int values[64];
  values[threadIdx.x] = 0;
  __syncthreads();
  values[threadIdx.x] = 1;
  out[threadIdx.x] = values[(threadIdx.x + 1) % 64];
}

TEST(SimtSchedule, RaceShowsInADifference) {
  const DeviceVector<int> out(64);
  const simt::Config saved = simt::config();
  const auto ones = [&](Schedule schedule) {
    simt::config() = {schedule};
    launch<read_neighbour_without_barrier>({1, 64}, out.data());
    const std::vector<int> values = out.values();
    return std::accumulate(values.begin(), values.end(), 0);
  };
  EXPECT_EQ(ones(Schedule::kForward), 1);   // only the last thread comes after its neighbour
  EXPECT_EQ(ones(Schedule::kReverse), 63);  // all but the last
  const int random = ones(Schedule::kRandom);
  EXPECT_GT(random, 1);
  EXPECT_LT(random, 63);
  simt::config() = saved;
}

// 8 results a thread: four shuffles of the lane's number, in warps and in segments of 8.
__global__ void shuffle_all_ways(int* out) {
  const int value = 100 + static_cast<int>(threadIdx.x);
  int* mine = out + threadIdx.x * 8;
  for (const int width : {32, 8}) {
    *mine++ = __shfl_sync(~0u, value, 5, width);
    *mine++ = __shfl_up_sync(~0u, value, 3u, width);
    *mine++ = __shfl_down_sync(~0u, value, 3u, width);
    *mine++ = __shfl_xor_sync(~0u, value, 6, width);
  }
}

TEST_P(Simt, ShufflesReadTheLaneThatCudaSays) {
  const int threads = 64;
  const DeviceVector<int> out(threads * 8);
  launch<shuffle_all_ways>({1, threads}, out.data());
  const std::vector<int> values = out.values();
  for (int i = 0; i < threads * 8; ++i) {
    const int thread = i / 8, width = i % 8 < 4 ? 32 : 8, first = thread / width * width;
    const int up = thread - 3 < first ? thread : thread - 3;
    const int down = thread + 3 >= first + width ? thread : thread + 3;
    const int expected[] = {first + 5, up, down, thread ^ 6};
    EXPECT_EQ(values[static_cast<size_t>(i)], 100 + expected[i % 4]) << "thread " << thread;
  }
}

__global__ void vote(unsigned* out) {
  const unsigned i = threadIdx.x;
  unsigned* mine = out + i * 7;
  mine[0] = __ballot_sync(~0u, i % 3 == 0);
  mine[1] = static_cast<unsigned>(__any_sync(~0u, i == 33));
  mine[2] = static_cast<unsigned>(__all_sync(~0u, i < 32));
  mine[3] = static_cast<unsigned>(__syncthreads_count(i % 2 == 0));
  mine[4] = static_cast<unsigned>(__syncthreads_or(i == 39));
  mine[5] = static_cast<unsigned>(__syncthreads_and(i != 39));
  mine[6] = cg::tiled_partition<8>(cg::this_thread_block()).ballot(i % 2);
}

TEST_P(Simt, VotesCountTheThreadsOfAPartialWarpToo) {
  const unsigned threads = 40;  // the second warp has 8 lanes
  const DeviceVector<unsigned> out(threads * 7);
  launch<vote>({1, threads}, out.data());
  const std::vector<unsigned> values = out.values();
  unsigned thirds[2] = {};
  for (unsigned i = 0; i < threads; ++i)
    if (i % 3 == 0) thirds[i / 32] |= 1u << i % 32;
  for (unsigned i = 0; i < threads; ++i) {
    const unsigned warp = i / 32;
    const std::vector<unsigned> expected{thirds[warp], warp == 1, warp == 0, 20, 1, 0, 0xaa};
    EXPECT_EQ(std::vector<unsigned>(&values[i * 7], &values[i * 7] + 7), expected) << i;
  }
}

__global__ void count(unsigned* counts, unsigned* lock) {
  atomicAdd(&counts[0], 2u);
  atomicMax(&counts[1], blockIdx.x * blockDim.x + threadIdx.x);
  atomicInc(&counts[2], 9);
  cuda::atomic_ref<unsigned, cuda::thread_scope_device>(counts[3]).fetch_add(3);
  while (atomicCAS(lock, 0u, 1u) != 0) {
  }
  __threadfence();
  counts[4] += 1;  // only the holder of the lock
  __threadfence();
  atomicExch(lock, 0u);
}

TEST_P(Simt, AtomicsLoseNothing) {
  const DeviceVector<unsigned> counts(std::vector<unsigned>(5)), lock(std::vector<unsigned>(1));
  launch<count>({7, 64}, counts.data(), lock.data());
  EXPECT_EQ(counts.values(), (std::vector<unsigned>{2 * 448, 447, 448 % 10, 3 * 448, 448}));
}

__global__ void pass_round(int* values, int steps) {
  const unsigned next = (blockIdx.x + 1) % gridDim.x;
  for (int step = 0; step < steps; ++step) {
    const int value = values[next * blockDim.x + threadIdx.x];
    cg::this_grid().sync();
    values[blockIdx.x * blockDim.x + threadIdx.x] = value + 1;
    cg::this_grid().sync();
  }
}

TEST_P(Simt, BlocksOfACooperativeGridMeet) {
  const size_t blocks = 6, threads = 40, steps = 5;
  std::vector<int> start(blocks * threads);
  std::iota(start.begin(), start.end(), 0);
  const DeviceVector<int> values(start);
  launch_cooperative<pass_round>({blocks, threads}, values.data(), static_cast<int>(steps));
  const std::vector<int> end = values.values();
  for (size_t i = 0; i < end.size(); ++i)
    EXPECT_EQ(end[i], static_cast<int>((i + steps * threads) % end.size() + steps));
}

// The last thread waits for the flag of the block before, while the others wait for it.
__global__ void follow(unsigned* flags, int* log, int steps) {
  const unsigned before = (blockIdx.x + gridDim.x - 1) % gridDim.x;
  for (int step = 0; step < steps; ++step) {
    const unsigned wanted = blockIdx.x == 0 ? static_cast<unsigned>(step) : step + 1u;
    if (threadIdx.x == blockDim.x - 1) {
      const cuda::atomic_ref<unsigned, cuda::thread_scope_device> flag(flags[before]);
      while (flag.load(cuda::memory_order_acquire) < wanted) {
      }
      log[blockIdx.x] = log[before] + 1;
    }
    __syncthreads();
    if (threadIdx.x == 0)
      cuda::atomic_ref<unsigned, cuda::thread_scope_device>(flags[blockIdx.x])
          .store(step + 1u, cuda::memory_order_release);
  }
}

TEST_P(Simt, SpinningOnFlagsLetsOtherBlocksRun) {
  const DeviceVector<unsigned> flags(std::vector<unsigned>(5));
  const DeviceVector<int> log(std::vector<int>(5));
  launch_cooperative<follow>({5, 64}, flags.data(), log.data(), 10);
  EXPECT_EQ(log.values(), (std::vector<int>{46, 47, 48, 49, 50}));
}

// Each lane waits for the flag of one block; none goes on before all lanes may.
__global__ void meet_by_flags(unsigned* flags, int steps) {
  for (unsigned step = 1; step <= static_cast<unsigned>(steps); ++step) {
    using Flag = cuda::atomic_ref<unsigned, cuda::thread_scope_device>;
    if (threadIdx.x == 0) Flag(flags[blockIdx.x]).store(step, cuda::memory_order_release);
    const Flag flag(flags[threadIdx.x % gridDim.x]);
    while (!__all_sync(~0u, flag.load(cuda::memory_order_acquire) >= step)) {
    }
  }
}

TEST_P(Simt, PollingWarpsLetOtherBlocksRun) {
  const DeviceVector<unsigned> flags(std::vector<unsigned>(5));
  launch_cooperative<meet_by_flags>({5, 32}, flags.data(), 10);
  EXPECT_EQ(flags.values(), std::vector<unsigned>(5, 10));
}

__global__ void read_next_of_cluster(int* out) {
  __shared__ int fixed;
  int* dynamic = dynamic_shared<int>();
  const auto cluster = cg::this_cluster();
  if (threadIdx.x == 0) {
    fixed = static_cast<int>(blockIdx.x);
    dynamic[3] = static_cast<int>(blockIdx.x * 10);
  }
  cluster.sync();
  const unsigned next = (cluster.block_rank() + 1) % cluster.num_blocks();
  if (threadIdx.x == 0)
    out[blockIdx.x] =
        *cluster.map_shared_rank(&fixed, next) + cluster.map_shared_rank(dynamic, next)[3];
  cluster.sync();
}

TEST_P(Simt, BlocksOfAClusterReadEachOthersSharedMemory) {
  const DeviceVector<int> out(12);
  launch<read_next_of_cluster>({12, 33, 16, 4}, out.data());
  EXPECT_EQ(out.values(), (std::vector<int>{11, 22, 33, 0, 55, 66, 77, 44, 99, 110, 121, 88}));
  launch<read_next_of_cluster>({2, 33, 16}, out.data());  // clusters of one block
  EXPECT_EQ(out.values()[1], 11);
}

__global__ void copy_shared(float* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = dynamic_shared<float>()[i];
  for (int i = 0; i < n; ++i) dynamic_shared<float>()[i] = 1;
}

TEST_P(Simt, MemoryStartsAsNaN) {
  const int n = 100;
  const DeviceVector<float> out(n);
  for (const float x : out.values()) EXPECT_TRUE(std::isnan(x));
  for (int i = 0; i < 2; ++i) {
    CUDA_CHECK(cudaMemset(out.data(), 0, n * sizeof(float)));
    launch<copy_shared>({3, 1, n * sizeof(float)}, out.data(), n);
    for (const float x : out.values()) EXPECT_TRUE(std::isnan(x));
  }
}

__global__ void nothing() {}

TEST(SimtLimits, LaunchGivesTheErrorOfCuda) {
  const auto error = [](const LaunchConfig& c, bool cooperative = false) {
    return simt::enqueue(
        {"nothing", c.grid, c.block, c.shared_bytes, c.cluster, cooperative, nothing}, nullptr);
  };
  EXPECT_EQ(error({1, 1024, 227 * 1024}), cudaSuccess);
  EXPECT_EQ(error({1, 1025}), cudaErrorInvalidConfiguration);
  EXPECT_EQ(error({1, dim3(64, 32)}), cudaErrorInvalidConfiguration);
  EXPECT_EQ(error({1, dim3(1, 1, 65)}), cudaErrorInvalidConfiguration);
  EXPECT_EQ(error({1, 0}), cudaErrorInvalidConfiguration);
  EXPECT_EQ(error({0, 1}), cudaErrorInvalidConfiguration);
  EXPECT_EQ(error({dim3(1, 65536), 1}), cudaErrorInvalidConfiguration);
  EXPECT_EQ(error({1, 1, 227 * 1024 + 1}), cudaErrorInvalidValue);
  EXPECT_EQ(error({32, 32, 0, 16}), cudaErrorInvalidClusterSize);
  EXPECT_EQ(error({6, 32, 0, 4}), cudaErrorInvalidClusterSize);
  EXPECT_EQ(error({32, 1024}, true), cudaSuccess);  // two blocks on each of 16 multiprocessors
  EXPECT_EQ(error({33, 1024}, true), cudaErrorCooperativeLaunchTooLarge);
  EXPECT_EQ(error({17, 64, 120 * 1024}, true), cudaErrorCooperativeLaunchTooLarge);
  EXPECT_EQ(cudaGetLastError(), cudaErrorCooperativeLaunchTooLarge);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  int blocks = 0;
  EXPECT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, nullptr, 96, 40 * 1024),
            cudaSuccess);
  EXPECT_EQ(blocks, 5);
}

TEST(SimtLimits, RefusedLaunchNamesTheKernelAndTheNumbers) {
  try {
    launch<nothing>({7, 2000});
    FAIL() << "2000 threads were accepted";
  } catch (const GpuError& error) {
    const std::string what = error.what();
    for (const char* part : {"nothing", "grid 7", "block 2000", "invalid configuration"})
      EXPECT_NE(what.find(part), std::string::npos) << what;
  }
}

}  // namespace
}  // namespace unroll::kernels
