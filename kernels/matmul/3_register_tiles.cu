// GEMM rung 3: a thread computes 4 × 4 elements of C, which stay in its registers.
//
// Idea: at a step k a thread loads 4 elements of A and 4 of B and multiplies each with each: 8
//   loads from shared memory for 16 multiplications. The block's tile grows with it, to 64 × 64.
// Beats rung 2 by: a quarter of the loads from shared memory and half of those from global memory
//   for each multiplication, and 16 independent sums, where one would wait for itself.
// Limited by: instructions, of which a third are loads, and the barriers, where all threads wait
//   for loads from global memory that began only when they were needed.
// Read next: 4_vectorised.cu.
//
// Where C has few rows or columns, tiles of 32 × 32 leave fewer threads without work.
#include "kernels/matmul/ladder.h"
#include "kernels/matmul/tiles.h"

namespace unroll::kernels {
namespace {

constexpr int kEach = 4;    // rows and columns of a thread
constexpr int kDepth = 16;  // of the tiles of A and B
template <int kTile>
constexpr int kThreads = kTile* kTile / (kEach * kEach);

/// A block's threads stand in a square of kSide × kSide. Thread (i, j) has the rows i, i + kSide, …
/// and the columns j, j + kSide, …: neighbouring threads have neighbouring columns.
template <int kTile, class T>
__global__ void __launch_bounds__(kThreads<kTile>) register_tiles_gemm(MatmulArgs<T> args) {
  constexpr int kSide = kTile / kEach;
  __shared__ SharedTile<T, kTile, kDepth> a_tile, b_tile;
  const Tile tile = tile_of_block<kTile>(args);
  const Operand<T> a = left(args, tile.batch), b = right(args, tile.batch);
  const int row = static_cast<int>(threadIdx.x) / kSide;
  const int column = static_cast<int>(threadIdx.x) % kSide;
  T sum[kEach][kEach] = {};
  for (int64_t first = 0; first < args.k; first += kDepth) {
    load_tile<kThreads<kTile>, kTile, kDepth>(a, tile.row, first, a_tile);
    load_tile<kThreads<kTile>, kTile, kDepth>(b, tile.column, first, b_tile);
    __syncthreads();
#pragma unroll 4
    for (int k = 0; k < kDepth; ++k) {
      T a_k[kEach], b_k[kEach];
      for (int i = 0; i < kEach; ++i) a_k[i] = a_tile[k][row + i * kSide];
      for (int j = 0; j < kEach; ++j) b_k[j] = b_tile[k][column + j * kSide];
      for (int i = 0; i < kEach; ++i)
        for (int j = 0; j < kEach; ++j) sum[i][j] += a_k[i] * b_k[j];
    }
    __syncthreads();
  }
  for (int i = 0; i < kEach; ++i)
    for (int j = 0; j < kEach; ++j)
      store(args, tile.batch, tile.row + row + i * kSide, tile.column + column + j * kSide,
            sum[i][j]);
}

template <int kTile, class T>
void launch_tiles(const MatmulArgs<T>& args) {
  launch<register_tiles_gemm<kTile, T>>({tile_blocks<kTile>(args), kThreads<kTile>}, args);
}

}  // namespace

template <class Device, class T>
void register_tiles_matmul(Device, const MatmulArgs<T>& args) {
  if (args.batch * args.m * args.n == 0) return;
  if (args.m > 32 && args.n > 32)
    launch_tiles<64>(args);
  else
    launch_tiles<32>(args);
}

template void register_tiles_matmul(Gpu, const MatmulArgs<float>&);
template void register_tiles_matmul(Gpu, const MatmulArgs<double>&);

}  // namespace unroll::kernels
