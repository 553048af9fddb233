// 16 bytes of an array at a time: four floats, four integers or two doubles by one instruction.
//
// A kernel that does little with each element is bound by memory. Loads of 128 bits keep four times
// as many bytes on their way for as many instructions.
#pragma once

#include "kernels/gpu.h"

namespace unroll::kernels {

template <class T>
struct alignas(16) Pack {
  static constexpr int kSize = 16 / sizeof(T);
  T at[kSize];
};

/// Whether `array` may be read and written in packs.
template <class T>
HD bool is_aligned(const T* array) {
  return reinterpret_cast<uintptr_t>(array) % alignof(Pack<T>) == 0;
}

/// Packs that cover n elements; the last one may stand over.
template <class T>
HD constexpr int64_t packs_for(int64_t n) {
  return (n + Pack<T>::kSize - 1) / Pack<T>::kSize;
}

/// Pack number i of an array of n elements; zeros where it stands over. An array that is not
/// aligned, such as a slice that starts at an odd row, is read element by element.
template <class T>
__device__ __forceinline__ Pack<T> load_pack(const T* array, int64_t i, int64_t n) {
  const int64_t first = i * Pack<T>::kSize;
  if (is_aligned(array) && first + Pack<T>::kSize <= n)
    return *reinterpret_cast<const Pack<T>*>(array + first);
  Pack<T> pack{};
  for (int j = 0; j < Pack<T>::kSize; ++j)
    if (first + j < n) pack.at[j] = array[first + j];
  return pack;
}

template <class T>
__device__ __forceinline__ void store_pack(const Pack<T>& pack, T* array, int64_t i, int64_t n) {
  const int64_t first = i * Pack<T>::kSize;
  if (is_aligned(array) && first + Pack<T>::kSize <= n) {
    *reinterpret_cast<Pack<T>*>(array + first) = pack;
    return;
  }
  for (int j = 0; j < Pack<T>::kSize; ++j)
    if (first + j < n) array[first + j] = pack.at[j];
}

}  // namespace unroll::kernels
