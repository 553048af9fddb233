// A vector whose first few elements need no allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "engine/allocator.h"

namespace unroll {

/// Holds up to `N` elements in place, and all of them in a block of the pool beyond that. A tape
/// node has few inputs, so its lists almost never allocate. It stays where it was made.
template <class T, uint32_t N>
class SmallVector {
 public:
  SmallVector() = default;
  SmallVector(const SmallVector&) = delete;
  SmallVector& operator=(const SmallVector&) = delete;
  ~SmallVector() {
    clear();
    if (capacity_ > N) pool(Device::cpu).free(data_, capacity_ * sizeof(T));
  }

  /// Adds T{arguments…}.
  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    if (size_ == capacity_) [[unlikely]]
      grow();
    return *new (data_ + size_++) T{std::forward<Arguments>(arguments)...};
  }
  void pop_back() { data_[--size_].~T(); }
  void clear() {
    while (size_ > 0) pop_back();
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }

 private:
  void grow() {
    T* larger = static_cast<T*>(pool(Device::cpu).allocate(2 * capacity_ * sizeof(T)));
    for (uint32_t i = 0; i < size_; ++i) {
      new (larger + i) T(std::move(data_[i]));
      data_[i].~T();
    }
    if (capacity_ > N) pool(Device::cpu).free(data_, capacity_ * sizeof(T));
    data_ = larger;
    capacity_ *= 2;
  }

  alignas(T) std::byte in_place_[N * sizeof(T)];
  T* data_ = reinterpret_cast<T*>(in_place_);
  uint32_t size_ = 0;
  uint32_t capacity_ = N;
};

}  // namespace unroll
