// Reductions over the middle of (outer, size, inner): x is (outer, size, inner), y (outer, inner).
#pragma once

#include "kernels/device.h"

namespace unroll::kernels {

/// How many elements are summed in T before their sum goes on to the next level, in double. Part of
/// the definition of `sum`: it fixes the order of additions, whatever the number of threads.
HD int64_t sum_block(int64_t inner) { return inner == 1 ? 8192 : 256; }

/// Elements of T that `sum_forward` wants as scratch: the sums of all blocks, when there are
/// several.
HD int64_t sum_workspace(int64_t outer, int64_t size, int64_t inner) {
  const int64_t blocks = (size + sum_block(inner) - 1) / sum_block(inner);
  return blocks > 1 ? outer * blocks * inner : 0;
}

/// y[o, i] = Σ_k x[o, k, i]; 0 for size 0.
template <class Device, class T>
void sum_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y,
                 T* workspace);

/// dx[o, k, i] = dy[o, i].
template <class Device, class T>
void sum_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* dy, T* dx);

/// y[o, i] = max_k x[o, k, i] and the first k that has it; the first NaN counts as largest.
/// size ≥ 1.
template <class Device, class T>
void max_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y,
                 int32_t* index);

/// dx[o, k, i] = dy[o, i] where k is index[o, i], else 0.
template <class Device, class T>
void max_backward(Device, int64_t outer, int64_t size, int64_t inner, const int32_t* index,
                  const T* dy, T* dx);

/// y[o, i] = ln Σ_k exp(x[o, k, i]), with the maximum taken out first. size ≥ 1.
template <class Device, class T>
void logsumexp_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y);

/// dx[o, k, i] = dy[o, i]·exp(x[o, k, i] − y[o, i]); 0 where all of the x are −∞.
template <class Device, class T>
void logsumexp_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, const T* y,
                        const T* dy, T* dx);

}  // namespace unroll::kernels
