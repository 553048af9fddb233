#include "kernels/matmul/cpu/ladder.h"

#include "kernels/matmul.h"

namespace unroll::kernels {
namespace {

template <class Level>
void engine_product(Level level, const DenseProduct& product) {
  MatmulArgs<float> args{};
  args.batch = 1;
  args.m = product.m;
  args.n = args.ldb = args.ldc = product.n;
  args.k = args.lda = product.k;
  args.a = product.a;
  args.b = product.b;
  args.c = product.c;
  matmul(level, args);
}

/// A rung without its tag.
template <class Level, auto product>
void run(const DenseProduct& arguments) {
  product(Level{}, arguments);
}

template <class Level>
constexpr CpuGemmRung kRungs[] = {
    {"1 naive", run<Level, naive_product<Level>>},
    {"2 blocked", run<Level, blocked_product<Level>>},
    {"3 packed", run<Level, packed_product<Level>>},
    {"4 vectorised", run<Level, vectorised_product<Level>>},
    {"5 threaded", run<Level, threaded_product<Level>>},
    {"gemm.cpp", run<Level, engine_product<Level>>},
};

}  // namespace

std::span<const CpuGemmRung> cpu_gemm_ladder() {
#ifdef UNROLL_HAS_X86_LEVELS
  if (simd_level() == SimdLevel::kAvx512) return kRungs<CpuAvx512>;
  if (simd_level() == SimdLevel::kAvx2) return kRungs<CpuAvx2>;
#endif
  return kRungs<CpuPortable>;
}

}  // namespace unroll::kernels
