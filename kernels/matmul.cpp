#include "kernels/matmul.h"

#include "kernels/gemm.h"
#include "kernels/parallel.h"

namespace unroll::kernels {

namespace {

/// Product number i of the batch.
template <class T>
Product<T> product(const MatmulArgs<T>& args, int64_t i) {
  T* c = args.c + i * args.stride_c;
  return {args.m,
          args.n,
          args.k,
          strided(args.a + i * args.stride_a, args.lda, args.transpose_a),
          strided(args.b + i * args.stride_b, args.ldb, args.transpose_b),
          {args.accumulate ? c : nullptr, args.ldc},
          c,
          args.ldc};
}

}  // namespace

template <class Device, class T>
void matmul(Device device, const MatmulArgs<T>& args) {
  // Small products are shared out among the threads whole; large ones are split inside.
  constexpr int64_t kSmall = 1 << 18;  // multiplications
  if (args.batch == 1) return gemm(device, product(args, 0));
  const int64_t work = args.m * args.n * args.k + 1;
  const int64_t grain = work < kSmall ? ceil_div(kSmall, work) : args.batch;
  parallel_for(args.batch, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) gemm(device, product(args, i));
  });
}

template void matmul(UNROLL_CPU_LEVEL, const MatmulArgs<float>&);
template void matmul(UNROLL_CPU_LEVEL, const MatmulArgs<double>&);

}  // namespace unroll::kernels
