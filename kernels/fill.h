// Making tensors: constants, ranges, conversions. T, To and From may be int32_t.
#pragma once

#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

/// y[i] = value.
template <class Device, class T>
void fill(Device, int64_t n, T value, T* y);

/// y[i] = i.
template <class Device, class T>
void arange(Device, int64_t n, T* y);

/// to[i] = from[i], converted as C++ does.
template <class Device, class From, class To>
void cast(Device, int64_t n, const From* from, To* to);

}  // namespace unroll::kernels
