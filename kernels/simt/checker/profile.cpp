// profile.h: putting the lanes' accesses together to requests, and pricing them.
#include "kernels/simt/checker/profile.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <set>
#include <unordered_map>
#include <vector>

#include "kernels/simt/checker/control.h"
#include "kernels/simt/checker/profile_data.h"

namespace unroll::kernels::simt::checker {
namespace {

struct Profile {
  std::mutex mutex;
  std::map<std::string, KernelProfile> kernels;
  KernelProfile* kernel = nullptr;  // of the running launch
};

Profile& profile() {
  static Profile& only = *new Profile;
  return only;
}

// What one instruction has been asked for by a warp since its lanes last met.
struct Pending {
  Operation operation;
  std::vector<Request> requests;
  std::array<uint32_t, 32> executions{};  // by each lane
};
using WarpPending = std::unordered_map<uintptr_t, Pending>;  // by code address
thread_local std::array<WarpPending, 32> pending;            // by warp of the running block

void finish_requests(WarpPending& warp) {
  if (warp.empty()) return;
  Profile& all = profile();
  const std::scoped_lock lock(all.mutex);
  for (const auto& [code, instruction] : warp) {
    const Operation& operation = instruction.operation;
    Counts& counts = all.kernel->instructions[{code, operation}];
    for (const Request& request : instruction.requests) {
      const auto lanes = static_cast<uint64_t>(__builtin_popcount(request.lanes));
      counts.add(
          {1, lanes, lanes * operation.bytes, price(request, operation.space, operation.bytes)});
    }
  }
  warp.clear();
}

void count_barrier(Place place, const char* what) {
  Profile& all = profile();
  const std::scoped_lock lock(all.mutex);
  ++all.kernel->barriers[{SourceLine{place.file, place.line}, what}];
}

}  // namespace

Price price(const Request& request, Space space, size_t bytes) {
  const auto has = [&](size_t lane) { return (request.lanes >> lane & 1) != 0; };
  if (space == Space::kShared) {
    Price result;
    const size_t together = bytes >= 16 ? 8 : bytes == 8 ? 16 : 32;
    for (size_t first = 0; first < 32; first += together) {
      std::set<uintptr_t> words;
      std::array<unsigned, 32> wanted{};  // words of each bank
      for (size_t lane = first; lane < first + together; ++lane)
        for (size_t byte = 0; has(lane) && byte < bytes; byte += 4) {
          const uintptr_t word = (request.addresses[lane] + byte) / 4;
          if (words.insert(word).second) ++wanted[word % 32];
        }
      result.cost += *std::max_element(wanted.begin(), wanted.end());
      result.ideal += words.empty() ? 0 : 1;
    }
    return result;
  }
  std::set<uintptr_t> sectors, addresses;
  for (size_t lane = 0; lane < 32; ++lane) {
    if (!has(lane)) continue;
    const uintptr_t address = request.addresses[lane];
    addresses.insert(address);
    for (uintptr_t sector = address / 32; sector <= (address + bytes - 1) / 32; ++sector)
      sectors.insert(sector);
  }
  return {sectors.size(), (addresses.size() * bytes + 31) / 32};
}

bool is_profiling() {
  static const bool wanted = std::getenv("UNROLL_SIMT_PROFILE") != nullptr;
  return wanted;
}

void profile_launch(const LaunchView& launch) {
  if (!is_profiling()) return;
  Profile& all = profile();
  KernelProfile& kernel = all.kernels[launch.kernel];
  const auto size = [](dim3 d) { return uint64_t{d.x} * d.y * d.z; };
  ++kernel.launches;
  kernel.blocks += size(launch.grid);
  kernel.threads += size(launch.grid) * size(launch.block);
  all.kernel = &kernel;
}

void profile_access(const Access& access, Space space) {
  const unsigned lane = current.thread % 32;
  Pending& instruction = pending[current.thread / 32][access.code];
  instruction.operation = {space, access.verb(), access.bytes};
  const uint32_t execution = instruction.executions[lane]++;
  if (execution == instruction.requests.size()) instruction.requests.emplace_back();
  Request& request = instruction.requests[execution];
  request.lanes |= 1u << lane;
  request.addresses[lane] = access.address;
}

void profile_barrier(Place place) {
  if (!is_profiling()) return;
  for (WarpPending& warp : pending) finish_requests(warp);
  count_barrier(place, "barriers");
}

void profile_warp_barrier(unsigned warp, uint32_t lanes, Place place) {
  if (!is_profiling()) return;
  if (lanes == ~0u) finish_requests(pending[warp]);
  count_barrier(place, "warp operations");
}

void profile_block_end() {
  if (!is_profiling()) return;
  for (WarpPending& warp : pending) finish_requests(warp);
}

void print_profile() {
  print_tables(profile().kernels);
  if (const char* file = std::getenv("UNROLL_SIMT_JSON")) write_json(profile().kernels, file);
}

}  // namespace unroll::kernels::simt::checker

namespace unroll::kernels::simt {

void forget_profile() { checker::profile().kernels.clear(); }

}  // namespace unroll::kernels::simt
