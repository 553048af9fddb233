// running.h, and the hooks through which the runtime says what runs.
#include "kernels/simt/checker/running.h"

#include <algorithm>
#include <link.h>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "kernels/simt/checker/profile.h"
#include "kernels/simt/checker/released.h"
#include "kernels/simt/checker/report.h"

namespace unroll::kernels::simt::checker {

thread_local constinit Current current;

namespace {

struct State {
  std::mutex mutex;
  LaunchView launch;
  Epoch last_epoch = 0;
  size_t launches = 0;
  std::set<std::string> kernels;
  std::map<uint64_t, std::unique_ptr<Block>> blocks;  // those that run

  void barrier(uint64_t first, uint64_t end) {  // of the blocks from `first` to before `end`
    const std::scoped_lock lock(mutex);
    std::vector<BlockOrder*> orders;
    for (auto at = blocks.lower_bound(first); at != blocks.end() && at->first < end; ++at)
      orders.push_back(&at->second->order);
    BlockOrder::barrier(orders);
  }
};

State& state() {
  static State& only = *new State;  // outlives static objects, whose destructors may free memory
  return only;
}

// Calls f(the first module's description), which is the program itself.
template <class F>
void with_program(F f) {
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* function) {
        (*static_cast<F*>(function))(*info);
        return 1;
      },
      &f);
}

// The program's thread-local variables in the calling thread, __shared__ ones among them.
Range thread_locals() {
  Range result;
  with_program([&](const dl_phdr_info& program) {
    for (int i = 0; i < program.dlpi_phnum; ++i)
      if (program.dlpi_phdr[i].p_type == PT_TLS)
        result = {reinterpret_cast<uintptr_t>(program.dlpi_tls_data), program.dlpi_phdr[i].p_memsz};
  });
  return result;
}

}  // namespace

const LaunchView& current_launch() { return state().launch; }

LaunchCounts launch_counts() { return {state().launches, state().kernels.size()}; }

const Block* owner_of_shared(uintptr_t address) {
  const std::scoped_lock lock(state().mutex);
  for (const auto& [index, block] : state().blocks)
    if (block->dynamic_shared.holds(address) || block->static_shared.holds(address))
      return block.get();
  return nullptr;
}

const Program& program() {
  static const Program only = [] {
    uintptr_t begin = UINTPTR_MAX, end = 0, base = 0;
    with_program([&](const dl_phdr_info& file) {
      base = file.dlpi_addr;
      for (int i = 0; i < file.dlpi_phnum; ++i) {
        const auto& segment = file.dlpi_phdr[i];
        if (segment.p_type != PT_LOAD) continue;
        begin = std::min<uintptr_t>(begin, base + segment.p_vaddr);
        end = std::max<uintptr_t>(end, base + segment.p_vaddr + segment.p_memsz);
      }
    });
    return Program{{begin, end - begin}, base};
  }();
  return only;
}

}  // namespace unroll::kernels::simt::checker

namespace unroll::kernels::simt {

using checker::current;
using checker::state;
using checker::Unwatched;

bool keeps_freed_memory() { return true; }

void on_launch(const Launch& launch) {
  checker::State& all = state();
  const std::scoped_lock lock(all.mutex);
  all.launch = {++all.last_epoch,
                checker::short_name(launch.kernel),
                launch.grid,
                launch.block,
                {reinterpret_cast<uintptr_t>(&launch), sizeof launch}};
  ++all.launches;
  all.kernels.insert(all.launch.kernel);
  checker::forget_released();
  checker::profile_launch(all.launch);
}

void on_launch_end() { checker::print_reports(); }

void on_block(const BlockInfo& info) {
  thread_local const checker::Range statics = checker::thread_locals();
  checker::State& all = state();
  const std::scoped_lock lock(all.mutex);
  auto& block = all.blocks[info.index];
  block = std::make_unique<checker::Block>(
      checker::Block{info,
                     ++all.last_epoch,
                     {reinterpret_cast<uintptr_t>(info.dynamic_shared), info.dynamic_bytes},
                     statics,
                     checker::BlockOrder(static_cast<uint32_t>(info.index), info.threads)});
  current.block = block.get();
}

void on_block_end(uint64_t block) {
  checker::profile_block_end();
  current.block = nullptr;
  const std::scoped_lock lock(state().mutex);
  state().blocks.erase(block);
}

void on_switch(uint64_t, int thread, const void* stack, size_t stack_bytes) {
  current.watched = thread >= 0;
  current.thread = static_cast<unsigned>(thread);
  current.stack = {reinterpret_cast<uintptr_t>(stack), stack_bytes};
}

void on_block_barrier(uint64_t, Place place) {
  const Unwatched unwatched;
  current.block->order.block_barrier();
  checker::profile_barrier(place);
}

void on_cluster_barrier(uint64_t block, Place place) {
  const Unwatched unwatched;
  uint64_t first, end;
  {
    const std::scoped_lock lock(state().mutex);
    first = state().blocks.at(block)->info.cluster;
    end = first + 1;
    for (const auto& [index, other] : state().blocks)
      if (other->info.cluster == first) end = std::max(end, index + 1);
  }
  state().barrier(first, end);
  checker::profile_barrier(place);
}

void on_grid_barrier(Place place) {
  const Unwatched unwatched;
  state().barrier(0, UINT64_MAX);
  checker::profile_barrier(place);
}

void on_warp_barrier(uint64_t, unsigned warp, uint32_t mask, bool orders_memory, Place place) {
  const Unwatched unwatched;
  if (orders_memory) current.block->order.warp_barrier(warp, mask);
  checker::profile_warp_barrier(warp, mask, place);
}

}  // namespace unroll::kernels::simt
