// Memory for tensors: one caching pool a device.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/device.h"

namespace unroll {

/// What a pool holds, in bytes. `peak` is the largest `in_use` since `reset_peak`.
struct PoolStats {
  size_t in_use = 0;
  size_t cached = 0;
  size_t peak = 0;
  int64_t system_allocations = 0;  // calls to the system's allocator since the start
};

/// Gives out blocks aligned to 64 bytes and keeps freed ones for reuse. Sizes are rounded up to a
/// multiple of 64 and, above 512 bytes, to one of eight steps an octave: a large block wastes at
/// most an eighth. Since each device runs its work in order, a freed block may be handed out at
/// once. GPUs have such a pool in their driver: for them this one only counts. A pool, like every
/// tensor, belongs to one thread.
class Pool {
 public:
  explicit Pool(Device device) : device_(device) {}

  /// Throws `Error` that names the size when the system has no memory left.
  void* allocate(size_t bytes);
  /// `bytes` is what `allocate` was asked for.
  void free(void* block, size_t bytes) noexcept;
  /// Gives every cached block back to the system.
  void release() noexcept;

  const PoolStats& stats() const { return stats_; }
  void reset_peak() { stats_.peak = stats_.in_use; }

 private:
  struct FreeBlock {
    FreeBlock* next;
  };
  void* ask_system(size_t bytes);  // null when it has none left

  static constexpr int kClasses = 8 * 48;
  Device device_;
  FreeBlock* free_[kClasses] = {};
  PoolStats stats_;
};

/// The pool of a device; it lives until the program ends.
Pool& pool(Device device);

/// A base that puts small objects of the engine into the cpu's pool.
struct Pooled {
  static void* operator new(size_t bytes) { return pool(Device::cpu).allocate(bytes); }
  static void operator delete(void* block, size_t bytes) noexcept {
    pool(Device::cpu).free(block, bytes);
  }
};

/// Scratch memory for one kernel call, from the device's pool.
class Workspace {
 public:
  Workspace(Device device, size_t bytes)
      : device_(device), bytes_(bytes), data_(bytes ? pool(device).allocate(bytes) : nullptr) {}
  ~Workspace() {
    if (data_) pool(device_).free(data_, bytes_);
  }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  void* data() const { return data_; }

 private:
  Device device_;
  size_t bytes_;
  void* data_;
};

// ---- the bytes of any device

/// Copies `bytes` between two places, each on its device. A copy to the host waits for the device.
void copy_bytes(size_t bytes, Device from_device, const void* from, Device to_device, void* to);
void zero_bytes(size_t bytes, Device device, void* memory);

/// Waits for the work of a device, to time it or to see its errors: throws `Error` for a kernel
/// that failed and for an index out of range. Reading a tensor's values waits by itself.
void synchronize(Device device);

}  // namespace unroll
