// A SIMD vector of the width that the file is compiled for, as a GCC/Clang vector type: the
// operators
// +, −, *, / work lane by lane, and on a scalar and a vector.
#pragma once

#include <cstdint>

namespace unroll::kernels {
namespace {  // its size differs between the SIMD levels that one program holds

#if defined(__AVX512F__)
constexpr int kVecBytes = 64;
constexpr int kVecRegisters = 32;
#elif defined(__AVX2__)
constexpr int kVecBytes = 32;
constexpr int kVecRegisters = 16;
#else
constexpr int kVecBytes = 16;
constexpr int kVecRegisters = 16;
#endif

template <class T>
struct VecOf {
  typedef T Type __attribute__((vector_size(kVecBytes)));
};
template <class T>
using Vec = typename VecOf<T>::Type;

template <class T>
constexpr int64_t kLanes = kVecBytes / static_cast<int64_t>(sizeof(T));

template <class T>
[[gnu::always_inline]] inline Vec<T> load(const T* from) {
  Vec<T> v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <class T>
[[gnu::always_inline]] inline void store(T* to, Vec<T> v) {
  __builtin_memcpy(to, &v, sizeof v);
}

}  // namespace
}  // namespace unroll::kernels
