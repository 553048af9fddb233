// Mistakes in kernels that end the program, and what is said of them.
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>

#include "kernels/gpu.h"
#include "tests/device_vector.h"

namespace unroll::kernels {
namespace {

namespace cg = cooperative_groups;

class SimtStops : public ::testing::Test {
 protected:
  // A child that is only forked would have none of the OS threads. Which threads wait, and which
  // are yet to, depends on the schedule.
  SimtStops() {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    simt::config().schedule = simt::Schedule::kForward;
  }
  ~SimtStops() override { simt::config() = before_; }

 private:
  const simt::Config before_ = simt::config();
};

constexpr int kBranches = __LINE__ + 1;
__global__ void barrier_in_branches() {
  if (threadIdx.x < 32)  // NOLINT(bugprone-branch-clone): they are not the same to CUDA
    __syncthreads();
  else
    __syncthreads();
}

TEST_F(SimtStops, DivergentBarrier) {
  const auto place = [](int line) {
    return "wait.? at __syncthreads \\(.*simt_stops_test.cpp:" + std::to_string(kBranches + line) +
           "\\)\n";
  };
  EXPECT_DEATH(launch<barrier_in_branches>({2, 64}),
               "barrier_in_branches: threads of one block wait at different barriers\n"
               "  block \\(0, 0, 0\\)\n"
               "    threads 0..31 " +
                   place(2) + "    thread 32 " + place(4) +
                   "    threads 33..63 have not waited yet");
}

__global__ void exit_before_barrier() {
  if (threadIdx.x >= 50) return;
  __syncthreads();
}

TEST_F(SimtStops, ExitBeforeABarrier) {
  EXPECT_DEATH(launch<exit_before_barrier>({1, 64}),
               "threads exited while others of their block wait for them\n"
               "  block \\(0, 0, 0\\)\n"
               "    threads 0..49 wait at __syncthreads \\(.*:[0-9]+\\)\n"
               "    threads 50..63 have exited");
}

__global__ void exit_before_shuffle() {
  if (threadIdx.x == 7) return;
  __shfl_sync(~0u, 1, 0);
}

TEST_F(SimtStops, ExitedLaneInTheMask) {
  EXPECT_DEATH(launch<exit_before_shuffle>({1, 32}),
               "the mask of a warp operation names lanes that have exited\n(.*\n)*"
               "    thread 7 has exited");
}

__global__ void read_outside_mask() {
  if (threadIdx.x < 16) __shfl_sync(0xffffu, 1, 20);
}

TEST_F(SimtStops, ShuffleFromALaneOutsideTheMask) {
  EXPECT_DEATH(launch<read_outside_mask>({1, 32}),
               "lane 0 reads lane 20, which is not in the mask\n(.*\n)*"
               "    threads 0..15 wait at __shfl_sync with mask 0x0000ffff");
}

__global__ void own_lane_not_in_mask() { __syncwarp(1); }

TEST_F(SimtStops, CallerOutsideItsOwnMask) {
  EXPECT_DEATH(launch<own_lane_not_in_mask>({1, 32}), "not in the mask of its own warp operation");
}

__global__ void wait_at_two_places() {
  if (threadIdx.x < 32)
    __syncthreads();
  else
    cg::this_grid().sync();
}

TEST_F(SimtStops, DeadlockInABlock) {
  EXPECT_DEATH(launch_cooperative<wait_at_two_places>({2, 64}),
               "deadlock: the threads of a block wait for each other at different places\n"
               "  block \\(0, 0, 0\\)\n"
               "    threads 0..31 wait at __syncthreads .*\n"
               "    threads 32..63 wait at grid.sync\\(\\)");
}

__global__ void one_block_leaves() {
  if (blockIdx.x != 1) cg::this_grid().sync();
}

TEST_F(SimtStops, DeadlockOfBlocks) {
  EXPECT_DEATH(launch_cooperative<one_block_leaves>({3, 32}),
               "wait(.*\n)*  block \\(0, 0, 0\\)\n    threads 0..31 wait at grid.sync\\(\\) .*\n"
               "  block \\(1, 0, 0\\)\n    threads 0..31 have exited");
}

__global__ void grid_sync() { cg::this_grid().sync(); }

TEST_F(SimtStops, GridSyncInAnOrdinaryLaunch) {
  EXPECT_DEATH(launch<grid_sync>({2, 32}), "not launched with launch_cooperative");
}

__global__ void wait_for_ever(unsigned* flag) {
  if (threadIdx.x == 5)
    while (cuda::atomic_ref<unsigned>(*flag).load() == 0) {
    }
  __syncthreads();
}

TEST_F(SimtStops, SpinningForEver) {
  const auto spin = [] {
    simt::config().patience = 0.1;
    const DeviceVector<unsigned> flag(std::vector<unsigned>(1));
    launch_cooperative<wait_for_ever>({2, 32}, flag.data());
  };
  EXPECT_DEATH(spin(), "no thread gets on(.*\n)*    thread 5 repeats an atomic operation");
}

__global__ void load_misaligned(const float* x) {
  using namespace nvcuda;
  wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum;
  wmma::load_matrix_sync(sum, x + 1, 16, wmma::mem_row_major);
}

TEST_F(SimtStops, MisalignedMatrix) {
  const DeviceVector<float> x(300);
  EXPECT_DEATH(launch<load_misaligned>({1, 32}, x.data()),
               "load_matrix_sync: the matrix is not aligned to 32 bytes");
}

__global__ void write_behind(int* x) { x[threadIdx.x] = 0; }

TEST_F(SimtStops, MarginOverwritten) {
  const auto write = [] {
    const DeviceVector<int> x(31);
    launch<write_behind>({1, 32}, x.data());
  };
  EXPECT_DEATH(write(), "124 bytes at .* was written behind its end|use-after-poison");
}

TEST_F(SimtStops, HostReadsDeviceMemoryInStrictMode) {
  const auto read = [] {
    setenv("UNROLL_SIMT_STRICT", "1", 1);
    const DeviceVector<int> x(std::vector<int>{1, 2, 3});
    if (x.values()[1] != 2) return 0;  // copies may
    return x.data()[1];
  };
  EXPECT_DEATH(std::exit(read()),
               "host code touched device memory at 0x.*; copy it with cudaMemcpy");
}

}  // namespace
}  // namespace unroll::kernels
