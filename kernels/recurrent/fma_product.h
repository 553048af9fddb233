// The recurrent product by multiply-adds in f32.
//
// Lane l of a warp takes the terms l, l + 32, …, so that neighbouring lanes read neighbouring
// weights and vector elements. Of each term a lane reads kOutputs weights and kRows elements for
// kOutputs · kRows multiply-adds into registers. At the end shuffles add the lanes' sums up.
#pragma once

#include "kernels/recurrent/product_tiles.h"

namespace unroll::kernels {
namespace {

/// Adds the values of all lanes up: lane l gets kCount / 32 of the totals, from l · kCount / 32 on,
/// at the front. Fewer than 32 totals are repeated in neighbouring lanes. In each round a lane
/// gives half of its values away and adds the other lane's to the half that it keeps.
template <int kCount, int kDistance = kLanes / 2, int kSize>
__device__ __forceinline__ void add_lanes(float (&values)[kSize]) {
  const bool upper = (threadIdx.x & kDistance) != 0;
  if constexpr (kCount > 1) {
#pragma unroll
    for (int i = 0; i < kCount / 2; ++i) {
      const float keep = upper ? values[i + kCount / 2] : values[i];
      const float give = upper ? values[i] : values[i + kCount / 2];
      values[i] = keep + __shfl_xor_sync(~0u, give, kDistance);
    }
  } else {
    values[0] += __shfl_xor_sync(~0u, values[0], kDistance);
  }
  if constexpr (kDistance > 1) add_lanes<(kCount > 1 ? kCount / 2 : 1), kDistance / 2>(values);
}

template <int kTileRows>
class FmaProduct {
  static constexpr int kOutputs = 8, kTile = kOutputs * kTileRows;

 public:
  using Element = float;
  static constexpr int kRows = kTileRows;
  __device__ __forceinline__ static float element(float value) { return value; }

  HD static ProductTiles tiles(int outputs, int rows, int terms) {
    return ProductTiles(outputs, kOutputs, rows, kRows, terms, kLanes);
  }
  HD static int64_t weight_bytes(const ProductTiles& tiles) {
    return int64_t{4} * tiles.outputs * tiles.terms;
  }

  /// Takes weight(o, k) for all outputs and terms, 0 beyond those of the problem.
  template <class Weight>
  __device__ __forceinline__ FmaProduct(const ProductTiles& tiles, char* shared, Weight weight)
      : tiles_(tiles),
        weights_(reinterpret_cast<float4*>(shared)),
        sums_(tiles, reinterpret_cast<float*>(shared + weight_bytes(tiles))) {
    for (int k = static_cast<int>(threadIdx.x); k < tiles.terms; k += kThreads)
      for (int o = 0; o < tiles.outputs; o += 4)
        weights_[o / 4 * tiles.terms + k] =
            make_float4(weight(o, k), weight(o + 1, k), weight(o + 2, k), weight(o + 3, k));
    __syncthreads();
  }

  /// The sums for vectors that lie `stride` elements apart. A barrier must follow.
  __device__ __forceinline__ void multiply(const float* vectors, int stride) const {
    tiles_.each_of_warp([&](int output, int row, int slice) {
      float sums[kTile] = {};
      add_terms(output, vectors + int64_t{row} * stride, stride, slice, sums);
      add_lanes<kTile>(sums);
      constexpr int kTotals = kTile > kLanes ? kTile / kLanes : 1;   // that a lane has
      constexpr int kRepeats = kTile < kLanes ? kLanes / kTile : 1;  // lanes that have the same
      const int lane = static_cast<int>(threadIdx.x) % kLanes;
#pragma unroll
      for (int i = 0; i < kTotals; ++i) {
        const int total = lane / kRepeats * kTotals + i;
        if (lane % kRepeats == 0)
          *sums_.at(output + total % kOutputs, row + total / kOutputs, slice) = sums[i];
      }
    });
  }

  __device__ __forceinline__ float sum(int output, int row) const { return sums_.sum(output, row); }

 private:
  /// Adds every slices-th run of 32 terms to the sums of a tile's rows and outputs.
  __device__ __forceinline__ void add_terms(int output, const float* vectors, int stride, int slice,
                                            float (&sums)[kTile]) const {
    const float4* low = weights_ + output / 4 * tiles_.terms;
    const float4* high = low + tiles_.terms;
#pragma unroll(16 / kRows)
    for (int k = slice * kLanes + static_cast<int>(threadIdx.x) % kLanes; k < tiles_.terms;
         k += tiles_.slices * kLanes) {
      const float4 a = low[k], b = high[k];
      const float weights[kOutputs] = {a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w};
#pragma unroll
      for (int row = 0; row < kRows; ++row) {
        const float element = vectors[row * stride + k];
#pragma unroll
        for (int o = 0; o < kOutputs; ++o) sums[row * kOutputs + o] += weights[o] * element;
      }
    }
  }

  ProductTiles tiles_;
  float4* weights_;  // (outputs / 4, terms), each of 4 outputs
  ProductSums sums_;
};

}  // namespace
}  // namespace unroll::kernels
