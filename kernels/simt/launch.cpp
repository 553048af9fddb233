// launch.h: checks a launch against the model GPU, then gives its blocks to OS threads.
#include "kernels/simt/launch.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <numeric>
#include <string>

#include "kernels/environment.h"
#include "kernels/simt/block.h"
#include "kernels/simt/gang.h"
#include "kernels/simt/hooks.h"
#include "kernels/simt/memory.h"
#include "kernels/simt/model_gpu.h"
#include "kernels/simt/os_threads.h"
#include "kernels/simt/stream.h"

namespace unroll::kernels::simt {
namespace {

Config from_environment() {
  Config config;
  if (const char* schedule = std::getenv("UNROLL_SIMT_SCHEDULE")) {
    const std::string_view text = schedule;
    char* end = nullptr;
    if (text == "reverse") {
      config.schedule = Schedule::kReverse;
    } else if (text.starts_with("random:") && (config.seed = std::strtoull(schedule + 7, &end, 10),
                                               end != schedule + 7 && !*end)) {
      config.schedule = Schedule::kRandom;
    } else if (text != "forward") {
      throw EnvironmentError(
          "UNROLL_SIMT_SCHEDULE: expected forward, reverse or random:SEED, "
          "got '" +
          std::string(text) + "'");
    }
  }
  if (const char* workers = std::getenv("UNROLL_SIMT_WORKERS")) {
    const int count = std::atoi(workers);
    if (count < 1 || count > 1024)
      throw EnvironmentError("UNROLL_SIMT_WORKERS: expected 1 to 1024, got '" +
                             std::string(workers) + "'");
    config.workers = static_cast<unsigned>(count);
  }
  return config;
}

uint64_t volume(dim3 size) { return static_cast<uint64_t>(size.x) * size.y * size.z; }

// The error that CUDA would give.
cudaError_t refusal(const Launch& launch) {
  const auto [x, y, z] = launch.block;
  const dim3 grid = launch.grid;
  if (x > ModelGpu::kBlockX || y > ModelGpu::kBlockY || z > ModelGpu::kBlockZ ||
      volume(launch.block) == 0 || volume(launch.block) > ModelGpu::kBlockThreads)
    return cudaErrorInvalidConfiguration;
  if (volume(grid) == 0 || grid.x > ModelGpu::kGridX || grid.y > ModelGpu::kGridY ||
      grid.z > ModelGpu::kGridZ)
    return cudaErrorInvalidConfiguration;
  if (launch.shared_bytes > ModelGpu::kSharedBytesOptin) return cudaErrorInvalidValue;
  if (launch.cluster == 0 || launch.cluster > ModelGpu::kClusterBlocks ||
      grid.x % launch.cluster != 0)
    return cudaErrorInvalidClusterSize;
  const uint64_t resident = ModelGpu::resident_blocks(volume(launch.block), launch.shared_bytes) *
                            static_cast<uint64_t>(ModelGpu::kMultiprocessors);
  if (launch.cooperative && volume(grid) > resident) return cudaErrorCooperativeLaunchTooLarge;
  return cudaSuccess;
}

// The order in which blocks start: a random one goes round the grid in steps that meet every block.
class Order {
 public:
  explicit Order(uint64_t count) : count_(count) {
    if (config().schedule == Schedule::kReverse) {
      first_ = count - 1;
      step_ = count - 1;
    } else if (config().schedule == Schedule::kRandom) {
      const uint64_t random = (config().seed + 1) * 0x9E3779B97F4A7C15u;
      first_ = (random >> 32) % count;
      step_ = std::max<uint64_t>((random >> 16 & 0xffffffff) % count, 1);
      while (std::gcd(step_, count) != 1) ++step_;
    }
  }
  uint64_t operator[](uint64_t i) const { return (first_ + i * step_) % count_; }

 private:
  uint64_t count_, first_ = 0, step_ = 1;
};

Block& block_of_this_os_thread() {
  static thread_local Block block;
  return block;
}

void run_blocks(Grid& grid) {
  const uint64_t blocks = volume(grid.launch.grid);
  const Order order(blocks);
  std::atomic<uint64_t> next = 0;
  const auto work = [&](unsigned) {
    Block& block = block_of_this_os_thread();
    for (uint64_t i; (i = next++) < blocks;) block.run(grid, order[i], nullptr);
  };
  const auto workers = static_cast<unsigned>(std::min<uint64_t>(config().workers, blocks));
  if (workers > 1)
    run_on_os_threads(workers, work);
  else
    work(0);
}

void run_gangs(Grid& grid, unsigned size) {
  const uint64_t gangs = volume(grid.launch.grid) / size;
  const Order order(gangs);
  for (uint64_t i = 0; i < gangs; ++i) {
    const uint64_t first = order[i] * size;
    Gang gang(first, size, grid.launch.cluster);
    run_on_os_threads(
        size, [&](unsigned member) { gang.run(block_of_this_os_thread(), grid, first + member); });
  }
}

}  // namespace

Config& config() {
  static Config config = from_environment();
  return config;
}

void run(const Launch& launch) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  const DeviceAccess access;
  if (on_launch) on_launch(launch);
  Grid grid{launch};
  const uint64_t together = launch.cooperative ? volume(launch.grid) : launch.cluster;
  if (together > 1)
    run_gangs(grid, static_cast<unsigned>(together));
  else
    run_blocks(grid);
  if (on_launch_end) on_launch_end();
}

cudaError_t enqueue(const Launch& launch, cudaStream_t stream) {
  if (const cudaError_t error = refusal(launch)) return note_error(error);
  if (SimtGraph* graph = capturing(stream))
    graph->add({SimtGraph::Kind::kKernel, launch.kernel, [launch] { run(launch); }});
  else
    run(launch);
  return cudaSuccess;
}

}  // namespace unroll::kernels::simt
