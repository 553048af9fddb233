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

/// The shift that keeps Σ exp(x − shift) finite, for the largest x; where that is infinite, 0 lets
/// the sum come out as 0 or ∞ instead of NaN.
template <class T>
HD T finite_or_zero(T largest) {
  const T difference = largest - largest;
  return select(difference == T(0), largest, T(0));
}

/// The float whose bits are `bits`.
HD float float_of_bits(int32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

HD int32_t bits_of(float value) {
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
  const int32_t exponent = bits_of(shifted) - bits_of(kRound);
  const int32_t half = exponent >> 1;
  return p * float_of_bits((half + 127) << 23) * float_of_bits((exponent - half + 127) << 23);
}

// The two functions of the recurrent cells are templates: F is float or a vector of floats.

/// 2ʸ for y = x·factor, −126 < y < 129, as power·(1 + rest) with power = 2ⁿ and n = round(y).
/// rest = 2ʸ⁻ⁿ − 1 by a polynomial of degree 6, which has a relative error of at most 1.4e-8.
template <class F>
struct PowerOfTwo {
  F power, rest;

  HD PowerOfTwo(F x, float factor) {
    const F kRound(12582912.0f);  // 1.5·2²³: adding it rounds to an integer
    const F shifted = x * F(factor) + kRound;
    const F r = x * F(factor) - (shifted - kRound);
    F p = F(1.53779882e-4f);
    p = p * r + F(1.33878947e-3f);
    p = p * r + F(9.6183205e-3f);
    p = p * r + F(5.55036627e-2f);
    p = p * r + F(2.40226492e-1f);
    p = p * r + F(6.93147182e-1f);
    rest = p * r;
    power = float_of_bits((bits_of(shifted) + 127) << 23);
  }
};

/// σ(x) = 1 / (1 + e^−x). Results below 1e-38 are 0: from x = −88.4 on, e^−x counts as infinite.
template <class F>
HD F sigmoid_(F x) {
  const F above = select(x < F(-88.9f), F(-88.9f), x);
  const PowerOfTwo<F> e(select(above > F(87.0f), F(87.0f), above), -1.44269504f);
  return F(1.0f) / (e.power * (e.rest + F(1.0f)) + F(1.0f));
}

/// tanh |x| = (e²|x| − 1)/(e²|x| + 1), with e²|x| − 1 summed so that nothing cancels near zero.
template <class F>
HD F tanh_(F x) {
  const auto sign = bits_of(x) & INT32_MIN;
  const F magnitude = float_of_bits(bits_of(x) & INT32_MAX);
  const PowerOfTwo<F> e(select(magnitude > F(10.0f), F(10.0f), magnitude), 2.88539008f);
  const F minus_1 = e.power * e.rest + (e.power - F(1.0f));
  return float_of_bits(bits_of(minus_1 / (minus_1 + F(2.0f))) | sign);
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
