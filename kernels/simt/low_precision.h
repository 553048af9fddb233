// __nv_bfloat16 and __half: floating-point numbers of 16 bits. Arithmetic is done in float and
// rounded.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/simt/builtins.h"
#include "kernels/simt/place.h"

namespace unroll::kernels::simt {

/// A sign, 8 bits of exponent, 7 of fraction: a float cut in half.
struct Bfloat16Format {
  static uint16_t encode(float x) {
    if (x != x) return 0x7fff;
    const auto bits = std::bit_cast<uint32_t>(x);
    return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);  // to nearest, even
  }
  static float decode(uint16_t bits) {
    return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
  }
};

/// A sign, 5 bits of exponent, 10 of fraction.
struct HalfFormat {
  static uint16_t encode(float x) {
    if (x != x) return 0x7fff;
    const auto bits = std::bit_cast<uint32_t>(x);
    const uint32_t sign = bits >> 16 & 0x8000;
    uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude >= 0x47800000)  // 65536 and more: infinite
      return static_cast<uint16_t>(sign | 0x7c00);
    if (magnitude < 0x38800000)  // below 2^-14 they lie evenly, 2^-24 apart
      return static_cast<uint16_t>(sign |
                                   static_cast<uint32_t>(std::nearbyint(std::abs(x) * 0x1p24f)));
    magnitude += 0xfff + (magnitude >> 13 & 1);  // to nearest, even
    return static_cast<uint16_t>(sign | (magnitude - 0x38000000) >> 13);
  }
  static float decode(uint16_t bits) {
    const uint32_t exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
    const float sign = bits & 0x8000 ? -1.0f : 1.0f;
    if (exponent == 0) return sign * static_cast<float>(fraction) * 0x1p-24f;
    const uint32_t wide = exponent == 31 ? 0xff : exponent + 112;
    return sign * std::bit_cast<float>(wide << 23 | fraction << 13);
  }
};

template <class Format>
class LowPrecision {
 public:
  LowPrecision() = default;
  LowPrecision(float x) : bits_(Format::encode(x)) {}
  operator float() const { return Format::decode(bits_); }

  static LowPrecision from_bits(uint16_t bits) { return std::bit_cast<LowPrecision>(bits); }
  uint16_t bits() const { return bits_; }

  friend LowPrecision operator+(LowPrecision x, LowPrecision y) { return x.wide() + y.wide(); }
  friend LowPrecision operator-(LowPrecision x, LowPrecision y) { return x.wide() - y.wide(); }
  friend LowPrecision operator*(LowPrecision x, LowPrecision y) { return x.wide() * y.wide(); }
  friend LowPrecision operator/(LowPrecision x, LowPrecision y) { return x.wide() / y.wide(); }

 private:
  float wide() const { return *this; }

  uint16_t bits_;
};

/// Two of them side by side, as 32 bits.
template <class T>
struct alignas(4) LowPrecisionPair {
  T x, y;
};

}  // namespace unroll::kernels::simt

// NOLINTBEGIN(readability-identifier-naming, bugprone-reserved-identifier): CUDA's names
inline namespace cuda_on_cpu {

using __nv_bfloat16 = simt::LowPrecision<simt::Bfloat16Format>;
using __nv_bfloat162 = simt::LowPrecisionPair<__nv_bfloat16>;
using nv_bfloat16 = __nv_bfloat16;
using nv_bfloat162 = __nv_bfloat162;
using __half = simt::LowPrecision<simt::HalfFormat>;
using __half2 = simt::LowPrecisionPair<__half>;
using half = __half;
using half2 = __half2;

inline __nv_bfloat16 __float2bfloat16(float x) { return x; }
inline __nv_bfloat16 __float2bfloat16_rn(float x) { return x; }
inline float __bfloat162float(__nv_bfloat16 x) { return x; }
inline __nv_bfloat162 __floats2bfloat162_rn(float x, float y) { return {x, y}; }
inline __nv_bfloat162 __float22bfloat162_rn(float2 x) { return {x.x, x.y}; }
inline float2 __bfloat1622float2(__nv_bfloat162 x) { return {x.x, x.y}; }
inline unsigned short __bfloat16_as_ushort(__nv_bfloat16 x) { return x.bits(); }
inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short bits) {
  return __nv_bfloat16::from_bits(bits);
}

inline __half __float2half(float x) { return x; }
inline __half __float2half_rn(float x) { return x; }
inline float __half2float(__half x) { return x; }
inline __half2 __floats2half2_rn(float x, float y) { return {x, y}; }
inline __half2 __float22half2_rn(float2 x) { return {x.x, x.y}; }
inline float2 __half22float2(__half2 x) { return {x.x, x.y}; }
inline unsigned short __half_as_ushort(__half x) { return x.bits(); }
inline __half __ushort_as_half(unsigned short bits) { return __half::from_bits(bits); }

}  // namespace cuda_on_cpu
// NOLINTEND(readability-identifier-naming, bugprone-reserved-identifier)
