// How far two tensors are apart.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>
#include <string>

#include "engine/tensor.h"

namespace unroll::testing {

/// "" for equal shapes and max |actual − expected| ≤ atol + rtol·max |expected|; else the first
/// element that is further off. Any dtypes and devices.
inline std::string difference(const Tensor& actual, const Tensor& expected, double rtol,
                              double atol) {
  std::ostringstream text;
  if (actual.defined() != expected.defined()) return actual.defined() ? "defined" : "undefined";
  if (!actual.defined()) return "";
  if (!(actual.shape() == expected.shape())) {
    text << "shape " << actual.shape() << ", expected " << expected.shape();
    return text.str();
  }
  const auto a = cast(actual, DType::f64).to_vector<double>();
  const auto b = cast(expected, DType::f64).to_vector<double>();
  double largest = 0;
  for (double value : b) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < a.size(); ++i)
    if (!(std::abs(a[i] - b[i]) <= atol + rtol * largest)) {
      text << "element " << i << " of shape " << actual.shape() << " is " << a[i] << ", expected "
           << b[i] << " (differs by " << std::abs(a[i] - b[i]) << ", largest " << largest << ")";
      return text.str();
    }
  return "";
}

/// "" for equal shapes, dtypes and bits; else what differs.
inline std::string bit_difference(const Tensor& actual, const Tensor& expected) {
  std::ostringstream text;
  if (actual.defined() != expected.defined()) return actual.defined() ? "defined" : "undefined";
  if (!actual.defined()) return "";
  if (!(actual.shape() == expected.shape()) || actual.dtype() != expected.dtype()) {
    text << name(actual.dtype()) << " " << actual.shape() << ", expected " << name(expected.dtype())
         << " " << expected.shape();
    return text.str();
  }
  const Tensor a = copy_to(actual, Device::cpu), b = copy_to(expected, Device::cpu);
  const auto bytes = [](const Tensor& x) {
    return static_cast<const char*>(x.impl().storage->data()) + x.impl().offset;
  };
  const size_t size = size_of(actual.dtype());
  for (size_t i = 0; i < static_cast<size_t>(actual.numel()); ++i)
    if (std::memcmp(bytes(a) + i * size, bytes(b) + i * size, size) != 0) {
      text << "element " << i << " differs";
      return text.str();
    }
  return "";
}

}  // namespace unroll::testing
