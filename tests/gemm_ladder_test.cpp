// Every rung of the GEMM ladder against a plain loop in double.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <vector>

#include "kernels/gpu_runtime.h"
#include "kernels/matmul/ladder.h"

namespace unroll {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Product {
  int64_t m, n, k;
  int64_t batch = 1;
  bool one_b = false;   // serves for the whole batch
  int64_t padding = 0;  // elements between the rows of all matrices, and before the first
  bool accumulate = false;
};

/// Matrices (count, rows, columns) in host memory with `padding` elements, NaN, before each row.
template <class T>
struct Matrices {
  int64_t rows, columns, leading, offset;
  std::vector<T> data;

  Matrices(int64_t count, int64_t rows_, int64_t columns_, int64_t padding)
      : rows(rows_),
        columns(columns_),
        leading(columns_ + padding),
        offset(padding),
        data(static_cast<size_t>(count * rows_ * leading + padding), static_cast<T>(kNaN)) {}

  int64_t stride() const { return rows * leading; }
  T& at(int64_t i, int64_t row, int64_t column) {
    return data[static_cast<size_t>(i * stride() + row * leading + column + offset)];
  }
  template <class F>
  void for_each(int64_t count, const F& f) {
    for (int64_t i = 0; i < count; ++i)
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t column = 0; column < columns; ++column) f(i, row, column);
  }
};

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

template <class Device, class T>
void check(const kernels::GemmRung<Device, T>& rung, const Product& p, bool transpose_a,
           bool transpose_b) {
  const int64_t count_b = p.one_b ? 1 : p.batch;
  Matrices<T> a(p.batch, transpose_a ? p.k : p.m, transpose_a ? p.m : p.k, p.padding);
  Matrices<T> b(count_b, transpose_b ? p.n : p.k, transpose_b ? p.k : p.n, p.padding);
  Matrices<T> c(p.batch, p.m, p.n, p.padding);
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(-1, 1);
  const auto draw = [&](Matrices<T>& x, int64_t count) {
    x.for_each(count, [&](int64_t i, int64_t row, int64_t column) {
      x.at(i, row, column) = static_cast<T>(uniform(random));
    });
  };
  draw(a, p.batch);
  draw(b, count_b);
  if (p.accumulate) draw(c, p.batch);

  const Upload<Device, T> device_a(a.data), device_b(b.data), device_c(c.data);
  Matrices<T> result = c;
  rung.matmul(Device{},
              kernels::MatmulArgs<T>{p.batch, p.m, p.n, p.k, transpose_a, transpose_b, p.accumulate,
                                     device_a.data() + p.padding, device_b.data() + p.padding,
                                     device_c.data() + p.padding, a.leading, b.leading, c.leading,
                                     a.stride(), p.one_b ? 0 : b.stride(), c.stride()});
  device_c.download(result.data);

  int64_t written = 0;
  c.for_each(p.batch, [&](int64_t i, int64_t row, int64_t column) {
    if (testing::Test::HasFatalFailure()) return;
    double sum = p.accumulate ? static_cast<double>(c.at(i, row, column)) : 0;
    double size = std::abs(sum);
    for (int64_t k = 0; k < p.k; ++k) {
      const T a_k = transpose_a ? a.at(i, k, row) : a.at(i, row, k);
      const int64_t i_b = p.one_b ? 0 : i;
      const T b_k = transpose_b ? b.at(i_b, column, k) : b.at(i_b, k, column);
      const double term = static_cast<double>(a_k) * static_cast<double>(b_k);
      sum += term;
      size += std::abs(term);
    }
    // Rounding errors of two sums of k + 1 terms, whatever their order.
    constexpr double kRounding = static_cast<double>(std::numeric_limits<T>::epsilon());
    const double error = static_cast<double>(p.k + 1) * kRounding * size;
    ASSERT_NEAR(static_cast<double>(result.at(i, row, column)), sum, error)
        << "C(" << row << ", " << column << ") of product " << i;
    ++written;
  });
  // Padding is still NaN, or it was written.
  int64_t numbers = 0;
  for (const T value : result.data) numbers += value == value;
  EXPECT_EQ(numbers, written) << "elements written outside of C";
}

/// All rungs, and what `matmul` chooses, on one device.
template <class Device, class T>
void check_device(const std::vector<Product>& products) {
  std::vector<kernels::GemmRung<Device, T>> rungs(std::begin(kernels::kGemmLadder<Device, T>),
                                                  std::end(kernels::kGemmLadder<Device, T>));
  rungs.push_back({0, "matmul", kernels::matmul<Device, T>});
  for (const auto& rung : rungs)
    for (const Product& p : products)
      for (const bool transpose_a : {false, true})
        for (const bool transpose_b : {false, true}) {
          SCOPED_TRACE(testing::Message()
                       << "rung " << rung.number << " (" << rung.name << "), " << sizeof(T)
                       << " bytes, batch " << p.batch << ", m " << p.m << ", n " << p.n << ", k "
                       << p.k << ", padding " << p.padding << (transpose_a ? ", aT" : "")
                       << (transpose_b ? ", bT" : ""));
          check<Device, T>(rung, p, transpose_a, transpose_b);
          if (testing::Test::HasFatalFailure()) return;
        }
}

void check_ladder(const std::vector<Product>& products) {
  check_device<kernels::Simt, float>(products);
  check_device<kernels::Simt, double>(products);
#ifdef UNROLL_HAS_CUDA
  if (!kernels::gpu_problem(kernels::Cuda{}).empty()) return;
  check_device<kernels::Cuda, float>(products);
  check_device<kernels::Cuda, double>(products);
#endif
}

const std::vector<Product> kOddSizes = {
    {1, 1, 1},    {1, 31, 33},  {31, 1, 65},  {33, 65, 1},
    {65, 33, 31}, {1, 257, 65}, {257, 33, 1}, {31, 65, 257},
};
const std::vector<Product> kWholeTiles = {{128, 128, 32}, {64, 192, 16}};
const std::vector<Product> kLayouts = {
    {.m = 33, .n = 20, .k = 31, .padding = 3},
    {.m = 36, .n = 68, .k = 12, .padding = 4},  // vectors stay aligned
    {.m = 33, .n = 31, .k = 17, .batch = 3},
    {.m = 16, .n = 24, .k = 8, .batch = 3, .one_b = true, .padding = 4},
    {.m = 31, .n = 33, .k = 20, .accumulate = true},
    {.m = 20, .n = 65, .k = 7, .batch = 2, .padding = 1, .accumulate = true},
};
const std::vector<Product> kEmpty = {
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
