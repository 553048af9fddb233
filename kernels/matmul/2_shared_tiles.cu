// GEMM rung 2: tiles of both operands in shared memory.
//
// Idea: a block computes 32 × 32 elements of C, one a thread. Together its threads bring 32 × 32
//   elements of A and of B to shared memory, where each is then used 32 times.
// Beats rung 1 by: 32 times fewer loads from global memory, all of them coalesced, even where an
//   operand is transposed.
// Limited by: shared memory. Each multiplication still waits for two loads from it, and a
//   multiprocessor loads 32 numbers a cycle from there where it could multiply 128.
// Read next: 3_register_tiles.cu.
#include "kernels/matmul/ladder.h"
#include "kernels/matmul/tiles.h"

namespace unroll::kernels {
namespace {

constexpr int kTile = 32;  // rows and columns of C, and the depth of the tiles of A and B
constexpr int kThreads = kTile * kTile;

template <class T>
__global__ void __launch_bounds__(kThreads) shared_tiles_gemm(MatmulArgs<T> args) {
  __shared__ SharedTile<T, kTile, kTile> a_tile, b_tile;
  const Tile tile = tile_of_block<kTile>(args);
  const Operand<T> a = left(args, tile.batch), b = right(args, tile.batch);
  const int row = static_cast<int>(threadIdx.x) / kTile;
  const int column = static_cast<int>(threadIdx.x) % kTile;
  T sum = 0;
  for (int64_t first = 0; first < args.k; first += kTile) {
    load_tile<kThreads, kTile, kTile>(a, tile.row, first, a_tile);
    load_tile<kThreads, kTile, kTile>(b, tile.column, first, b_tile);
    __syncthreads();  // the tiles are complete
#pragma unroll 8
    for (int k = 0; k < kTile; ++k) sum += a_tile[k][row] * b_tile[k][column];
    __syncthreads();  // and no longer in use
  }
  store(args, tile.batch, tile.row + row, tile.column + column, sum);
}

}  // namespace

template <class Device, class T>
void shared_tiles_matmul(Device, const MatmulArgs<T>& args) {
  if (args.batch * args.m * args.n == 0) return;
  launch<shared_tiles_gemm<T>>({tile_blocks<kTile>(args), kThreads}, args);
}

template void shared_tiles_matmul(Gpu, const MatmulArgs<float>&);
template void shared_tiles_matmul(Gpu, const MatmulArgs<double>&);

}  // namespace unroll::kernels
