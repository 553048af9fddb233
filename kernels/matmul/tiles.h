// What the rungs of the GEMM ladder share: which tile of C a block has, and how it reads A and B.
//
// C(i, j) = Σ_k A(i, k)·B(k, j) treats its operands alike: each is a set of lines that run along k,
// the rows of op(A) or the columns of op(B). Seen so, a transposition only swaps two steps.
#pragma once

#include <algorithm>

#include "kernels/gpu.h"
#include "kernels/matmul.h"

namespace unroll::kernels {
namespace {

/// The operand of one product of the batch: its element k of a line is at
/// data[line·line_step + k·k_step], where one of the steps is 1.
template <class T>
struct Operand {
  const T* data;
  int64_t lines, length;  // m or n, and k
  int64_t line_step, k_step;

  /// Neighbours along k, and not along the lines, are neighbours in memory.
  __device__ bool along_k() const { return k_step == 1; }
  /// 0 outside, so that tiles at the edges need no other code.
  __device__ T at(int64_t line, int64_t k) const {
    return line < lines && k < length ? data[line * line_step + k * k_step] : T(0);
  }
};

template <class T>
__device__ Operand<T> left(const MatmulArgs<T>& args, int64_t batch) {
  return {args.a + batch * args.stride_a, args.m, args.k, args.transpose_a ? 1 : args.lda,
          args.transpose_a ? args.lda : 1};
}

template <class T>
__device__ Operand<T> right(const MatmulArgs<T>& args, int64_t batch) {
  return {args.b + batch * args.stride_b, args.n, args.k, args.transpose_b ? args.ldb : 1,
          args.transpose_b ? 1 : args.ldb};
}

/// Where in the batch and in C a block's tile begins.
struct Tile {
  int64_t batch, row, column;
};

/// Blocks that cover C of the whole batch with tiles of kTile × kTile. They are counted in one
/// dimension of the grid, as the other two end at 65,535.
template <int kTile, class T>
unsigned tile_blocks(const MatmulArgs<T>& args) {
  return static_cast<unsigned>(args.batch * blocks_for(args.m, kTile) * blocks_for(args.n, kTile));
}

/// Consecutive blocks go along a row of tiles, then to the next row, then to the next product.
template <int kTile, class T>
__device__ Tile tile_of_block(const MatmulArgs<T>& args) {
  const unsigned across = blocks_for(args.n, kTile), down = blocks_for(args.m, kTile);
  const unsigned row = blockIdx.x / across;
  return {row / down, static_cast<int64_t>(row % down) * kTile,
          static_cast<int64_t>(blockIdx.x % across) * kTile};
}

/// A tile in shared memory, tile[k][line]. Its rows are longer than needed, so that threads which
/// write a column meet different banks.
template <class T, int kLines, int kDepth>
using SharedTile = T[kDepth][kLines + std::max(1, 128 / (kDepth * static_cast<int>(sizeof(T))))];

/// Loads the operand from (first_line, first_k) on into a tile, by kThreads threads. Whichever way
/// the operand lies, neighbouring threads read neighbouring addresses.
template <int kThreads, int kLines, int kDepth, class T>
__device__ void load_tile(const Operand<T>& operand, int64_t first_line, int64_t first_k,
                          SharedTile<T, kLines, kDepth>& tile) {
  static_assert(kThreads % kLines == 0 && kThreads % kDepth == 0);
  const int thread = static_cast<int>(threadIdx.x);
  const bool along_k = operand.along_k();
  int line = along_k ? thread / kDepth : thread % kLines;
  int k = along_k ? thread % kDepth : thread / kLines;
#pragma unroll 4
  for (int step = 0; step < kLines * kDepth / kThreads; ++step) {
    tile[k][line] = operand.at(first_line + line, first_k + k);
    line += along_k ? kThreads / kDepth : 0;
    k += along_k ? 0 : kThreads / kLines;
  }
}

/// C(row, column) = sum, or += sum, if that is inside of C.
template <class T>
__device__ void store(const MatmulArgs<T>& args, int64_t batch, int64_t row, int64_t column,
                      T sum) {
  if (row >= args.m || column >= args.n) return;
  T* c = args.c + batch * args.stride_c + row * args.ldc + column;
  *c = args.accumulate ? *c + sum : sum;
}

}  // namespace
}  // namespace unroll::kernels
