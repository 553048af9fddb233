// Layer normalisation of each row of (rows, features).
//
//   x̂ = (x − mean(x))·r, r = 1/√(mean((x − mean(x))²) + ε), y = x̂·weight + bias
#pragma once

#include "kernels/device.h"

namespace unroll::kernels {

/// x, y: (rows, features)
/// weight, bias: (features), or null: 1 and 0
/// mean, rstd: (rows), mean(x) and r; saved for backward
template <class Device, class T>
void layer_norm_forward(Device, int64_t rows, int64_t features, double epsilon, const T* x,
                        const T* weight, const T* bias, T* y, T* mean, T* rstd);

/// dx = r·(g − mean(g) − x̂·mean(g·x̂)) with g = dy·weight
template <class Device, class T>
void layer_norm_backward(Device, int64_t rows, int64_t features, const T* x, const T* weight,
                         const T* mean, const T* rstd, const T* dy, T* dx);

/// d = dy·x̂, (rows, features): its sum over the rows is the gradient of `weight`.
template <class Device, class T>
void layer_norm_backward_weight(Device, int64_t rows, int64_t features, const T* x, const T* mean,
                                const T* rstd, const T* dy, T* d);

}  // namespace unroll::kernels
