// What the engine needs of a GPU device: memory, copies, waiting. The tag is `Simt` or `Cuda`.
//
// All work of a device goes onto one stream, in order, and only what says so waits for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "kernels/device.h"

namespace unroll::kernels {

/// A GPU device refused or failed; what() names the call or kernel and the numbers.
struct GpuError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the planner of recurrent kernels asks about a device.
struct GpuProperties {
  std::string name;
  int compute_capability;  // 90 for 9.0
  int multiprocessors;
  int64_t shared_bytes_per_block;  // the most that a block can opt in to
  int64_t shared_bytes_per_multiprocessor;
  int registers_per_multiprocessor;  // of 32 bits
  bool clusters;                     // thread block clusters
  double clock_ghz;
};

/// Why the device cannot be used ("no CUDA driver is installed"), or "" when it can.
template <class Device>
std::string gpu_problem(Device);

template <class Device>
const GpuProperties& gpu_properties(Device);

/// Memory from the device's stream-ordered pool, aligned to 256 bytes; null when there is not
/// enough.
template <class Device>
void* gpu_allocate(Device, size_t bytes);
template <class Device>
void gpu_free(Device, void* memory) noexcept;
/// Gives memory that the pool holds but nobody uses back to the driver.
template <class Device>
void gpu_release(Device) noexcept;

/// Copies `bytes` between host memory, which may be reused when the call returns, and the device.
/// `gpu_to_host` waits for the stream and reports what `synchronize` reports.
template <class Device>
void gpu_from_host(Device, size_t bytes, const void* host, void* device);
template <class Device>
void gpu_to_host(Device, size_t bytes, const void* device, void* host);
template <class Device>
void gpu_copy(Device, size_t bytes, const void* from, void* to);
template <class Device>
void gpu_zero(Device, size_t bytes, void* memory);

/// Waits for all work on the stream. Throws `GpuError` for a failed kernel, or for an index out of
/// range that a kernel noted (`check_indices` in gather.h).
template <class Device>
void synchronize(Device);

/// The seconds that the device takes for what `work` puts on the stream, between events before and
/// after it. Waits for the second.
template <class Device>
double gpu_seconds(Device, const std::function<void()>& work);

}  // namespace unroll::kernels
