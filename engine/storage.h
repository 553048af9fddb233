// The memory behind one or more tensors.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/allocator.h"
#include "engine/device.h"
#include "engine/ref.h"

namespace unroll {

/// A block of a device's memory. `version` counts the writes after the first, so that a tensor
/// saved for the backward pass can tell whether it was changed since.
class Storage : public Counted, public Pooled {
 public:
  Storage(Device device, size_t bytes)
      : data_(pool(device).allocate(bytes)), bytes_(bytes), device_(device) {}
  static void destroy(Storage* storage) { delete storage; }

  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }
  Device device() const { return device_; }
  uint32_t version() const { return version_; }
  void bump_version() { ++version_; }

 private:
  ~Storage() { pool(device_).free(data_, bytes_); }

  void* data_;
  size_t bytes_;
  uint32_t version_ = 0;
  Device device_;
};

}  // namespace unroll
