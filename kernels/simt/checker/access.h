// One access of a kernel to memory, as the compiler's instrumentation reports it (callbacks.cpp).
#pragma once

#include <cstdint>

namespace unroll::kernels::simt::checker {

struct Access {
  uintptr_t address;
  uint32_t bytes;
  bool reads, writes, atomic;
  uintptr_t code;  // the address behind the instruction

  const char* verb() const {
    return atomic ? "atomic access" : writes ? (reads ? "update" : "write") : "read";
  }
};

/// Checks an access, or counts it for the profile. Does nothing outside of kernels.
void on_access(const Access& access);

}  // namespace unroll::kernels::simt::checker
