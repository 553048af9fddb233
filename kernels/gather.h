// Elements picked by index, and their gradients added back: gather and embedding.
//
// `check_indices` looks at the indices beforehand; on a GPU, whose answer comes late, the kernels
// skip what is out of range. Gradients that meet in one element are added in the order of the
// indices, so that sums are the same bits always.
#pragma once

#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

/// The first i whose indices[i] is neither in [0, size) nor `allowed`, or −1 if there is none. On a
/// GPU the answer is always −1: such an index is noted there with the name `op`, and the next
/// `synchronize` or copy to the host throws.
template <class Device>
int64_t check_indices(Device, const char* op, int64_t n, const int32_t* indices, int64_t size,
                      int32_t allowed);

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

/// weight and d_weight: (vocabulary, features); indices: (count); y and dy: (count, features).
struct EmbeddingSizes {
  int64_t vocabulary, count, features;
};

/// y[k, :] = weight[indices[k], :].
template <class Device, class T>
void embedding_forward(Device, EmbeddingSizes sizes, const T* weight, const int32_t* indices, T* y);

/// Bytes of scratch that `embedding_backward` wants.
template <class Device>
int64_t embedding_backward_workspace(Device, EmbeddingSizes sizes);

/// d_weight[indices[k], :] += dy[k, :].
template <class Device, class T>
void embedding_backward(Device, EmbeddingSizes sizes, const T* dy, const int32_t* indices,
                        T* d_weight, void* workspace);

}  // namespace unroll::kernels
