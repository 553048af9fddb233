// Moving blocks of elements: what concat, slice and transpose are made of. T may be int32_t where
// nothing is added.
#pragma once

#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

/// to[r*to_stride + c] = from[r*from_stride + c] for r < rows, c < columns.
template <class Device, class T>
void copy_rows(Device, int64_t rows, int64_t columns, int64_t from_stride, const T* from,
               int64_t to_stride, T* to);

/// to[r*to_stride + c] += from[r*from_stride + c].
template <class Device, class T>
void add_rows(Device, int64_t rows, int64_t columns, int64_t from_stride, const T* from,
              int64_t to_stride, T* to);

/// The array (outer, a, middle, b, inner) whose dimensions a and b are exchanged.
struct TransposeSizes {
  int64_t outer, a, middle, b, inner;
};

/// to[o, j, m, i, k] = from[o, i, m, j, k].
template <class Device, class T>
void transpose(Device, TransposeSizes sizes, const T* from, T* to);

}  // namespace unroll::kernels
