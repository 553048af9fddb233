// The radix sort of kernels/sort.cu, on simt, against std::stable_sort.
#include "kernels/sort.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "kernels/gpu_runtime.h"

namespace unroll {
namespace {

using kernels::Simt;

struct GpuFree {
  void operator()(void* memory) const { kernels::gpu_free(Simt{}, memory); }
};

template <class T>
std::unique_ptr<T, GpuFree> on_device(const std::vector<T>& values) {
  const size_t bytes = values.size() * sizeof(T);
  std::unique_ptr<T, GpuFree> memory(
      static_cast<T*>(kernels::gpu_allocate(Simt{}, bytes > 0 ? bytes : 1)));
  kernels::gpu_from_host(Simt{}, bytes, values.data(), memory.get());
  return memory;
}

template <class T>
std::vector<T> on_host(const T* memory, size_t n) {
  std::vector<T> values(n);
  kernels::gpu_to_host(Simt{}, n * sizeof(T), memory, values.data());
  return values;
}

// Sorts keys below 2^bits, each with its position, of which only `distinct` values occur.
void expect_sorted(size_t n, int bits, uint32_t distinct) {
  SCOPED_TRACE(testing::Message() << n << " keys of " << bits << " bits, " << distinct
                                  << " values");
  std::mt19937 generator(static_cast<unsigned>(n) + distinct);
  std::vector<uint32_t> values(distinct), keys(n);
  for (uint32_t& value : values) value = generator() >> (32 - bits);
  for (uint32_t& key : keys) key = values[generator() % distinct];
  std::vector<int32_t> order(n);
  std::iota(order.begin(), order.end(), 0);

  const auto device_keys = on_device(keys);
  const auto device_order = on_device(order);
  const auto bytes = static_cast<size_t>(kernels::sort_workspace(Simt{}, static_cast<int64_t>(n)));
  const auto workspace = on_device(std::vector<char>(bytes));
  const kernels::SortPairs sorted =
      kernels::sort_pairs(Simt{}, static_cast<int64_t>(n), bits,
                          {device_keys.get(), device_order.get()}, workspace.get());

  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    return keys[static_cast<size_t>(a)] < keys[static_cast<size_t>(b)];
  });
  EXPECT_EQ(on_host(sorted.values, n), order);
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(on_host(sorted.keys, n), keys);
}

TEST(Sort, IsThatOfStableSort) {
  for (const size_t n : {0, 1, 31, 257, 5000}) {
    expect_sorted(n, 7, 100);     // one digit, as for a vocabulary of characters
    expect_sorted(n, 16, 60000);  // two: the result changes the buffer twice
    expect_sorted(n, 32, 5000);   // all four, up to the highest bit
  }
  expect_sorted(40000, 8, 200);  // more tiles than a warp scans at once
}

TEST(Sort, KeepsTheOrderOfEqualKeys) {
  for (const size_t n : {31, 257, 5000}) {
    expect_sorted(n, 12, 1);
    expect_sorted(n, 12, 3);
  }
}

}  // namespace
}  // namespace unroll
