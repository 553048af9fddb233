// Every rung of the GPU's GEMM ladder against a plain loop in double.
#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "kernels/gpu_runtime.h"
#include "kernels/matmul/ladder.h"
#include "tests/gemm_case.h"

namespace unroll {
namespace {

/// Memory of a device with the contents of a vector.
template <class Device, class T>
class Upload {
 public:
  explicit Upload(const std::vector<T>& data)
      : bytes_(data.size() * sizeof(T)),
        memory_(static_cast<T*>(kernels::gpu_allocate(Device{}, std::max<size_t>(bytes_, 1)))) {
    kernels::gpu_from_host(Device{}, bytes_, data.data(), memory_);
  }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload() { kernels::gpu_free(Device{}, memory_); }

  T* data() const { return memory_; }
  void download(std::vector<T>& data) const {
    kernels::gpu_to_host(Device{}, bytes_, memory_, data.data());
  }

 private:
  size_t bytes_;
  T* memory_;
};

/// Runs a rung for `check_gemm`, with copies of the matrices on its device.
template <class Device, class T>
auto on_device(const kernels::GemmRung<Device, T>& rung) {
  return [&rung](kernels::MatmulArgs<T> args, const std::vector<T>& a, const std::vector<T>& b,
                 std::vector<T>& c) {
    const Upload<Device, T> device_a(a), device_b(b), device_c(c);
    args.a = device_a.data() + (args.a - a.data());
    args.b = device_b.data() + (args.b - b.data());
    args.c = device_c.data() + (args.c - c.data());
    rung.matmul(Device{}, args);
    device_c.download(c);
  };
}

/// All rungs, and what `matmul` chooses, on one device.
template <class Device, class T>
void check_device(const std::vector<GemmCase>& products) {
  std::vector<kernels::GemmRung<Device, T>> rungs(std::begin(kernels::kGemmLadder<Device, T>),
                                                  std::end(kernels::kGemmLadder<Device, T>));
  rungs.push_back({0, "matmul", kernels::matmul<Device, T>});
  for (const auto& rung : rungs)
    for (const GemmCase& p : products)
      for (const bool transpose_a : {false, true})
        for (const bool transpose_b : {false, true}) {
          SCOPED_TRACE(testing::Message() << "rung " << rung.number << " (" << rung.name << "), "
                                          << sizeof(T) << " bytes");
          check_gemm<T>(p, transpose_a, transpose_b, on_device(rung));
          if (testing::Test::HasFatalFailure()) return;
        }
}

void check_ladder(const std::vector<GemmCase>& products) {
  check_device<kernels::Simt, float>(products);
  check_device<kernels::Simt, double>(products);
#ifdef UNROLL_HAS_CUDA
  if (!kernels::gpu_problem(kernels::Cuda{}).empty()) return;
  check_device<kernels::Cuda, float>(products);
  check_device<kernels::Cuda, double>(products);
#endif
}

const std::vector<GemmCase> kOddSizes = {
    {1, 1, 1},    {1, 31, 33},  {31, 1, 65},  {33, 65, 1},
    {65, 33, 31}, {1, 257, 65}, {257, 33, 1}, {31, 65, 257},
};
const std::vector<GemmCase> kWholeTiles = {{128, 128, 32}, {64, 192, 16}};
const std::vector<GemmCase> kLayouts = {
    {.m = 33, .n = 20, .k = 31, .padding = 3},
    {.m = 36, .n = 68, .k = 12, .padding = 4},  // vectors stay aligned
    {.m = 33, .n = 31, .k = 17, .batch = 3},
    {.m = 16, .n = 24, .k = 8, .batch = 3, .one_b = true, .padding = 4},
    {.m = 31, .n = 33, .k = 20, .accumulate = true},
    {.m = 20, .n = 65, .k = 7, .batch = 2, .padding = 1, .accumulate = true},
};
const std::vector<GemmCase> kEmpty = {
    {.m = 0, .n = 5, .k = 3},
    {.m = 5, .n = 0, .k = 3},
    {.m = 5, .n = 3, .k = 3, .batch = 0},
    {.m = 33, .n = 5, .k = 0},
    {.m = 33, .n = 5, .k = 0, .accumulate = true},
};

TEST(GemmLadder, SizesThatFillNoTile) { check_ladder(kOddSizes); }
TEST(GemmLadder, SizesThatFillTiles) { check_ladder(kWholeTiles); }
TEST(GemmLadder, PaddingBatchesAndAccumulation) { check_ladder(kLayouts); }
TEST(GemmLadder, ProductsWithoutElements) { check_ladder(kEmpty); }

}  // namespace
}  // namespace unroll
