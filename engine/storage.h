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
class alignas(64) Storage : public Counted, public Pooled {
 public:
  static Ref<Storage> make(Device device, size_t bytes) {
    if (device == Device::cpu && bytes <= kMostBeside) {
      void* block = pool(Device::cpu).allocate(sizeof(Storage) + bytes);
      Ref<Storage> storage(::new (block) Storage(device));
      storage->data_ = storage.get() + 1;
      storage->bytes_ = bytes;
      return storage;
    }
    Ref<Storage> storage(new Storage(device));
    storage->data_ = pool(device).allocate(bytes);
    storage->bytes_ = bytes;
    return storage;
  }
  static void destroy(Storage* storage) {
    if (storage->data_ == storage + 1)
      return pool(Device::cpu).free(storage, sizeof(Storage) + storage->bytes_);
    if (storage->data_) pool(storage->device_).free(storage->data_, storage->bytes_);
    delete storage;
  }

  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }
  Device device() const { return device_; }
  uint32_t version() const { return version_; }
  void bump_version() { ++version_; }

 private:
  // Up to so many bytes lie behind the object, in one block of the pool with it.
  static constexpr size_t kMostBeside = 448;

  explicit Storage(Device device) : device_(device) {}

  void* data_ = nullptr;
  size_t bytes_ = 0;
  uint32_t version_ = 0;
  Device device_;
};

}  // namespace unroll
