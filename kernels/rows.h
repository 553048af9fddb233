// What reductions share: walking (outer, size, inner) in tiles, and sums and maxima of one row.
//
// Everything here is inlined always: it is compiled once a SIMD level. Sums are taken in a fixed
// order that depends on the sizes alone.
#pragma once

#include <cstdint>

#include "kernels/device.h"
#include "kernels/parallel.h"

namespace unroll::kernels {

constexpr int64_t kTile = 256;       // columns that are reduced together
constexpr int64_t kChunk = 512;      // elements of a row that are summed before the next level
constexpr int64_t kRowGrain = 8192;  // elements for which a second thread pays

/// Items of `cost` elements each that one thread should get at least.
HD int64_t grain_of(int64_t cost) { return cost >= kRowGrain ? 1 : kRowGrain / (cost + 1) + 1; }

/// 64 bytes of T, which the compiler splits where registers are narrower.
template <class T>
struct Lanes {
  static constexpr int64_t kCount = 64 / sizeof(T);
  using Vector [[gnu::vector_size(64)]] = T;
  Vector v;
};

/// Calls f(o, column, width) for tiles of at most `kTile` of the inner columns, in parallel.
template <class F>
[[gnu::always_inline]] inline void for_each_tile(int64_t outer, int64_t size, int64_t inner,
                                                 const F& f) {
  const int64_t tiles = (inner + kTile - 1) / kTile;
  const int64_t width = inner < kTile ? inner : kTile;
  parallel_for(outer * tiles, grain_of(size * width), [=](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t column = item % tiles * kTile;
      f(item / tiles, column, inner - column < kTile ? inner - column : kTile);
    }
  });
}

/// The sum of x[0, n), n a multiple of the number of lanes.
template <class T>
[[gnu::always_inline]] inline T sum_of_lanes(const T* x, int64_t n) {
  constexpr int64_t kCount = Lanes<T>::kCount;
  Lanes<T> a{}, b{}, next;
  int64_t i = 0;
  for (; i + 2 * kCount <= n; i += 2 * kCount) {
    __builtin_memcpy(&next.v, x + i, sizeof next.v);
    a.v += next.v;
    __builtin_memcpy(&next.v, x + i + kCount, sizeof next.v);
    b.v += next.v;
  }
  if (i < n) {
    __builtin_memcpy(&next.v, x + i, sizeof next.v);
    a.v += next.v;
  }
  a.v += b.v;
  T lane[kCount];
  __builtin_memcpy(lane, &a.v, sizeof lane);
  for (int64_t width = kCount / 2; width > 0; width /= 2)
    for (int64_t k = 0; k < width; ++k) lane[k] += lane[k + width];
  return lane[0];
}

/// Σ f(i) over i < n, where f gives a T: chunks are summed in T, and their sums in double.
template <class T, class F>
[[gnu::always_inline]] inline T sum_over(int64_t n, const F& f) {
  constexpr int64_t kCount = Lanes<T>::kCount;
  alignas(64) T terms[kChunk];
  double total = 0;
  for (int64_t begin = 0; begin < n; begin += kChunk) {
    const int64_t count = n - begin < kChunk ? n - begin : kChunk;
    for (int64_t i = 0; i < count; ++i) terms[i] = f(begin + i);
    const int64_t padded = (count + kCount - 1) / kCount * kCount;
    for (int64_t i = count; i < padded; ++i) terms[i] = T(0);
    total += static_cast<double>(sum_of_lanes(terms, padded));
  }
  return static_cast<T>(total);
}

/// The largest of x[0, n), n ≥ 1; NaNs count for nothing, and −∞ is what is left without them.
template <class T>
[[gnu::always_inline]] inline T max_of_row(const T* x, int64_t n) {
  constexpr int64_t kCount = Lanes<T>::kCount;
  T largest = -static_cast<T>(__builtin_inf());
  int64_t i = 0;
  if (n >= kCount) {
    Lanes<T> lanes{}, next;
    for (int64_t k = 0; k < kCount; ++k) lanes.v[k] = largest;
    for (; i + kCount <= n; i += kCount) {
      __builtin_memcpy(&next.v, x + i, sizeof next.v);
      lanes.v = next.v > lanes.v ? next.v : lanes.v;
    }
    for (int64_t k = 0; k < kCount; ++k) largest = lanes.v[k] > largest ? lanes.v[k] : largest;
  }
  for (; i < n; ++i) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

/// largest[c] = max_k x[k·stride + c] for k < size, size ≥ 1, c < width ≤ kTile, NaNs as above.
template <class T>
[[gnu::always_inline]] inline void max_of_rows(int64_t size, int64_t width, const T* x,
                                               int64_t stride, T* largest) {
  for (int64_t c = 0; c < width; ++c) largest[c] = -static_cast<T>(__builtin_inf());
  for (int64_t k = 0; k < size; ++k)
    for (int64_t c = 0; c < width; ++c)
      largest[c] = x[k * stride + c] > largest[c] ? x[k * stride + c] : largest[c];
}

/// sum[c] = Σ_k f(k, c) for k < size, c < width ≤ kTile. Four rows are added together, so that an
/// element of `sum` is touched once for all of them.
template <class T, class F>
[[gnu::always_inline]] inline void sum_rows(int64_t size, int64_t width, T* sum, const F& f) {
  for (int64_t c = 0; c < width; ++c) sum[c] = T(0);
  int64_t k = 0;
  for (; k + 4 <= size; k += 4)
    for (int64_t c = 0; c < width; ++c)
      sum[c] += (f(k, c) + f(k + 1, c)) + (f(k + 2, c) + f(k + 3, c));
  for (; k < size; ++k)
    for (int64_t c = 0; c < width; ++c) sum[c] += f(k, c);
}

}  // namespace unroll::kernels
