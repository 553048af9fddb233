// What reductions on a GPU share: which threads have a row, and sums and maxima over it.
//
// Arrays are (outer, size, inner). A row is the `size` elements of one place in outer and inner;
// they lie `inner` apart. Each row belongs to a team of
//   1 thread     where rows lie side by side: neighbouring threads read neighbouring columns; and
//                where rows are so short that a larger team would do little but wait for each other
//   32, a warp   in most cases; they exchange values by shuffles alone
//   256, a block where rows are long
// The threads of a team take turns over the row, and then combine what they have pairwise. The
// order follows from the sizes alone, so results are the same bits every time.
//
//   const int64_t row = row_of_team<kTeam>();
//   if (row >= rows.count()) return;
//   x += rows.begin(row);
//   const T sum = sum_over<kTeam>(rows.size, [=](int64_t k) { return x[k * rows.inner]; });
#pragma once

#include <cmath>
#include <type_traits>

#include "kernels/gpu.h"

namespace unroll::kernels {
namespace {

constexpr int kRowThreads = 256;  // of a block

struct Rows {
  int64_t outer, size, inner;

  HD int64_t count() const { return outer * inner; }
  /// Where the first element of a row is.
  HD int64_t begin(int64_t row) const { return row / inner * size * inner + row % inner; }
};

/// Calls f with the number of threads that a row's team should have, as a constant of a type.
/// Without rows it does not call it.
template <class F>
void with_team(const Rows& rows, const F& f) {
  if (rows.count() == 0) return;
  if (rows.inner > 1 || rows.size <= 16)
    f(std::integral_constant<int, 1>());
  else if (rows.size <= 1024)
    f(std::integral_constant<int, 32>());
  else
    f(std::integral_constant<int, kRowThreads>());
}

/// The grid in which each row has a team.
template <int kTeam>
LaunchConfig team_grid(const Rows& rows) {
  return {blocks_for(rows.count(), kRowThreads / kTeam), kRowThreads};
}

/// The row of the team that this thread is in, and the thread's number there.
template <int kTeam>
__device__ __forceinline__ int64_t row_of_team() {
  return int64_t{blockIdx.x} * (kRowThreads / kTeam) + threadIdx.x / kTeam;
}
template <int kTeam>
__device__ __forceinline__ int rank_in_team() {
  return static_cast<int>(threadIdx.x) % kTeam;
}

template <class V>
__device__ __forceinline__ V shuffle_xor(V value, int lanes) {
  return __shfl_xor_sync(0xffffffffu, value, lanes);
}

/// All values of a team combined, for every thread of it. combine(a, b) = combine(b, a); V has a
/// `shuffle_xor`.
template <int kTeam, class V, class F>
__device__ __forceinline__ V combine_team(V value, const F& combine) {
  if constexpr (kTeam > 1)
    for (int lanes = 16; lanes > 0; lanes /= 2) value = combine(value, shuffle_xor(value, lanes));
  if constexpr (kTeam > 32) {
    __shared__ V of_warps[kTeam / 32];
    if (threadIdx.x % 32 == 0) of_warps[threadIdx.x / 32] = value;
    __syncthreads();
    value = of_warps[0];
    for (int warp = 1; warp < kTeam / 32; ++warp) value = combine(value, of_warps[warp]);
    __syncthreads();  // `of_warps` may be written again
  }
  return value;
}

/// Calls f(k) for the k < n that are this thread's share of a row.
template <int kTeam, class F>
__device__ __forceinline__ void for_each(int64_t n, const F& f) {
  for (int64_t k = rank_in_team<kTeam>(); k < n; k += kTeam) f(k);
}

/// Σ f(k) over k < n: a thread adds 16 terms in their own type, and their sums in double.
template <int kTeam, class F>
__device__ __forceinline__ auto sum_over(int64_t n, const F& f) {
  using T = decltype(f(n));
  constexpr int kRun = 16;
  double total = 0;
  for (int64_t k = rank_in_team<kTeam>(); k < n;) {
    T run = 0;
    for (int i = 0; i < kRun && k < n; ++i, k += kTeam) run += f(k);
    total += static_cast<double>(run);
  }
  return static_cast<T>(combine_team<kTeam>(total, [](double a, double b) { return a + b; }));
}

/// The largest f(k) over k < n; NaNs count for nothing, and −∞ is what is left without them.
template <int kTeam, class F>
__device__ __forceinline__ auto max_over(int64_t n, const F& f) {
  using T = decltype(f(n));
  T largest = -static_cast<T>(INFINITY);
  for_each<kTeam>(n, [&](int64_t k) {
    const T value = f(k);
    largest = value > largest ? value : largest;
  });
  return combine_team<kTeam>(largest, [](T a, T b) { return a > b ? a : b; });
}

}  // namespace
}  // namespace unroll::kernels
