#include "bench/compare/probe.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "kernels/device.h"
#include "kernels/parallel.h"

namespace unroll::compare {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A vector of floats; those of 512 bits are only ever used in functions compiled for them.
template <int Bytes>
struct Wide {
  typedef float Type __attribute__((vector_size(Bytes)));
};

constexpr int kChains = 12;         // independent sums, to cover the latency of two units
constexpr int64_t kTurns = 300000;  // about a millisecond

// `turns` times kChains multiply-adds of a vector. Returns a number that depends on all of them.
template <int Bytes>
[[gnu::always_inline]] inline float multiply_add(int64_t turns) {
  using Vec = typename Wide<Bytes>::Type;
  const Vec factor = Vec{} + 0.999F, term = Vec{} + 0.001F;
  Vec sums[kChains];
  for (int i = 0; i < kChains; ++i) sums[i] = Vec{} + static_cast<float>(i);
  for (int64_t turn = 0; turn < turns; ++turn) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) sums[i] = sums[i] * factor + term;
  }
  float total = 0;
  for (int i = 0; i < kChains; ++i) total += sums[i][0];
  return total;
}

// Reads `count` floats, a multiple of a vector's. Returns a number that depends on all of them.
template <int Bytes>
[[gnu::always_inline]] inline float read(const float* data, int64_t count) {
  using Vec = typename Wide<Bytes>::Type;
  constexpr int kSums = 8;
  constexpr int64_t kLanes = Bytes / static_cast<int64_t>(sizeof(float));
  Vec sums[kSums] = {};
  for (int64_t at = 0; at + kSums * kLanes <= count; at += kSums * kLanes) {
#pragma GCC unroll 8
    for (int i = 0; i < kSums; ++i) {
      Vec values;
      __builtin_memcpy(&values, data + at + i * kLanes, sizeof values);
      sums[i] += values;
    }
  }
  float total = 0;
  for (int i = 0; i < kSums; ++i) total += sums[i][0];
  return total;
}

struct Level {
  int bytes;  // of a vector
  float (*multiply_add)(int64_t turns);
  float (*read)(const float* data, int64_t count);
};

#ifdef __x86_64__
[[gnu::target("avx512f")]] float multiply_add_512(int64_t turns) { return multiply_add<64>(turns); }
[[gnu::target("avx512f")]] float read_512(const float* data, int64_t count) {
  return read<64>(data, count);
}
[[gnu::target("avx2,fma")]] float multiply_add_256(int64_t turns) {
  return multiply_add<32>(turns);
}
[[gnu::target("avx2,fma")]] float read_256(const float* data, int64_t count) {
  return read<32>(data, count);
}
#endif
float multiply_add_128(int64_t turns) { return multiply_add<16>(turns); }
float read_128(const float* data, int64_t count) { return read<16>(data, count); }

// As wide as the processor allows, whatever UNROLL_SIMD says: a peak is the machine's.
Level widest() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f")) return {64, multiply_add_512, read_512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {32, multiply_add_256, read_256};
#endif
  return {16, multiply_add_128, read_128};
}

// The longest time that `work(thread)` took of `threads` threads at once.
template <class Work>
double slowest(int threads, const Work& work) {
  std::vector<double> seconds(static_cast<size_t>(threads));
  kernels::set_num_threads(threads);
  kernels::parallel_for(threads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t thread = begin; thread < end; ++thread) {
      const auto start = Clock::now();
      volatile float kept = work(thread);
      (void)kept;
      seconds[static_cast<size_t>(thread)] = seconds_since(start);
    }
  });
  return *std::max_element(seconds.begin(), seconds.end());
}

}  // namespace

double probe_fma(int threads) {
  static const Level level = widest();
  const double seconds = slowest(threads, [](int64_t) { return level.multiply_add(kTurns); });
  const int64_t flops = 2 * kTurns * kChains * (level.bytes / 4) * threads;
  return static_cast<double>(flops) / seconds;
}

double probe_reading(int threads, int64_t bytes) {
  static const Level level = widest();
  constexpr int64_t kLine = 1024;  // a multiple of what `read` takes at a time
  const int64_t part = std::max(bytes / threads / kLine, int64_t{1}) * kLine / 4;
  const std::vector<float> data(static_cast<size_t>(part * threads), 1.0F);
  const int64_t turns = std::max(int64_t{4}, (int64_t{1} << 28) / (part * threads * 4));
  double best = 0;
  for (int pass = 0; pass < 5; ++pass) {
    const double seconds = slowest(threads, [&](int64_t thread) {
      float total = 0;
      for (int64_t turn = 0; turn < turns; ++turn) total += level.read(&data[thread * part], part);
      return total;
    });
    best = std::max(best, static_cast<double>(part * 4 * threads * turns) / seconds);
  }
  return best;
}

}  // namespace unroll::compare
