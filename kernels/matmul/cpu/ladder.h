// The GEMM ladder of the CPU: five ways to multiply matrices, each with one idea more.
//
//   1 naive        the definition: three loops
//   2 blocked      along rows, in blocks of B that a cache holds
//   3 packed       a block of B is copied together first
//   4 vectorised   a tile of sums in vector registers
//   5 threaded     rows shared out among threads
//
// They are for reading and measuring (`./unroll bench matmul`). Products of the engine are those of
// gemm.cpp, which goes on from here: transposed and strided operands, few rows, f64.
#pragma once

#include <span>

#include "kernels/device.h"

namespace unroll::kernels {

/// C (m, n) = A (m, k)·B (k, n), all dense and row-major.
struct DenseProduct {
  int64_t m, n, k;
  const float *a, *b;
  float* c;
};

// Each is defined in the file that its number begins with, once a SIMD level.
template <class Device>
void naive_product(Device, const DenseProduct& product);
template <class Device>
void blocked_product(Device, const DenseProduct& product);
template <class Device>
void packed_product(Device, const DenseProduct& product);
template <class Device>
void vectorised_product(Device, const DenseProduct& product);
template <class Device>
void threaded_product(Device, const DenseProduct& product);

struct CpuGemmRung {
  const char* name;  // "1 naive"
  void (*product)(const DenseProduct& product);
};

/// The rungs in their order, then gemm.cpp, for `simd_level()`.
std::span<const CpuGemmRung> cpu_gemm_ladder();

}  // namespace unroll::kernels
