// What the profile counts, and how a warp's request is priced.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "kernels/simt/checker/space.h"
#include "kernels/simt/checker/symbols.h"

namespace unroll::kernels::simt::checker {

/// One execution of an instruction by the lanes of a warp.
struct Request {
  uint32_t lanes = 0;  // a mask
  std::array<uintptr_t, 32> addresses;
};

/// Sectors or wavefronts, in the model and at best.
struct Price {
  uint64_t cost = 0, ideal = 0;
};
Price price(const Request& request, Space space, size_t bytes);

/// Sums over the requests of an instruction or of a source line.
struct Counts {
  uint64_t requests = 0, lanes = 0, bytes = 0;
  Price price;

  void add(const Counts& other) {
    requests += other.requests;
    lanes += other.lanes;
    bytes += other.bytes;
    price.cost += other.price.cost;
    price.ideal += other.price.ideal;
  }
};

/// What an instruction does.
struct Operation {
  Space space;
  std::string verb;                                    // "read"
  uint32_t bytes;                                      // a lane
  auto operator<=>(const Operation&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct KernelProfile {
  uint64_t launches = 0, blocks = 0, threads = 0;
  std::map<std::pair<uintptr_t, Operation>, Counts> instructions;   // by code address
  std::map<std::pair<SourceLine, std::string>, uint64_t> barriers;  // how often reached, by line
};

/// The tables, and the same as JSON.
void print_tables(const std::map<std::string, KernelProfile>& kernels);
void write_json(const std::map<std::string, KernelProfile>& kernels, const std::string& file);

/// A kernel's counts summed over the instructions of each line, sorted by file and line.
using LineCounts = std::map<std::tuple<SourceLine, Operation>, Counts>;
LineCounts by_line(const KernelProfile& kernel);

}  // namespace unroll::kernels::simt::checker
