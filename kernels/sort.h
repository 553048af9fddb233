// A stable radix sort of keys with values: the same result for any number of threads.
#pragma once

#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

/// n keys with a value each.
struct SortPairs {
  uint32_t* keys;
  int32_t* values;
};

/// Bytes of scratch that `sort_pairs` wants.
template <class Device>
int64_t sort_workspace(Device, int64_t n);

/// Sorts by keys below 2^bits, bits ≤ 32, ascending; equal keys keep their order. n < 2³¹. The
/// result is in `pairs` or in the workspace, as the answer says; the other is overwritten.
template <class Device>
SortPairs sort_pairs(Device, int64_t n, int bits, SortPairs pairs, void* workspace);

}  // namespace unroll::kernels
