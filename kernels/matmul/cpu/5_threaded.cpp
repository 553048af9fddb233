// CPU GEMM rung 5: rows shared out among threads.
//
// Idea: each thread has some rows of A and C, and multiplies them as rung 4 does. Nobody waits for
//   anybody before the end, and no bit depends on the number of threads: an element of C is summed
//   in the same order whoever has it.
// Beats rung 4 by: the number of cores, where there are rows enough for all of them.
// Limited by: rows. A product of one row has one thread, and each thread copies all of B for
//   itself. Where the machine has cores that share an arithmetic unit, also by that.
// Read next: ../../gemm.cpp, which is what the engine calls. It splits columns where rows are few,
//   prefetches C, keeps a tile's rows of A in the first-level cache for several panels, and reads
//   a B in place that is used for few rows only.
#include "kernels/matmul/cpu/ladder.h"
#include "kernels/parallel.h"

namespace unroll::kernels {

template <class Device>
void threaded_product(Device device, const DenseProduct& product) {
  constexpr int64_t kWorkWorthAThread = 1 << 17;  // multiplications
  constexpr int64_t kTileRows = 6;
  const int64_t tile_work = kTileRows * product.n * product.k + 1;
  const int64_t grain = (kWorkWorthAThread / tile_work + 1) * kTileRows;
  parallel_for(product.m, grain, [&](int64_t begin, int64_t end) {
    DenseProduct part = product;
    part.m = end - begin;
    part.a += begin * product.k;
    part.c += begin * product.n;
    vectorised_product(device, part);
  });
}

template void threaded_product(UNROLL_CPU_LEVEL, const DenseProduct&);

}  // namespace unroll::kernels
