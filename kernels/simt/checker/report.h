// What the checker has found, and how it says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kernels/simt/checker/access.h"
#include "kernels/simt/checker/order.h"
#include "kernels/simt/checker/running.h"
#include "kernels/simt/checker/symbols.h"

namespace unroll::kernels::simt::checker {

/// An access that takes part in a problem.
struct Party {
  const char* verb;  // "read", "write", …
  uint32_t bytes;    // 0: not known any more
  uint32_t block;
  unsigned thread;
  uintptr_t code;
};

struct Problem {
  std::string_view kind;    // "data race"
  std::string_view space;   // "shared"
  std::string_view detail;  // "8 bytes past the end of …", or what would mend it
  Party now;
  std::optional<Party> before = std::nullopt;
  std::optional<SourceLine> line = std::nullopt;  // of `now`, where the compiler gave it
};

/// The current thread's part in a problem.
Party party(const Access& access);

/// Notes a problem of the running launch, once for each pair of source lines.
void report(const Problem& problem);

/// Prints the problems that were noted since the last call.
void print_reports();

/// A kernel's name without the namespaces that are ours: "softmax_rows<float>".
std::string short_name(std::string_view kernel);

}  // namespace unroll::kernels::simt::checker
