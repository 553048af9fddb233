// A row of weights that one thread keeps for a whole sequence and multiplies with vectors.
//
// Its first kRegisterColumns values stay in registers: indices into an array are known to the
// compiler once the loops over them are unrolled, and only then it needs no memory. The others lie
// in shared memory, (columns beyond / 4, threads, 4): neighbouring threads read neighbouring
// float4s, so that no two of them meet in a bank. The vectors' elements are the same for all
// threads of a warp, or nearly all, which costs one access.
#pragma once

#include "kernels/gpu.h"

namespace unroll::kernels {
namespace {

constexpr int kRegisterColumns = 52;

class WeightRow {
 public:
  /// Takes weights[i * stride] for i < H, or zeros if the thread is `idle`.
  __device__ __forceinline__ WeightRow(const float* weights, int64_t stride, int H, bool idle,
                                       int columns, float4* shared)
      : columns_(columns), shared_(shared + threadIdx.x) {
    const auto at = [&](int i) { return i < H && !idle ? weights[i * stride] : 0.0f; };
#pragma unroll
    for (int k = 0; k < kRegisterColumns; ++k) registers_[k] = at(k);
    for (int k = kRegisterColumns; k < columns; k += 4)
      shared_[(k - kRegisterColumns) / 4 * blockDim.x] =
          make_float4(at(k), at(k + 1), at(k + 2), at(k + 3));
  }

  /// The row times each of R vectors, which lie `stride` floats apart.
  template <int R>
  __device__ __forceinline__ void multiply(const float* vectors, int stride,
                                           float (&sums)[R]) const {
    for (int r = 0; r < R; ++r) sums[r] = 0.0f;
#pragma unroll
    for (int k = 0; k < kRegisterColumns; k += 4)
      if (k < columns_)
        add(make_float4(registers_[k], registers_[k + 1], registers_[k + 2], registers_[k + 3]),
            vectors + k, stride, sums);
#pragma unroll 2
    for (int k = kRegisterColumns; k < columns_; k += 4)
      add(shared_[(k - kRegisterColumns) / 4 * blockDim.x], vectors + k, stride, sums);
  }

 private:
  template <int R>
  __device__ __forceinline__ static void add(float4 w, const float* vectors, int stride,
                                             float (&sums)[R]) {
#pragma unroll
    for (int r = 0; r < R; ++r) {
      const float4 v = *reinterpret_cast<const float4*>(vectors + r * stride);
      sums[r] += w.x * v.x + w.y * v.y + w.z * v.z + w.w * v.w;
    }
  }

  float registers_[kRegisterColumns];
  int columns_;
  float4* shared_;
};

}  // namespace
}  // namespace unroll::kernels
