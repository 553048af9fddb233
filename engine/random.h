// Reproducible random numbers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/device.h"
#include "engine/dtype.h"
#include "engine/shape.h"

namespace unroll {

class Tensor;

/// A stream of random numbers: number k is a function of (seed, stream, k) alone, by Philox 4x32-10
/// (kernels/philox.h). Give each use a stream of its own ("init", "dropout.0", "shuffle"): then no
/// use shifts the numbers of another, and any device with any number of threads draws the same.
class Random {
 public:
  Random(uint64_t seed, std::string_view stream);

  uint32_t next_word();
  /// Uniform in [0, 1).
  double next_uniform();
  /// Uniform in 0, …, n − 1, without bias. n ≥ 1.
  int64_t below(int64_t n);
  /// A random order of 0, …, n − 1 (Fisher–Yates).
  std::vector<int64_t> permutation(int64_t n);

  uint64_t seed() const { return seed_; }
  uint64_t stream() const { return stream_; }
  /// The number of the next word. Set it to resume.
  uint64_t position() const { return position_; }
  void set_position(uint64_t position) { position_ = position; }
  /// Reserves `count` words that a kernel draws by number; returns the first one's.
  uint64_t take(uint64_t count);

 private:
  uint64_t seed_, stream_, position_ = 0;
};

/// Standard normal numbers. Words are used in pairs, from the next even one on.
Tensor randn(const Shape& shape, Random& random, DType dtype = DType::f32,
             Device device = default_device());
/// Uniform numbers in [low, high).
Tensor uniform(const Shape& shape, double low, double high, Random& random,
               DType dtype = DType::f32, Device device = default_device());
/// Integers in [low, high), i32. Each uses two words, from the next even one on.
Tensor randint(const Shape& shape, int32_t low, int32_t high, Random& random,
               Device device = default_device());

}  // namespace unroll
