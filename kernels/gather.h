// Elements picked by index, and their gradients added back: gather and embedding.
//
// The kernels trust the indices; `find_invalid_index` checks them beforehand. Gradients that meet
// in one element are added in the order of the indices, so that sums are the same bits always.
#pragma once

#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

/// The first i with indices[i] < 0 or ≥ size, or −1 if there is none.
template <class Device>
int64_t find_invalid_index(Device, int64_t n, const int32_t* indices, int64_t size);

/// x: (outer, size, inner); indices and y: (outer, count, inner).
struct GatherSizes {
  int64_t outer, size, count, inner;
};

/// y[o, k, i] = x[o, indices[o, k, i], i].
template <class Device, class T>
void gather_forward(Device, GatherSizes sizes, const T* x, const int32_t* indices, T* y);

/// dx[o, indices[o, k, i], i] += dy[o, k, i].
template <class Device, class T>
void gather_backward(Device, GatherSizes sizes, const T* dy, const int32_t* indices, T* dx);

/// y[k, :] = weight[indices[k], :] for k < count, rows of `features` elements.
template <class Device, class T>
void embedding_forward(Device, int64_t count, int64_t features, const T* weight,
                       const int32_t* indices, T* y);

/// d_weight[indices[k], :] += dy[k, :].
template <class Device, class T>
void embedding_backward(Device, int64_t count, int64_t features, const T* dy,
                        const int32_t* indices, T* d_weight);

}  // namespace unroll::kernels
