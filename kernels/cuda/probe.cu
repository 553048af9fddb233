// Kernels that each do one thing, which the reader of machine code must find in them (cubin.h).
#include <mma.h>

namespace unroll::kernels {

// One load and one store of 4 bytes.
__global__ void probe_narrow(const float* x, float* y) { y[threadIdx.x] = x[threadIdx.x]; }

// One load and one store of 16 bytes.
__global__ void probe_wide(const float4* x, float4* y) { y[threadIdx.x] = x[threadIdx.x]; }

// The same through 1024 bytes of shared memory, with one barrier.
__global__ void probe_shared(const float4* x, float4* y) {
  __shared__ float4 values[64];
  values[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = values[63 - threadIdx.x];
}

// An array of 128 bytes that cannot stay in registers, since its indices are not known.
__global__ void probe_local(float* y, int n) {
  float values[32];
  for (int i = 0; i < 32; ++i) values[i] = y[i];
  float sum = 0;
  for (int i = 0; i < n; ++i) {
    values[i * 7 & 31] += sum;
    sum += values[i * 5 & 31];
  }
  y[threadIdx.x] = sum;
}

// A matrix product of a tensor core.
__global__ void probe_tensor_core(const float* a, const float* b, float* c) {
  using namespace nvcuda::wmma;
  fragment<matrix_a, 16, 16, 8, precision::tf32, row_major> a_tile;
  fragment<matrix_b, 16, 16, 8, precision::tf32, row_major> b_tile;
  fragment<accumulator, 16, 16, 8, float> c_tile;
  fill_fragment(c_tile, 0);
  load_matrix_sync(a_tile, a, 8);
  load_matrix_sync(b_tile, b, 16);
  mma_sync(c_tile, a_tile, b_tile, c_tile);
  store_matrix_sync(c, c_tile, 16, mem_row_major);
}

}  // namespace unroll::kernels
