// Comparisons of tensors for EXPECT_TRUE.
#pragma once

#include <gtest/gtest.h>

#include "tests/compare.h"

namespace unroll::testing {

inline ::testing::AssertionResult success_unless(const std::string& difference) {
  if (difference.empty()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << difference;
}

inline ::testing::AssertionResult close(const Tensor& actual, const Tensor& expected,
                                        double rtol = 1e-10, double atol = 1e-12) {
  return success_unless(difference(actual, expected, rtol, atol));
}

inline ::testing::AssertionResult same_bits(const Tensor& actual, const Tensor& expected) {
  return success_unless(bit_difference(actual, expected));
}

}  // namespace unroll::testing
