// GEMM rung 4: loads of 128 bits, those of the next tiles under way while these are multiplied.
//
// Idea: 256 threads compute 128 × 128 elements of C (f64: 64 × 64), each 8 × 8 (4 × 4) of them in
//   pieces of whole vectors. There are two pairs of tiles. While one is multiplied, each thread has
//   a vector of the next A and of the next B on its way, to put it into the other pair.
// Beats rung 3 by: 4 loads from shared memory for 64 multiplications, of half the bytes; one
//   barrier for each pair of tiles instead of two; loads from global memory that have all that time
//   to arrive.
// Limited by: the arithmetic units, where matrices are large; tensor cores are what is left. A C of
//   few tiles leaves multiprocessors idle however large k is; libraries then split the sum.
// Read next: recurrent/7_tensor_cores.cu.
//
// An operand that lies along k is transposed on its way into shared memory. Vectors that are not
// aligned or stand over the matrix's edge are read element by element.
#include "kernels/matmul/ladder.h"
#include "kernels/matmul/tiles.h"
#include "kernels/pack.h"

namespace unroll::kernels {
namespace {

template <class T>
constexpr int kLanes = Pack<T>::kSize;
constexpr int kSide = 16;  // a block's threads stand in a square
constexpr int kThreads = kSide * kSide;
constexpr int kPieces = 2;  // of kLanes rows, and as many of columns, that a thread has
constexpr int kDepth = 8;
template <class T>
constexpr int kEach = kPieces* kLanes<T>;
template <class T>
constexpr int kTile = kSide* kPieces* kLanes<T>;  // one vector a thread fills kDepth × kTile
/// Rows of a tile are longer by a vector, so that an operand is transposed without bank conflicts.
template <class T>
using Tiles = T[kDepth][kTile<T> + kLanes<T>];

/// How a thread brings its vectors of an operand to shared memory: one of each tile, in order.
template <class T>
class Loader {
 public:
  __device__ Loader(const Operand<T>& operand, int64_t first_line) : along_k_(operand.along_k()) {
    const int thread = static_cast<int>(threadIdx.x);
    const int across = (along_k_ ? kDepth : kTile<T>) / kLanes<T>;  // vectors in a row of memory
    line_ = along_k_ ? thread / across : thread % across * kLanes<T>;
    k_ = along_k_ ? thread % across * kLanes<T> : thread / across;
    next_ = operand.data + (first_line + line_) * operand.line_step + k_ * operand.k_step;
    step_ = kDepth * operand.k_step;
    lines_left_ = operand.lines - first_line - line_;
    k_left_ = operand.length - k_;
    const int64_t leading = along_k_ ? operand.line_step : operand.k_step;
    aligned_ = reinterpret_cast<uintptr_t>(operand.data) % sizeof(Pack<T>) == 0 &&
               leading % kLanes<T> == 0;
  }

  /// The thread's vector of the next tile; 0 outside of the operand.
  __device__ Pack<T> fetch() {
    // The vector's elements before the operand's edge; it may be past the other edge altogether.
    const int64_t inside = along_k_      ? (lines_left_ > 0 ? k_left_ : 0)
                           : k_left_ > 0 ? lines_left_
                                         : 0;
    Pack<T> v;
    if (aligned_ && inside >= kLanes<T>)
      v = *reinterpret_cast<const Pack<T>*>(next_);
    else
      for (int i = 0; i < kLanes<T>; ++i) v.at[i] = i < inside ? next_[i] : T(0);
    next_ += step_;
    k_left_ -= kDepth;
    return v;
  }

  __device__ void put(const Pack<T>& v, Tiles<T>& tile) const {
    if (along_k_)
      for (int i = 0; i < kLanes<T>; ++i) tile[k_ + i][line_] = v.at[i];
    else
      *reinterpret_cast<Pack<T>*>(&tile[k_][line_]) = v;
  }

 private:
  const T* next_;
  int64_t step_, lines_left_, k_left_;  // from the vector's first element on
  int line_, k_;                        // of that element in the tile
  bool along_k_, aligned_;
};

/// Adds the products of one pair of tiles to the thread's sums.
template <class T>
__device__ void multiply(const Tiles<T>& a, const Tiles<T>& b, int row, int column,
                         T (&sum)[kEach<T>][kEach<T>]) {
  for (int k = 0; k < kDepth; ++k) {
    Pack<T> a_k[kPieces], b_k[kPieces];
#pragma unroll
    for (int p = 0; p < kPieces; ++p) {
      a_k[p] = *reinterpret_cast<const Pack<T>*>(&a[k][(p * kSide + row) * kLanes<T>]);
      b_k[p] = *reinterpret_cast<const Pack<T>*>(&b[k][(p * kSide + column) * kLanes<T>]);
    }
#pragma unroll
    for (int i = 0; i < kEach<T>; ++i)
#pragma unroll
      for (int j = 0; j < kEach<T>; ++j)
        sum[i][j] += a_k[i / kLanes<T>].at[i % kLanes<T>] * b_k[j / kLanes<T>].at[j % kLanes<T>];
  }
}

/// Writes the thread's sums to C, a vector at a time.
template <class T>
__device__ void write(const MatmulArgs<T>& args, const Tile& tile, int row, int column,
                      const T (&sum)[kEach<T>][kEach<T>]) {
#pragma unroll
  for (int i = 0; i < kEach<T>; ++i) {
    const int64_t r = tile.row + (i / kLanes<T> * kSide + row) * kLanes<T> + i % kLanes<T>;
    if (r >= args.m) continue;
    T* c = args.c + tile.batch * args.stride_c + r * args.ldc;
#pragma unroll
    for (int q = 0; q < kPieces; ++q) {
      const int64_t vector = tile.column / kLanes<T> + q * kSide + column;
      Pack<T> v{};
      if (args.accumulate) v = load_pack(c, vector, args.n);
      for (int j = 0; j < kLanes<T>; ++j) v.at[j] += sum[i][q * kLanes<T> + j];
      store_pack(v, c, vector, args.n);
    }
  }
}

template <class T>
__global__ void __launch_bounds__(kThreads, 2) vectorised_gemm(MatmulArgs<T> args) {
  alignas(16) __shared__ Tiles<T> a_tiles[2], b_tiles[2];
  const Tile tile = tile_of_block<kTile<T>>(args);
  Loader<T> a(left(args, tile.batch), tile.row), b(right(args, tile.batch), tile.column);
  const int row = static_cast<int>(threadIdx.x) / kSide;
  const int column = static_cast<int>(threadIdx.x) % kSide;
  T sum[kEach<T>][kEach<T>] = {};
  Pack<T> next_a = a.fetch(), next_b = b.fetch();
  int turn = 0;
  for (int64_t first = 0; first < args.k; first += kDepth, turn ^= 1) {
    a.put(next_a, a_tiles[turn]);
    b.put(next_b, b_tiles[turn]);
    __syncthreads();  // this pair is complete, and nobody reads the other any more
    next_a = a.fetch();
    next_b = b.fetch();
    multiply(a_tiles[turn], b_tiles[turn], row, column, sum);
  }
  write(args, tile, row, column, sum);
}

}  // namespace

template <class Device, class T>
void vectorised_matmul(Device, const MatmulArgs<T>& args) {
  if (args.batch * args.m * args.n == 0) return;
  launch<vectorised_gemm<T>>({tile_blocks<kTile<T>>(args), kThreads}, args);
}

template void vectorised_matmul(Gpu, const MatmulArgs<float>&);
template void vectorised_matmul(Gpu, const MatmulArgs<double>&);

}  // namespace unroll::kernels
