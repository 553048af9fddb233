// Matrix products of dense row-major matrices, single or in batches.
#pragma once

#include "kernels/device.h"

namespace unroll::kernels {

/// C[i] = op(A[i])·op(B[i]) for i < batch, or C[i] += … with `accumulate`.
/// op(A) is (m, k), op(B) is (k, n), C is (m, n); op transposes when asked. Consecutive rows of a
/// matrix as it is stored lie lda, ldb, ldc elements apart, consecutive matrices stride_a,
/// stride_b, stride_c; a stride of 0 uses one matrix for the whole batch (not for C).
template <class T>
struct MatmulArgs {
  int64_t batch, m, n, k;
  bool transpose_a, transpose_b, accumulate;
  const T* a;
  const T* b;
  T* c;
  int64_t lda, ldb, ldc;
  int64_t stride_a, stride_b, stride_c;
};

template <class Device, class T>
void matmul(Device, const MatmulArgs<T>& args);

}  // namespace unroll::kernels
