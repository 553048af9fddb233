// The first index out of range that a GPU met: noted by `check_indices`, reported by `synchronize`.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/device.h"

namespace unroll::kernels {

/// A record in device memory; all zeros while every index was right. The first call that finds a
/// bad index stays, and of its bad indices the one at the smallest position: the same record
/// always.
struct IndexError {
  const char* op;  // in host memory: kernels only hand it on
  int64_t position, size;
  int32_t index;
  unsigned long long candidate;  // while a call looks: 2⁶⁴ − 1 − the smallest bad position so far

  bool noted() const { return op != nullptr; }
  std::string message() const {
    return std::string(op) + ": index " + std::to_string(index) + " at position " +
           std::to_string(position) + " is out of range: expected 0 <= index < " +
           std::to_string(size);
  }
};

/// The device's record, in device memory.
template <class Device>
IndexError* index_error(Device);

}  // namespace unroll::kernels
