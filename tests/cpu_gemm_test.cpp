// Products on the CPU, those of the engine and those of its ladder, against a plain loop in double.
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

#include "engine/dispatch.h"
#include "kernels/matmul.h"
#include "kernels/matmul/cpu/ladder.h"
#include "kernels/parallel.h"
#include "tests/gemm_case.h"

namespace unroll {
namespace {

using kernels::MatmulArgs;

// Sizes around those of tiles, panels, slabs and blocks, and of the ways for few rows.
const std::vector<GemmCase> kSizes = {
    {1, 1, 1},     {1, 33, 65},   {1, 100, 700},  {2, 31, 33},    {2, 70, 401},  {3, 5, 17},
    {4, 65, 64},   {5, 19, 129},  {7, 130, 31},   {8, 61, 128},   {8, 64, 1100}, {13, 40, 257},
    {16, 17, 260}, {16, 16, 256}, {17, 64, 96},   {24, 128, 385}, {25, 80, 50},  {31, 1, 65},
    {33, 129, 1},  {97, 70, 130}, {100, 400, 33}, {120, 72, 400}, {200, 3, 20},
};
const std::vector<GemmCase> kLayouts = {
    {.m = 6, .n = 20, .k = 97, .padding = 3},
    {.m = 99, .n = 140, .k = 31, .padding = 5, .accumulate = true},
    {.m = 5, .n = 17, .k = 160, .accumulate = true},
    {.m = 2, .n = 18, .k = 7000, .padding = 1, .accumulate = true},
    {.m = 37, .n = 157, .k = 1, .padding = 3, .accumulate = true},
    {.m = 33, .n = 31, .k = 17, .batch = 3},
    {.m = 16, .n = 24, .k = 8, .batch = 3, .one_b = true, .padding = 4},
    {.m = 0, .n = 5, .k = 3},
    {.m = 5, .n = 0, .k = 3},
    {.m = 5, .n = 3, .k = 3, .batch = 0},
    {.m = 33, .n = 5, .k = 0},
    {.m = 3, .n = 5, .k = 0, .accumulate = true},
};

template <class T>
void multiply(const MatmulArgs<T>& args) {
  dispatch_device("matmul", Device::cpu, [&](auto device) { kernels::matmul(device, args); });
}

template <class T>
void check_engine(const std::vector<GemmCase>& cases) {
  for (const GemmCase& p : cases)
    for (const bool transpose_a : {false, true})
      for (const bool transpose_b : {false, true}) {
        check_gemm<T>(p, transpose_a, transpose_b,
                      [](const MatmulArgs<T>& args, auto&...) { multiply(args); });
        if (testing::Test::HasFatalFailure()) return;
      }
}

TEST(CpuGemm, SizesF32) { check_engine<float>(kSizes); }
TEST(CpuGemm, SizesF64) { check_engine<double>(kSizes); }
TEST(CpuGemm, LayoutsF32) { check_engine<float>(kLayouts); }
TEST(CpuGemm, LayoutsF64) { check_engine<double>(kLayouts); }

TEST(CpuGemm, EveryRungOfItsLadder) {
  for (const kernels::CpuGemmRung& rung : kernels::cpu_gemm_ladder())
    for (const GemmCase& p : kSizes) {
      SCOPED_TRACE(rung.name);
      check_gemm<float>(p, false, false, [&](const MatmulArgs<float>& args, auto&...) {
        rung.product({args.m, args.n, args.k, args.a, args.b, args.c});
      });
      if (HasFatalFailure()) return;
    }
}

// Products of the same numbers, in each of the ways that there are.
class CpuGemmBits : public testing::TestWithParam<GemmCase> {
 protected:
  ~CpuGemmBits() override { kernels::set_num_threads(before_); }

  // C with `columns` columns from the first on, computed alone.
  std::vector<float> product(bool transpose_b, int64_t first, int64_t columns) const {
    const GemmCase& p = GetParam();
    std::vector<float> c(static_cast<size_t>(p.m * columns));
    MatmulArgs<float> args{};
    args.batch = 1;
    args.m = p.m;
    args.n = args.ldc = columns;
    args.k = args.lda = p.k;
    args.transpose_b = transpose_b;
    args.ldb = transpose_b ? p.k : p.n;
    args.a = a_.data();
    args.b = b_.data() + first * (transpose_b ? p.k : 1);
    args.c = c.data();
    multiply(args);
    return c;
  }

 private:
  static std::vector<float> numbers(int64_t count) {
    std::mt19937 random(3);
    std::uniform_real_distribution<float> uniform(-1, 1);
    std::vector<float> all(static_cast<size_t>(count));
    for (float& x : all) x = uniform(random);
    return all;
  }

  const int before_ = kernels::num_threads();
  const std::vector<float> a_ = numbers(GetParam().m * GetParam().k);
  const std::vector<float> b_ = numbers(GetParam().k * GetParam().n);
};

TEST_P(CpuGemmBits, DoNotDependOnThreads) {
  for (const bool transpose_b : {false, true}) {
    kernels::set_num_threads(1);
    const std::vector<float> alone = product(transpose_b, 0, GetParam().n);
    for (const int threads : {2, 3, 8}) {
      kernels::set_num_threads(threads);
      EXPECT_EQ(product(transpose_b, 0, GetParam().n), alone) << threads << " threads";
    }
  }
}

TEST_P(CpuGemmBits, DoNotDependOnTheOtherColumns) {
  const int64_t m = GetParam().m, n = GetParam().n, first = n / 3, columns = n / 2;
  for (const bool transpose_b : {false, true}) {
    const std::vector<float> all = product(transpose_b, 0, n);
    const std::vector<float> some = product(transpose_b, first, columns);
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < columns; ++j)
        ASSERT_EQ(some[static_cast<size_t>(i * columns + j)],
                  all[static_cast<size_t>(i * n + first + j)])
            << "(" << i << ", " << j << ")" << (transpose_b ? ", bT" : "");
  }
}

INSTANTIATE_TEST_SUITE_P(Of, CpuGemmBits,
                         testing::Values(GemmCase{1, 900, 500}, GemmCase{2, 900, 1000},
                                         GemmCase{4, 700, 600}, GemmCase{9, 300, 400},
                                         GemmCase{16, 200, 600}, GemmCase{20, 300, 400},
                                         GemmCase{64, 256, 130}, GemmCase{300, 40, 500},
                                         GemmCase{200, 230, 400}, GemmCase{500, 601, 1}));

}  // namespace
}  // namespace unroll
