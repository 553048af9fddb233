// simt's part of CUDA beside threads: memory, graphs, 16-bit floats, tensor cores.
#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "kernels/gpu.h"
#include "tests/device_vector.h"

namespace unroll::kernels {
namespace {

using namespace nvcuda;

TEST(SimtMemory, RefusesWhatIsNotThere) {
  float* x = nullptr;
  ASSERT_EQ(cudaMalloc(&x, 400), cudaSuccess);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(x) % 256, 0u);
  float host[101] = {};
  EXPECT_EQ(cudaMemcpy(x, host, 400, cudaMemcpyHostToDevice), cudaSuccess);
  EXPECT_EQ(cudaMemcpy(host, x + 50, 200, cudaMemcpyDefault), cudaSuccess);
  EXPECT_EQ(cudaMemcpy(x, host, 404, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(x + 1, x, 400, cudaMemcpyDeviceToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(host, x, 400, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemset(host, 0, 400), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(x + 1), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(x), cudaSuccess);
  EXPECT_EQ(cudaFree(x), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(host, x, 4, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
}

TEST(SimtMemory, IsHandedOutAgain) {
  size_t before = 0, during = 0, total = 0;
  ASSERT_EQ(cudaMemGetInfo(&before, &total), cudaSuccess);
  std::vector<char*> pieces(50);
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < pieces.size(); ++i)
      ASSERT_EQ(cudaMalloc(&pieces[i], 1000 * i + 1), cudaSuccess);
    for (size_t i = 0; i < pieces.size(); i += 2) ASSERT_EQ(cudaFree(pieces[i]), cudaSuccess);
    ASSERT_EQ(cudaMalloc(&pieces[0], 3000), cudaSuccess);
    ASSERT_EQ(cudaMemGetInfo(&during, &total), cudaSuccess);
    EXPECT_EQ(before - during, 3000u + 25 * (25 * 1000 + 1));
    ASSERT_EQ(cudaFree(pieces[0]), cudaSuccess);
    for (size_t i = 1; i < pieces.size(); i += 2) ASSERT_EQ(cudaFree(pieces[i]), cudaSuccess);
    ASSERT_EQ(cudaMemPoolTrimTo(nullptr, 0), cudaSuccess);
  }
  ASSERT_EQ(cudaMemGetInfo(&during, &total), cudaSuccess);
  EXPECT_EQ(before, during);
  char* everything = nullptr;
  EXPECT_EQ(cudaMalloc(&everything, total + 1), cudaErrorMemoryAllocation);
  EXPECT_EQ(everything, nullptr);
  EXPECT_EQ(cudaGetLastError(), cudaErrorMemoryAllocation);
}

__global__ void add(int* x, int value) { x[threadIdx.x] += value; }

class SimtGraphs : public ::testing::Test {
 protected:
  SimtGraphs() {
    CUDA_CHECK(cudaStreamCreate(&stream));
    start();
  }
  ~SimtGraphs() override { (void)cudaStreamDestroy(stream); }

  void start() { CUDA_CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal)); }
  cudaGraph_t end() {
    cudaGraph_t graph = nullptr;
    CUDA_CHECK(cudaStreamEndCapture(stream, &graph));
    return graph;
  }
  void enqueue_add(int value) {
    ASSERT_EQ(
        simt::enqueue({"add", 1, 4, 0, 1, false, [=, to = x.data()] { add(to, value); }}, stream),
        cudaSuccess);
  }

  cudaStream_t stream = nullptr;
  DeviceVector<int> x{std::vector<int>{1, 2, 3, 4}}, y{std::vector<int>(4)};
};

TEST_F(SimtGraphs, ReplaysWhatWasCaptured) {
  enqueue_add(10);
  EXPECT_EQ(cudaMemcpyAsync(y.data(), x.data(), 16, cudaMemcpyDeviceToDevice, stream), cudaSuccess);
  EXPECT_EQ(cudaMemsetAsync(x.data(), 0, 4, stream), cudaSuccess);
  cudaGraph_t graph = end();
  EXPECT_EQ(x.values(), (std::vector<int>{1, 2, 3, 4}));  // nothing has run
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
  EXPECT_EQ(y.values(), (std::vector<int>{10, 22, 23, 24}));
  EXPECT_EQ(x.values(), (std::vector<int>{0, 22, 23, 24}));
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
}

TEST_F(SimtGraphs, IsUpdatedOnlyToTheSameNodes) {
  enqueue_add(1);
  cudaGraph_t graph = end();
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  cudaGraphExecUpdateResultInfo info;

  start();
  enqueue_add(100);
  graph = end();
  EXPECT_EQ(cudaGraphExecUpdate(exec, graph, &info), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
  EXPECT_EQ(x.values(), (std::vector<int>{101, 102, 103, 104}));

  start();
  EXPECT_EQ(cudaMemsetAsync(x.data(), 0, 4, stream), cudaSuccess);
  graph = end();
  EXPECT_EQ(cudaGraphExecUpdate(exec, graph, &info), cudaErrorGraphExecUpdateFailure);
  EXPECT_EQ(info.result, cudaGraphExecUpdateErrorNodeTypeChanged);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
}

TEST_F(SimtGraphs, CannotCaptureWaitingOrAllocation) {
  void* memory = nullptr;
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorStreamCaptureUnsupported);
  EXPECT_EQ(cudaMallocAsync(&memory, 16, stream), cudaErrorStreamCaptureUnsupported);
  cudaGraph_t graph = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureInvalidated);
  EXPECT_EQ(graph, nullptr);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
}

TEST(SimtEvents, MeasureTime) {
  cudaEvent_t from = nullptr, to = nullptr;
  ASSERT_EQ(cudaEventCreate(&from), cudaSuccess);
  ASSERT_EQ(cudaEventCreate(&to), cudaSuccess);
  float milliseconds = -1;
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, from, to), cudaErrorInvalidValue);
  EXPECT_EQ(cudaEventRecord(from), cudaSuccess);
  EXPECT_EQ(cudaEventRecord(to), cudaSuccess);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, from, to), cudaSuccess);
  EXPECT_GE(milliseconds, 0);
  EXPECT_EQ(cudaEventDestroy(from), cudaSuccess);
  EXPECT_EQ(cudaEventDestroy(to), cudaSuccess);
}

