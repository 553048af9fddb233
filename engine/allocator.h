// Memory for tensors: one caching pool a device.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

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
/// multiple of 64 and, above 1024 bytes, to one of 16 steps an octave: a large block wastes at most
/// a sixteenth. Since each device runs its work in order, a freed block may be handed out at
/// once. GPUs have such a pool in their driver: for them this one only counts. A pool, like every
/// tensor, belongs to one thread.
class Pool {
 public:
  explicit constexpr Pool(Device device) : device_(device) {}

  /// Throws `Error` that names the size when the system has no memory left.
  void* allocate(size_t bytes) {
    const SizeClass size = size_class(bytes);
    if (size.index >= kClasses || !free_[size.index]) [[unlikely]]
      return allocate_new(bytes);
    count(size.bytes);
    return std::exchange(free_[size.index], free_[size.index]->next);
  }

  /// `bytes` is what `allocate` was asked for.
  void free(void* block, size_t bytes) noexcept {
    if (device_ != Device::cpu) return free_on_gpu(block, bytes);
    const SizeClass size = size_class(bytes);
    in_use_ -= size.bytes;
    free_[size.index] = new (block) FreeBlock{free_[size.index]};
  }

  /// Gives every cached block back to the system.
  void release() noexcept;

  PoolStats stats() const { return {in_use_, held_ - in_use_, peak_, system_allocations_}; }
  void reset_peak() { peak_ = in_use_; }

 private:
  struct FreeBlock {
    FreeBlock* next;
  };
  struct SizeClass {
    size_t index, bytes;
  };
  // Up to 1024 bytes the classes are multiples of 64; above, 16 equal steps from each power of two
  // to the next. For a size that the compiler knows this costs nothing.
  static constexpr SizeClass size_class(size_t bytes) {
    if (bytes <= 1024) {
      const size_t steps = bytes == 0 ? 1 : (bytes + 63) / 64;
      return {steps - 1, steps * 64};
    }
    const int octave = std::bit_width(bytes - 1) - 1;  // 2^octave ≤ bytes − 1 < 2^(octave + 1)
    const size_t start = size_t{1} << octave;
    const size_t steps = (bytes - start + (start >> 4) - 1) >> (octave - 4);  // 1 to 16
    return {16 * static_cast<size_t>(octave - 9) + steps - 1, start + steps * (start >> 4)};
  }
  void count(size_t bytes) {
    in_use_ += bytes;
    peak_ = std::max(peak_, in_use_);
  }
  void* allocate_new(size_t bytes);
  void* ask_system(size_t bytes);  // null when it has none left
  void free_on_gpu(void* block, size_t bytes) noexcept;

  static constexpr size_t kClasses = 16 * (50 - 9);  // up to 2^50 bytes
  Device device_;
  FreeBlock* free_[kClasses] = {};
  size_t in_use_ = 0, peak_ = 0;
  size_t held_ = 0;  // by tensors or in the lists
  int64_t system_allocations_ = 0;
};

namespace detail {
extern Pool pools[3];
}

/// The pool of a device; it lives until the program ends.
inline Pool& pool(Device device) { return detail::pools[static_cast<size_t>(device)]; }

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
