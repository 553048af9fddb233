// Barriers, warp operations and arithmetic that CUDA gives to device code.
#pragma once

#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/simt/meet.h"

// NOLINTBEGIN(readability-identifier-naming, bugprone-reserved-identifier): CUDA's names
// The C library declares names such as __expf, so these stand in the global namespace.
__forceinline__ float __expf(float x) noexcept { return std::exp(x); }
__forceinline__ float __exp10f(float x) noexcept { return std::pow(10.0f, x); }
__forceinline__ float __logf(float x) noexcept { return std::log(x); }
__forceinline__ float __log2f(float x) noexcept { return std::log2(x); }
__forceinline__ float __log10f(float x) noexcept { return std::log10(x); }
__forceinline__ float __powf(float x, float y) noexcept { return std::pow(x, y); }
__forceinline__ float __sinf(float x) noexcept { return std::sin(x); }
__forceinline__ float __cosf(float x) noexcept { return std::cos(x); }
__forceinline__ float __tanf(float x) noexcept { return std::tan(x); }

inline namespace cuda_on_cpu {

// Barriers of the block.
inline void __syncthreads(simt::Place place = simt::Place::here()) {
  simt::block_barrier(false, "__syncthreads", place);
}
inline int __syncthreads_count(int predicate, simt::Place place = simt::Place::here()) {
  return simt::block_barrier(predicate != 0, "__syncthreads_count", place);
}
inline int __syncthreads_or(int predicate, simt::Place place = simt::Place::here()) {
  return simt::block_barrier(predicate != 0, "__syncthreads_or", place) > 0;
}
inline int __syncthreads_and(int predicate, simt::Place place = simt::Place::here()) {
  return simt::block_barrier(predicate == 0, "__syncthreads_and", place) == 0;
}

// A lane counts within a segment of `width` lanes; what would come from outside it stays unchanged.
template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32,
              simt::Place place = simt::Place::here()) {
  const int self = static_cast<int>(simt::lane());
  const int from = (self & -width) | (source & (width - 1));
  return simt::shuffle_value(mask, value, static_cast<unsigned>(from), "__shfl_sync", place);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32,
                 simt::Place place = simt::Place::here()) {
  const int self = static_cast<int>(simt::lane());
  const int from = self - static_cast<int>(delta);
  return simt::shuffle_value(mask, value,
                             static_cast<unsigned>(from < (self & -width) ? self : from),
                             "__shfl_up_sync", place);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32,
                   simt::Place place = simt::Place::here()) {
  const int self = static_cast<int>(simt::lane());
  const int from = self + static_cast<int>(delta);
  return simt::shuffle_value(mask, value,
                             static_cast<unsigned>(from > (self | (width - 1)) ? self : from),
                             "__shfl_down_sync", place);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32,
                  simt::Place place = simt::Place::here()) {
  const int self = static_cast<int>(simt::lane());
  const int from = self ^ lanes;
  return simt::shuffle_value(mask, value,
                             static_cast<unsigned>(from > (self | (width - 1)) ? self : from),
                             "__shfl_xor_sync", place);
}
inline unsigned __ballot_sync(unsigned mask, int predicate,
                              simt::Place place = simt::Place::here()) {
  return simt::ballot(mask, predicate != 0, "__ballot_sync", place);
}
inline int __any_sync(unsigned mask, int predicate, simt::Place place = simt::Place::here()) {
  return simt::ballot(mask, predicate != 0, "__any_sync", place) != 0;
}
inline int __all_sync(unsigned mask, int predicate, simt::Place place = simt::Place::here()) {
  return simt::ballot(mask, predicate == 0, "__all_sync", place) == 0;
}
inline void __syncwarp(unsigned mask = ~0u, simt::Place place = simt::Place::here()) {
  simt::warp_barrier(mask, place);
}

inline void __threadfence_block() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __threadfence() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __threadfence_system() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __nanosleep(unsigned, simt::Place place = simt::Place::here()) { simt::pause(place); }

// Loads and stores with cache hints.
template <class T>
__forceinline__ T __ldg(const T* p) {
  return *p;
}
template <class T>
__forceinline__ void __stwb(T* to, T value) {
  *to = value;
}
template <class T>
__forceinline__ T __ldcg(const T* p) {
  return *p;
}
template <class T>
__forceinline__ T __ldcs(const T* p) {
  return *p;
}
template <class T>
__forceinline__ void __stcg(T* p, T value) {
  *p = value;
}
template <class T>
__forceinline__ void __stcs(T* p, T value) {
  *p = value;
}

// Arithmetic.
inline float __fdividef(float x, float y) { return x / y; }
inline float __frcp_rn(float x) { return 1.0f / x; }
inline float __fsqrt_rn(float x) { return std::sqrt(x); }
inline float __fmaf_rn(float x, float y, float z) { return std::fma(x, y, z); }
inline float __saturatef(float x) { return x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f; }
inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline double rsqrt(double x) { return 1.0 / std::sqrt(x); }
inline int __float_as_int(float x) { return std::bit_cast<int>(x); }
inline unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }
inline float __int_as_float(int x) { return std::bit_cast<float>(x); }
inline float __uint_as_float(unsigned x) { return std::bit_cast<float>(x); }
inline long long __double_as_longlong(double x) { return std::bit_cast<long long>(x); }
inline double __longlong_as_double(long long x) { return std::bit_cast<double>(x); }
inline int __popc(unsigned x) { return std::popcount(x); }
inline int __popcll(unsigned long long x) { return std::popcount(x); }
inline int __clz(int x) { return std::countl_zero(static_cast<unsigned>(x)); }
inline int __clzll(long long x) { return std::countl_zero(static_cast<unsigned long long>(x)); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __ffsll(long long x) { return __builtin_ffsll(x); }
inline unsigned __umulhi(unsigned x, unsigned y) {
  return static_cast<unsigned>((static_cast<uint64_t>(x) * y) >> 32);
}

template <class T>
requires std::is_arithmetic_v<T> T min(T x, T y) {
  if constexpr (std::is_floating_point_v<T>) return std::fmin(x, y);
  return y < x ? y : x;
}
template <class T>
requires std::is_arithmetic_v<T> T max(T x, T y) {
  if constexpr (std::is_floating_point_v<T>) return std::fmax(x, y);
  return x < y ? y : x;
}

}  // namespace cuda_on_cpu
// NOLINTEND(readability-identifier-naming, bugprone-reserved-identifier)
