// Scalar functions that the kernels build on, without branches so that loops over them vectorise.
//
// The float versions are ours: within 2 units in the last place or 1e-7, whichever is larger, over
// the whole range, with NaN and infinities kept (tests/functions_test.cpp). The double versions are
// the C library's: they serve the gradient checks.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

/// yes where the condition holds, else no; both are computed.
template <class T>
HD T select(bool condition, T yes, T no) {
  return condition ? yes : no;
}

/// The float whose bits are `bits`.
HD float float_of_bits(int32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

HD int32_t bits_of_float(float value) {
  int32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// eˣ = 2ⁿ·eʳ with n = round(x / ln 2) and |r| ≤ ln(2)/2; eʳ by its Taylor polynomial of degree 7.
/// 2ⁿ is multiplied in as two factors, so that results which are denormal or infinite come out
/// right.
HD float exp_(float x) {
  constexpr float kLog2E = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
  constexpr float kRound = 12582912.0f;  // 1.5·2²³: adding it rounds to an integer
  const float above = select(x < -104.0f, -104.0f, x);
  const float clamped = select(above > 89.0f, 89.0f, above);
  const float shifted = clamped * kLog2E + kRound;
  const float n = shifted - kRound;
  const float r = (clamped - n * kLn2High) - n * kLn2Low;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const int32_t exponent = bits_of_float(shifted) - bits_of_float(kRound);
  const int32_t half = exponent >> 1;
  return p * float_of_bits((half + 127) << 23) * float_of_bits((exponent - half + 127) << 23);
}

HD float sigmoid_(float x) { return 1.0f / (1.0f + exp_(-x)); }

/// tanh x = 1 − 2/(e²ˣ + 1), and near zero, where that would cancel, an odd polynomial of degree 11
/// fitted to tanh on |x| < 0.625.
HD float tanh_(float x) {
  const float magnitude = select(x < 0.0f, -x, x);
  const float large = 1.0f - 2.0f / (exp_(2.0f * magnitude) + 1.0f);
  const float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float small = (p * z) * x + x;
  return select(magnitude < 0.625f, small, select(x < 0.0f, -large, large));
}

HD double exp_(double x) { return std::exp(x); }
HD double sigmoid_(double x) { return 1.0 / (1.0 + std::exp(-x)); }
HD double tanh_(double x) { return std::tanh(x); }
HD float log_(float x) { return std::log(x); }
HD double log_(double x) { return std::log(x); }
HD float log1p_(float x) { return std::log1p(x); }
HD double log1p_(double x) { return std::log1p(x); }
HD float sqrt_(float x) { return std::sqrt(x); }
HD double sqrt_(double x) { return std::sqrt(x); }
HD float pow_(float x, float y) { return std::pow(x, y); }
HD double pow_(double x, double y) { return std::pow(x, y); }

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), which neither overflows nor cancels.
template <class T>
HD T softplus_(T x) {
  const T magnitude = select(x < T(0), -x, x);
  return select(x > T(0), x, T(0)) + log1p_(exp_(-magnitude));
}

}  // namespace unroll::kernels
