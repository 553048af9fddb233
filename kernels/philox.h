// Philox 4x32-10, a counter-based random number generator.
// J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11.
//
// A block of four 32-bit numbers is a function of (seed, stream, block number) alone, so any device
// with any number of threads draws the same numbers.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

struct PhiloxBlock {
  uint32_t word[4];
};

/// The four random words of block number `block` of `stream`.
HD PhiloxBlock philox(uint64_t seed, uint64_t stream, uint64_t block) {
  uint32_t c0 = static_cast<uint32_t>(block), c1 = static_cast<uint32_t>(block >> 32);
  uint32_t c2 = static_cast<uint32_t>(stream), c3 = static_cast<uint32_t>(stream >> 32);
  uint32_t k0 = static_cast<uint32_t>(seed), k1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * c0, p1 = uint64_t{0xCD9E8D57} * c2;
    const uint32_t n0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    const uint32_t n2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32_t>(p1);
    c3 = static_cast<uint32_t>(p0);
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {{c0, c1, c2, c3}};
}

/// Random word number `index` of a stream.
HD uint32_t random_word(uint64_t seed, uint64_t stream, uint64_t index) {
  const PhiloxBlock block = philox(seed, stream, index >> 2);
  return block.word[index & 3];
}

/// A random word as a number in [0, 1), by its upper 24 bits: exact in float and double alike.
template <class T>
HD T uniform_of_word(uint32_t word) {
  return static_cast<T>(word >> 8) * static_cast<T>(1.0 / 16777216.0);
}

struct NormalPair {
  double first, second;
};

/// Two independent standard normal numbers from two random words by the Box–Muller transform.
/// Computed in double, so that devices differ by the rounding of their math functions alone.
HD NormalPair normals_of_words(uint32_t a, uint32_t b) {
  const double u = (static_cast<double>(a) + 0.5) * (1.0 / 4294967296.0);
  const double angle = static_cast<double>(b) * (6.283185307179586 / 4294967296.0);
  const double radius = std::sqrt(-2.0 * std::log(u));
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace unroll::kernels
