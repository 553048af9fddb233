// Comparisons of tensors for EXPECT_TRUE.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

#include "engine/tensor.h"

namespace unroll::testing {

/// Equal shapes, and max |actual − expected| ≤ atol + rtol·max |expected|. Any dtypes.
inline ::testing::AssertionResult close(const Tensor& actual, const Tensor& expected,
                                        double rtol = 1e-10, double atol = 1e-12) {
  if (actual.defined() != expected.defined())
    return ::testing::AssertionFailure() << (actual.defined() ? "defined" : "undefined");
  if (!actual.defined()) return ::testing::AssertionSuccess();
  if (!(actual.shape() == expected.shape()))
    return ::testing::AssertionFailure()
           << "shape " << actual.shape() << ", expected " << expected.shape();
  const auto a = cast(actual, DType::f64).to_vector<double>();
  const auto b = cast(expected, DType::f64).to_vector<double>();
  double largest = 0;
  for (double value : b) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < a.size(); ++i)
    if (!(std::abs(a[i] - b[i]) <= atol + rtol * largest))
      return ::testing::AssertionFailure()
             << "element " << i << " of shape " << actual.shape() << " is " << a[i] << ", expected "
             << b[i] << " (differs by " << std::abs(a[i] - b[i]) << ", largest " << largest << ")";
  return ::testing::AssertionSuccess();
}

/// Equal shapes, dtypes and bits.
inline ::testing::AssertionResult same_bits(const Tensor& actual, const Tensor& expected) {
  if (actual.defined() != expected.defined())
    return ::testing::AssertionFailure() << (actual.defined() ? "defined" : "undefined");
  if (!actual.defined()) return ::testing::AssertionSuccess();
  if (!(actual.shape() == expected.shape()) || actual.dtype() != expected.dtype())
    return ::testing::AssertionFailure()
           << name(actual.dtype()) << " " << actual.shape() << ", expected "
           << name(expected.dtype()) << " " << expected.shape();
  const auto bytes = [](const Tensor& x) {
    return static_cast<const char*>(x.impl().storage->data()) + x.impl().offset;
  };
  const size_t size = size_of(actual.dtype());
  for (size_t i = 0; i < static_cast<size_t>(actual.numel()); ++i)
    if (std::memcmp(bytes(actual) + i * size, bytes(expected) + i * size, size) != 0)
      return ::testing::AssertionFailure() << "element " << i << " differs";
  return ::testing::AssertionSuccess();
}

}  // namespace unroll::testing
