// NVIDIA's cuBLAS, looked for when the program runs: a program built with CUDA starts without it.
//
// Only builds with CUDA have cublas.cu.
#pragma once

#include "kernels/device.h"
#include "kernels/matmul.h"

namespace unroll::kernels {

/// Why products on `cuda` are computed by our own kernels, "libcublas.so.13: cannot open …", or ""
/// when cuBLAS computes them. The first call loads the library and takes memory on the device, so
/// it must not be made while the stream is being captured; later products may be captured in a
/// graph.
const char* cublas_problem();

/// C = op(A)·op(B) by cuBLAS, in the precision of T; false if it cannot: it is missing, or its
/// 32-bit sizes are too small for these. Every size but k is at least 1.
template <class T>
bool cublas_matmul(Cuda, const MatmulArgs<T>& args);

}  // namespace unroll::kernels
