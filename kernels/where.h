// Choosing elements by a mask. A mask is true where it is not 0; T may be int32_t.
#pragma once

#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

/// y[i] = mask[i] ? a[i] : b[i].
template <class Device, class T>
void where(Device, int64_t n, const int32_t* mask, const T* a, const T* b, T* y);

/// y[i] = value where the mask is `filled`, else x[i].
template <class Device, class T>
void masked_fill(Device, int64_t n, const int32_t* mask, bool filled, T value, const T* x, T* y);

}  // namespace unroll::kernels
