// copy.h on a GPU. The transposition is the classic lesson on how memory wants to be read.
#include "kernels/copy.h"
#include "kernels/gpu.h"
#include "kernels/grid_stride.h"

namespace unroll::kernels {

// ---- rows

namespace {

enum class Into { kReplace, kAdd };

template <Into kInto, class T>
__global__ void move_rows_kernel(int64_t rows, int64_t columns, int64_t from_stride, const T* from,
                                 int64_t to_stride, T* to) {
  for (int64_t i = grid_thread(); i < rows * columns; i += grid_threads()) {
    const int64_t row = i / columns, column = i % columns;
    const T value = from[row * from_stride + column];
    T& target = to[row * to_stride + column];
    target = kInto == Into::kAdd ? target + value : value;
  }
}

}  // namespace

template <class Device, class T>
void copy_rows(Device, int64_t rows, int64_t columns, int64_t from_stride, const T* from,
               int64_t to_stride, T* to) {
  launch_over<move_rows_kernel<Into::kReplace, T>>(rows * columns, rows, columns, from_stride, from,
                                                   to_stride, to);
}

template <class Device, class T>
void add_rows(Device, int64_t rows, int64_t columns, int64_t from_stride, const T* from,
              int64_t to_stride, T* to) {
  launch_over<move_rows_kernel<Into::kAdd, T>>(rows * columns, rows, columns, from_stride, from,
                                               to_stride, to);
}

// ---- transposition

namespace {

constexpr int kTile = 32;      // a tile's side: the threads of a warp
constexpr int kTileWarps = 8;  // of a block: each moves every eighth row of the tile

// inner = 1. A warp that read a column of the source, to write a row of the target, would touch 32
// distant pieces of memory of 32 bytes for 4 bytes each. So a block moves a tile through shared
// memory: its warps read rows of the source and write rows of the target, both coalesced, and the
// turn happens in shared memory, where distant words cost the same as near ones ...
//
// ... unless they lie in one of its 32 banks, which serve one word at a time. Word w is in bank
// w % 32: in rows of 32 words a column would be one bank, and a warp reading it would take 32
// turns. In rows of 33 words neighbouring elements of a column are in neighbouring banks.
template <class T>
__global__ void transpose_tiles_kernel(TransposeSizes sizes, int64_t tiles_a, int64_t tiles_b,
                                       const T* from, T* to) {
  __shared__ T tile[kTile][kTile + 1];
  const int64_t a = sizes.a, middle = sizes.middle, b = sizes.b;
  const int64_t matrices = sizes.outer * middle;
  const int lane = static_cast<int>(threadIdx.x), warp = static_cast<int>(threadIdx.y);
  for (int64_t block = blockIdx.x; block < matrices * tiles_a * tiles_b; block += gridDim.x) {
    const int64_t j_begin = block % tiles_b * kTile;
    const int64_t i_begin = block / tiles_b % tiles_a * kTile;
    const int64_t matrix = block / (tiles_b * tiles_a), o = matrix / middle, m = matrix % middle;
    // Rows of the source are middle*b apart, rows of the target middle*a.
    const T* source = from + (o * a * middle + m) * b;
    T* target = to + (o * b * middle + m) * a;
    for (int row = warp; row < kTile; row += kTileWarps) {
      const int64_t i = i_begin + row, j = j_begin + lane;
      if (i < a && j < b) tile[row][lane] = source[i * middle * b + j];
    }
    __syncthreads();  // the tile is complete
    for (int row = warp; row < kTile; row += kTileWarps) {
      const int64_t j = j_begin + row, i = i_begin + lane;
      if (i < a && j < b) target[j * middle * a + i] = tile[lane][row];
    }
    __syncthreads();  // and read, before the next one replaces it
  }
}

// Any sizes: a thread finds out where its element of the target comes from. Elements are read in
// runs of `inner`.
template <class T>
__global__ void transpose_runs_kernel(TransposeSizes sizes, const T* from, T* to) {
  const int64_t a = sizes.a, middle = sizes.middle, b = sizes.b, inner = sizes.inner;
  const int64_t n = sizes.outer * a * middle * b * inner;
  for (int64_t at = grid_thread(); at < n; at += grid_threads()) {
    const int64_t k = at % inner, run = at / inner;  // run: (o, j, m, i)
    const int64_t i = run % a, m = run / a % middle, j = run / (a * middle) % b;
    const int64_t o = run / (a * middle * b);
    to[at] = from[(((o * a + i) * middle + m) * b + j) * inner + k];
  }
}

}  // namespace

template <class Device, class T>
void transpose(Device, TransposeSizes sizes, const T* from, T* to) {
  const int64_t n = sizes.outer * sizes.a * sizes.middle * sizes.b * sizes.inner;
  if (n == 0) return;
  if (sizes.inner > 1) return launch_over<transpose_runs_kernel<T>>(n, sizes, from, to);
  const int64_t tiles_a = (sizes.a + kTile - 1) / kTile, tiles_b = (sizes.b + kTile - 1) / kTile;
  const unsigned blocks =
      grid_for(Gpu{}, sizes.outer * sizes.middle * tiles_a * tiles_b, kTile * kTileWarps);
  launch<transpose_tiles_kernel<T>>({blocks, {kTile, kTileWarps}}, sizes, tiles_a, tiles_b, from,
                                    to);
}

template void copy_rows(Gpu, int64_t, int64_t, int64_t, const float*, int64_t, float*);
template void copy_rows(Gpu, int64_t, int64_t, int64_t, const double*, int64_t, double*);
template void copy_rows(Gpu, int64_t, int64_t, int64_t, const int32_t*, int64_t, int32_t*);
template void add_rows(Gpu, int64_t, int64_t, int64_t, const float*, int64_t, float*);
template void add_rows(Gpu, int64_t, int64_t, int64_t, const double*, int64_t, double*);
template void transpose(Gpu, TransposeSizes, const float*, float*);
template void transpose(Gpu, TransposeSizes, const double*, double*);
template void transpose(Gpu, TransposeSizes, const int32_t*, int32_t*);

}  // namespace unroll::kernels
