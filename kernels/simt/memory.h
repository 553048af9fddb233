// Device memory: one range of addresses, so that a pointer tells whose memory it points to.
//
// Memory comes filled with 0xFF, which is NaN in every floating-point type, and with margins before
// and behind it; writing to a margin is reported when the memory is freed. With
// UNROLL_SIMT_STRICT=1 the range cannot be accessed while no kernel or copy runs: host code that
// does is stopped.
#pragma once

#include <cstddef>

namespace unroll::kernels::simt {

/// Null if the model GPU has not that much left. Aligned to 256 bytes.
void* allocate_device(size_t bytes);
/// False if `memory` is not what allocate_device returned.
bool free_device(void* memory);
size_t free_device_bytes();
/// Gives the pages of free memory back to the system.
void trim_device();

/// Whether `address` is in the device's range at all.
bool is_device(const void* address);
/// Whether `bytes` from `address` on lie in one live allocation.
bool in_allocation(const void* address, size_t bytes);

/// Device memory may be accessed while one of these lives.
class DeviceAccess {
 public:
  DeviceAccess();
  ~DeviceAccess();
  DeviceAccess(const DeviceAccess&) = delete;
  DeviceAccess& operator=(const DeviceAccess&) = delete;
};

}  // namespace unroll::kernels::simt
