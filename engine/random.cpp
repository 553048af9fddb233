#include "engine/random.h"

#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/dispatch.h"
#include "engine/error.h"
#include "engine/tensor.h"
#include "kernels/philox.h"
#include "kernels/random.h"

namespace unroll {
namespace {

// FNV-1a of 64 bits. G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake, RFC 9923.
uint64_t hash_of(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// Reserves words for a kernel that uses them in pairs, from an even number on.
kernels::RandomWords take_pairs(Random& random, int64_t pairs) {
  random.take(random.position() % 2);
  return {random.seed(), random.stream(), random.take(2 * static_cast<uint64_t>(pairs))};
}

}  // namespace

Random::Random(uint64_t seed, std::string_view stream) : seed_(seed), stream_(hash_of(stream)) {}

uint32_t Random::next_word() { return kernels::random_word(seed_, stream_, position_++); }

double Random::next_uniform() { return kernels::uniform_of_word<double>(next_word()); }

int64_t Random::below(int64_t n) {
  require(n >= 1, "Random::below: expected n >= 1, got ", n);
  // As many bits as n − 1 has, drawn again until they are below n: less than twice on average.
  const int bits = std::bit_width(static_cast<uint64_t>(n - 1));
  while (true) {
    uint64_t word = next_word();
    if (bits > 32) word |= static_cast<uint64_t>(next_word()) << 32;
    const int64_t drawn = static_cast<int64_t>(word & ((uint64_t{1} << bits) - 1));
    if (drawn < n) return drawn;
  }
}

std::vector<int64_t> Random::permutation(int64_t n) {
  require(n >= 0, "Random::permutation: expected n >= 0, got ", n);
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (int64_t left = n; left > 1; --left)
    std::swap(order[static_cast<size_t>(left - 1)], order[static_cast<size_t>(below(left))]);
  return order;
}

uint64_t Random::take(uint64_t count) { return std::exchange(position_, position_ + count); }

Tensor randn(const Shape& shape, Random& random, DType dtype, Device device) {
  Tensor y(shape, dtype, device);
  const kernels::RandomWords words = take_pairs(random, (y.numel() + 1) / 2);
  dispatch("randn", y, [&]<class T>(auto tag, T) {
    kernels::fill_normal(tag, words, y.numel(), y.mutable_data<T>());
  });
  return y;
}

Tensor uniform(const Shape& shape, double low, double high, Random& random, DType dtype,
               Device device) {
  require(low < high && std::isfinite(high - low), "[uniform] expected finite low < high, got ",
          low, " and ", high);
  Tensor y(shape, dtype, device);
  const kernels::RandomWords words{random.seed(), random.stream(),
                                   random.take(static_cast<uint64_t>(y.numel()))};
  dispatch("uniform", y, [&]<class T>(auto tag, T) {
    kernels::fill_uniform(tag, words, y.numel(), low, high, y.mutable_data<T>());
  });
  return y;
}

Tensor randint(const Shape& shape, int32_t low, int32_t high, Random& random, Device device) {
  require(low < high, "[randint] expected low < high, got ", low, " and ", high);
  Tensor y(shape, DType::i32, device);
  const kernels::RandomWords words = take_pairs(random, y.numel());
  dispatch_device("randint", device, [&](auto tag) {
    kernels::fill_integers(tag, words, y.numel(), low, high, y.mutable_data<int32_t>());
  });
  return y;
}

}  // namespace unroll
