// In which of CUDA's memory spaces an address lies, and whether a kernel may touch it.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/simt/checker/running.h"

namespace unroll::kernels::simt::checker {

enum class Space : uint8_t {
  kLocal,    // the thread's own variables, and the built-in ones
  kShared,   // static or dynamic, of this block or another of its cluster
  kGlobal,   // an allocation of device memory
  kProgram,  // __device__ and __constant__ variables, constants of the source
};

enum class Fault : uint8_t { kNone, kOutOfBounds, kFreed, kNotDevice };

struct Location {
  Space space;
  Fault fault;
  Epoch epoch;  // of the launch, or of the block whose shared memory it is
};

/// Where `bytes` from `address` are that the current CUDA thread touches.
Location locate(uintptr_t address, size_t bytes);

const char* name(Space space);

/// What is wrong with an address whose location has a fault: "4 bytes past the end of …".
std::string explain_fault(uintptr_t address, size_t bytes);

}  // namespace unroll::kernels::simt::checker
