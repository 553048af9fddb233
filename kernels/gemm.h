// Matrix products on the CPU, of which matmul.cpp and the recurrent kernels are made.
//
// Each element of C is summed over k in an order that depends on m, k and the layout of A and B
// alone, so that splitting the rows or columns among threads changes no bit.
#pragma once

#include "kernels/device.h"
#include "kernels/product.h"

namespace unroll::kernels {

/// A product, with threads where there is work for them.
template <class Device, class T>
void gemm(Device, const Product<T>& product);

/// The columns [begin, end) of C, on the calling thread, with the bits that gemm gives them.
template <class Device, class T>
void gemm_columns(Device, const Product<T>& product, int64_t begin, int64_t end);

/// The columns of C that belong to the panels [begin, end) of B, on the calling thread, with the
/// bits that gemm gives them when there are more than a few rows. B is given as its panels:
/// kTileColumns columns each, as `pack_panel` copies them, one behind the other from product.b.data
/// on.
template <class Device, class T>
void gemm_panels(Device, const Product<T>& product, int64_t begin, int64_t end);

/// A product of a few rows with a transposed B, on the calling thread: nothing is copied, and the
/// bits of a row do not depend on how many there are. B and A must have their elements side by side
/// along k.
template <class Device, class T>
void gemm_along_k(Device, const Product<T>& product);

}  // namespace unroll::kernels
