// The recurrent product of one block, cut into tiles for its warps.
//
// sum(o, r) = Σ over k < terms of weight(o, k) · vector r [k], for the block's outputs o and its
// group's batch rows r. Each warp computes a tile of outputs and rows at a time. Where there are
// fewer tiles than warps, several warps share the terms of one; their sums, the slices, are added
// by whoever reads them.
#pragma once

#include "kernels/recurrent/split.h"

namespace unroll::kernels {
namespace {

constexpr int kLanes = 32, kWarps = kThreads / kLanes;

/// Outputs, batch rows and terms, in one tile or in all; `slices` warps share a tile's terms.
struct ProductTiles {
  int tile_outputs, tile_rows;
  int outputs, rows, terms, slices;
  int sum_stride;  // from one row's sums to the next; 8 mod 32 lets rows lie in different banks

  HD ProductTiles(int outputs_, int tile_outputs_, int rows_, int tile_rows_, int terms_,
                  int tile_terms)
      : tile_outputs(tile_outputs_),
        tile_rows(tile_rows_),
        outputs(whole(outputs_, tile_outputs)),
        rows(whole(rows_, tile_rows)),
        terms(whole(terms_, tile_terms)),
        slices(kWarps > tiles() ? kWarps / tiles() : 1),
        sum_stride((outputs + 23) / 32 * 32 + 8) {}

  /// Floats that the sums of all slices take.
  HD int64_t sums() const { return int64_t{slices} * rows * sum_stride; }

  /// work(first output, first row, slice) for the tiles of the calling warp.
  template <class Work>
  __device__ __forceinline__ void each_of_warp(Work work) const {
    const int output_tiles = outputs / tile_outputs;
    for (int part = static_cast<int>(threadIdx.x) / kLanes; part < tiles() * slices;
         part += kWarps) {
      const int tile = part % tiles();
      work(tile % output_tiles * tile_outputs, tile / output_tiles * tile_rows, part / tiles());
    }
  }

 private:
  HD static int whole(int n, int size) { return (n + size - 1) / size * size; }
  HD int tiles() const { return outputs / tile_outputs * (rows / tile_rows); }
};

/// The sums of all tiles in shared memory: (slices, rows, sum_stride), zero at first.
class ProductSums {
 public:
  __device__ __forceinline__ ProductSums(const ProductTiles& tiles, float* shared)
      : tiles_(tiles), sums_(shared) {
    for (int i = static_cast<int>(threadIdx.x); i < tiles.sums(); i += kThreads) sums_[i] = 0.0f;
  }

  __device__ __forceinline__ float* at(int output, int row, int slice) const {
    return sums_ + (slice * tiles_.rows + row) * tiles_.sum_stride + output;
  }
  __device__ __forceinline__ float sum(int output, int row) const {
    float sum = *at(output, row, 0);
    for (int slice = 1; slice < tiles_.slices; ++slice) sum += *at(output, row, slice);
    return sum;
  }

 private:
  ProductTiles tiles_;
  float* sums_;
};

}  // namespace
}  // namespace unroll::kernels
