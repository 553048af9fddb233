// Element types of a tensor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace unroll {

/// f32 and f64 carry gradients; i32 holds indices, targets, masks and lengths.
enum class DType : uint8_t { f32, f64, i32 };

constexpr const char* name(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return "f32";
    case DType::f64:
      return "f64";
    case DType::i32:
      break;
  }
  return "i32";
}

constexpr size_t size_of(DType dtype) { return dtype == DType::f64 ? 8 : 4; }

/// The DType of a C++ type: float, double or int32_t.
template <class T>
constexpr DType dtype_of() {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> ||
                std::is_same_v<T, int32_t>);
  if constexpr (std::is_same_v<T, float>) return DType::f32;
  if constexpr (std::is_same_v<T, double>) return DType::f64;
  return DType::i32;
}

}  // namespace unroll
