// copy.h on the CPU, compiled once a SIMD level.
#include "kernels/copy.h"

#include "kernels/parallel.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

constexpr int64_t kGrain = 16384;  // elements for which a second thread pays
constexpr int64_t kTile = 32;      // a tile's side: its rows, read or written, stay in the L1 cache

// Pieces of `size` elements that together are worth a thread.
int64_t grain_of(int64_t size) { return size >= kGrain ? 1 : kGrain / (size > 0 ? size : 1); }

// Calls piece(row, begin, end) for ranges of columns that cover all rows.
template <class Piece>
void for_each_piece(int64_t rows, int64_t columns, const Piece& piece) {
  if (rows == 1) {
    parallel_for(columns, kGrain, [&](int64_t begin, int64_t end) { piece(0, begin, end); });
    return;
  }
  parallel_for(rows, grain_of(columns), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) piece(row, 0, columns);
  });
}

int64_t tiles(int64_t size) { return (size + kTile - 1) / kTile; }

int64_t tile_end(int64_t begin, int64_t size) {
  return begin + kTile < size ? begin + kTile : size;
}

}  // namespace

template <class Device, class T>
void copy_rows(Device, int64_t rows, int64_t columns, int64_t from_stride, const T* from,
               int64_t to_stride, T* to) {
  for_each_piece(rows, columns, [=](int64_t row, int64_t begin, int64_t end) {
    const T* source = from + row * from_stride;
    T* target = to + row * to_stride;
    for (int64_t i = begin; i < end; ++i) target[i] = source[i];
  });
}

template <class Device, class T>
void add_rows(Device, int64_t rows, int64_t columns, int64_t from_stride, const T* from,
              int64_t to_stride, T* to) {
  for_each_piece(rows, columns, [=](int64_t row, int64_t begin, int64_t end) {
    const T* source = from + row * from_stride;
    T* target = to + row * to_stride;
    for (int64_t i = begin; i < end; ++i) target[i] += source[i];
  });
}

template <class Device, class T>
void transpose(Device, TransposeSizes sizes, const T* from, T* to) {
  const int64_t a = sizes.a, middle = sizes.middle, b = sizes.b, inner = sizes.inner;
  const int64_t from_i = middle * b * inner, to_j = middle * a * inner;  // strides
  const int64_t tiles_a = tiles(a), tiles_b = tiles(b);
  const int64_t n = sizes.outer * middle * tiles_a * tiles_b;
  parallel_for(n, grain_of(kTile * kTile * inner), [=](int64_t begin, int64_t end) {
    for (int64_t tile = begin; tile < end; ++tile) {
      const int64_t i_begin = tile % tiles_a * kTile, i_end = tile_end(i_begin, a);
      const int64_t j_begin = tile / tiles_a % tiles_b * kTile, j_end = tile_end(j_begin, b);
      const int64_t m = tile / (tiles_a * tiles_b) % middle;
      const int64_t o = tile / (tiles_a * tiles_b * middle);
      const T* source = from + o * a * from_i + m * b * inner;
      T* target = to + o * b * to_j + m * a * inner;
      for (int64_t j = j_begin; j < j_end; ++j)
        if (inner == 1)
          for (int64_t i = i_begin; i < i_end; ++i) target[j * to_j + i] = source[i * from_i + j];
        else
          for (int64_t i = i_begin; i < i_end; ++i)
            for (int64_t k = 0; k < inner; ++k)
              target[j * to_j + i * inner + k] = source[i * from_i + j * inner + k];
    }
  });
}

template void copy_rows(Cpu, int64_t, int64_t, int64_t, const float*, int64_t, float*);
template void copy_rows(Cpu, int64_t, int64_t, int64_t, const double*, int64_t, double*);
template void copy_rows(Cpu, int64_t, int64_t, int64_t, const int32_t*, int64_t, int32_t*);
template void add_rows(Cpu, int64_t, int64_t, int64_t, const float*, int64_t, float*);
template void add_rows(Cpu, int64_t, int64_t, int64_t, const double*, int64_t, double*);
template void transpose(Cpu, TransposeSizes, const float*, float*);
template void transpose(Cpu, TransposeSizes, const double*, double*);
template void transpose(Cpu, TransposeSizes, const int32_t*, int32_t*);

}  // namespace unroll::kernels
