// Softmax and its logarithm over the middle of (outer, size, inner); all tensors have that shape.
#pragma once

#include "kernels/device.h"

namespace unroll::kernels {

/// y_k = exp(x_k − m)/Σ_j exp(x_j − m), m = max_j x_j.
template <class Device, class T>
void softmax_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y);

/// dx_k = y_k·(dy_k − Σ_j dy_j·y_j).
template <class Device, class T>
void softmax_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* y, const T* dy,
                      T* dx);

/// y_k = (x_k − m) − ln Σ_j exp(x_j − m), m = max_j x_j.
template <class Device, class T>
void log_softmax_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y);

/// dx_k = dy_k − exp(y_k)·Σ_j dy_j.
template <class Device, class T>
void log_softmax_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* y,
                          const T* dy, T* dx);

}  // namespace unroll::kernels