// Every finite number of 16 bits converts to float and back, and what lies between two of them goes
// to the nearer one, from the middle to the one whose last bit is 0.
template <class T>
void check_rounding(uint16_t infinity) {
  for (uint16_t bits = 0; bits < infinity; ++bits) {
    const float x = T::from_bits(bits), next = T::from_bits(static_cast<uint16_t>(bits + 1));
    ASSERT_EQ(T(x).bits(), bits);
    ASSERT_EQ(T(-x).bits(), bits | 0x8000);
    if (std::isinf(next)) continue;
    const float middle = x + (next - x) / 2;
    ASSERT_EQ(T(middle).bits(), bits + bits % 2);
    ASSERT_EQ(T(std::nextafter(middle, x)).bits(), bits);
    ASSERT_EQ(T(std::nextafter(middle, next)).bits(), bits + 1);
  }
  EXPECT_EQ(T(INFINITY).bits(), infinity);
  EXPECT_EQ(T(std::numeric_limits<float>::max()).bits(), infinity);
  EXPECT_TRUE(std::isnan(static_cast<float>(T(NAN))));
}

TEST(SimtLowPrecision, RoundsToTheNearest) {
  check_rounding<__nv_bfloat16>(0x7f80);
  check_rounding<__half>(0x7c00);
}

template <class Element, int kK, class LayoutA, class LayoutB>
__global__ void multiply(const float* a, const float* b, float* d) {
  constexpr bool kTf32 = kK == 8;
  using Stored = std::conditional_t<kTf32, float, Element>;
  __shared__ __align__(32) Stored shared_a[16 * kK];
  __shared__ __align__(32) Stored shared_b[16 * kK];
  for (unsigned i = threadIdx.x; i < 16 * kK; i += 32) {
    shared_a[i] = a[i];
    shared_b[i] = b[i];
  }
  __syncwarp();
  wmma::fragment<wmma::matrix_a, 16, 16, kK, Element, LayoutA> fragment_a;
  wmma::fragment<wmma::matrix_b, 16, 16, kK, Element, LayoutB> fragment_b;
  wmma::fragment<wmma::accumulator, 16, 16, kK, float> sum;
  // NOLINTBEGIN(bugprone-branch-clone): K may be 16 too
  wmma::load_matrix_sync(fragment_a, shared_a, std::is_same_v<LayoutA, wmma::row_major> ? kK : 16);
  wmma::load_matrix_sync(fragment_b, shared_b, std::is_same_v<LayoutB, wmma::row_major> ? 16 : kK);
  // NOLINTEND(bugprone-branch-clone)
  if constexpr (kTf32) {
    for (float& x : fragment_a.x) x = wmma::__float_to_tf32(x);
    for (float& x : fragment_b.x) x = wmma::__float_to_tf32(x);
  }
  wmma::fill_fragment(sum, 1.0f);
  wmma::mma_sync(sum, fragment_a, fragment_b, sum);
  for (float& x : sum.x) x *= 2;
  wmma::store_matrix_sync(d, sum, 16, wmma::mem_col_major);
}

template <class Element, int kK, class LayoutA, class LayoutB>
void check_product() {
  std::mt19937 random(kK);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> a(16 * kK), b(16 * kK);
  for (float& x : a) x = uniform(random);
  for (float& x : b) x = uniform(random);
  const DeviceVector<float> device_a(a), device_b(b), d(256);
  launch<multiply<Element, kK, LayoutA, LayoutB>>({1, 32}, device_a.data(), device_b.data(),
                                                  d.data());
  const auto rounded = [](float x) -> float {
    if constexpr (kK == 8)
      return std::ldexp(std::round(std::ldexp(x, 10 - std::ilogb(x))), std::ilogb(x) - 10);
    else
      return Element(x);
  };
  const std::vector<float> values = d.values();
  for (size_t row = 0; row < 16; ++row)
    for (size_t column = 0; column < 16; ++column) {
      double sum = 1;
      for (size_t k = 0; k < kK; ++k) {
        const float x =
            std::is_same_v<LayoutA, wmma::row_major> ? a[row * kK + k] : a[k * 16 + row];
        const float y =
            std::is_same_v<LayoutB, wmma::row_major> ? b[k * 16 + column] : b[column * kK + k];
        sum += static_cast<double>(rounded(x)) * static_cast<double>(rounded(y));
      }
      ASSERT_NEAR(static_cast<double>(values[column * 16 + row]), 2 * sum, 1e-5);
    }
}

TEST(SimtTensorCores, MultiplyLikePlainLoops) {
  using Row = wmma::row_major;
  using Column = wmma::col_major;
  check_product<__nv_bfloat16, 16, Row, Row>();
  check_product<__nv_bfloat16, 16, Column, Row>();
  check_product<__half, 16, Row, Column>();
  check_product<__half, 16, Column, Column>();
  check_product<wmma::precision::tf32, 8, Row, Row>();
  check_product<wmma::precision::tf32, 8, Column, Column>();
  check_product<wmma::precision::tf32, 8, Row, Column>();
}

}  // namespace
}  // namespace unroll::kernels
