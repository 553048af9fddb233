// GEMM rung 1: one thread an element of C.
//
// Idea: the definition as it stands. A thread walks along a row of op(A) and a column of op(B). The
//   threads of a warp have neighbouring columns: they read neighbours in a row of B, and all the
//   same element of A.
// Beats: nothing; the others are compared with it.
// Limited by: two loads for each multiplication. The caches are asked for 2·m·n·k elements where
//   the operands have m·k + k·n. With B transposed, the 32 loads of a warp lie in 32 rows, and 32
//   sectors of 8 floats are fetched for 32 floats.
// Read next: 2_shared_tiles.cu.
#include "kernels/matmul/ladder.h"
#include "kernels/matmul/tiles.h"

namespace unroll::kernels {
namespace {

constexpr int kThreads = 256;

template <class T>
__global__ void naive_gemm(MatmulArgs<T> args) {
  const int64_t element = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  const int64_t column = element % args.n, row = element / args.n % args.m;
  const int64_t batch = element / args.n / args.m;
  if (batch >= args.batch) return;
  const Operand<T> a = left(args, batch), b = right(args, batch);
  T sum = 0;
  for (int64_t k = 0; k < args.k; ++k) sum += a.at(row, k) * b.at(column, k);
  store(args, batch, row, column, sum);
}

}  // namespace

template <class Device, class T>
void naive_matmul(Device, const MatmulArgs<T>& args) {
  const int64_t elements = args.batch * args.m * args.n;
  if (elements > 0) launch<naive_gemm<T>>({blocks_for(elements, kThreads), kThreads}, args);
}

template void naive_matmul(Gpu, const MatmulArgs<float>&);
template void naive_matmul(Gpu, const MatmulArgs<double>&);

}  // namespace unroll::kernels
