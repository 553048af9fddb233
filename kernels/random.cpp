// random.h on the CPU, compiled once a SIMD level.
#include "kernels/random.h"

#include "kernels/parallel.h"
#include "kernels/philox.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

constexpr int64_t kGrain = 4096;    // words for which a second thread pays
constexpr int64_t kBatch = 4 * 32;  // words drawn together; the loop over blocks vectorises

void draw(uint64_t seed, uint64_t stream, uint64_t block, uint32_t* words) {
  for (uint64_t i = 0; i < kBatch / 4; ++i) {
    const PhiloxBlock drawn = philox(seed, stream, block + i);
    for (uint64_t j = 0; j < 4; ++j) words[4 * i + j] = drawn.word[j];
  }
}

// Calls use(i, count, words) for consecutive runs of n words: words[0] is word number i of them.
// Where `words.first` is even, so are i and, except in the last run, count.
template <class Use>
void for_each_run(RandomWords words, int64_t n, const Use& use) {
  parallel_for(n, kGrain, [&](int64_t begin, int64_t end) {
    uint32_t drawn[kBatch];
    for (int64_t i = begin; i < end;) {
      const uint64_t at = words.first + static_cast<uint64_t>(i);
      draw(words.seed, words.stream, at / 4, drawn);
      const int64_t skip = static_cast<int64_t>(at % 4);
      const int64_t count = end - i < kBatch - skip ? end - i : kBatch - skip;
      use(i, count, drawn + skip);
      i += count;
    }
  });
}

}  // namespace

template <class Device, class T>
void fill_uniform(Device, RandomWords words, int64_t n, double low, double high, T* y) {
  // A span of 24 bits times a number of 24 bits is exact in double, so the sum is the same with and
  // without fused multiply-add.
  const double span = static_cast<double>(static_cast<float>(high - low));
  const T first = static_cast<T>(low), limit = static_cast<T>(high);
  for_each_run(words, n, [=](int64_t at, int64_t count, const uint32_t* word) {
    for (int64_t i = 0; i < count; ++i) {
      const T value = static_cast<T>(low + span * uniform_of_word<double>(word[i]));
      y[at + i] = value < limit ? value : first;  // rounding may have reached the limit
    }
  });
}

template <class Device, class T>
void fill_normal(Device, RandomWords words, int64_t n, T* y) {
  for_each_run(words, n, [=](int64_t at, int64_t count, const uint32_t* word) {
    for (int64_t i = 0; i < count; i += 2) {
      const NormalPair pair = normals_of_words(word[i], word[i + 1]);
      y[at + i] = static_cast<T>(pair.first);
      if (i + 1 < count) y[at + i + 1] = static_cast<T>(pair.second);
    }
  });
}

template <class Device>
void fill_integers(Device, RandomWords words, int64_t n, int32_t low, int32_t high, int32_t* y) {
  const uint64_t size = static_cast<uint64_t>(int64_t{high} - low);
  for_each_run(words, 2 * n, [=](int64_t at, int64_t count, const uint32_t* word) {
    for (int64_t i = 0; i < count; i += 2) {  // the upper half of 64 bits times size
      const uint64_t carry = (word[i + 1] * size) >> 32;
      const uint64_t offset = (word[i] * size + carry) >> 32;
      y[(at + i) / 2] = static_cast<int32_t>(low + static_cast<int64_t>(offset));
    }
  });
}

template <class Device, class T>
void dropout(Device, RandomWords words, int64_t n, double p, const T* x, T* y) {
  const uint32_t threshold = static_cast<uint32_t>(p * 4294967296.0);
  const T factor = static_cast<T>(1.0 / (1.0 - p));
  for_each_run(words, n, [=](int64_t at, int64_t count, const uint32_t* word) {
    for (int64_t i = 0; i < count; ++i) {
      const T kept = factor * x[at + i];  // read always, so that there is no branch
      y[at + i] = word[i] < threshold ? T(0) : kept;
    }
  });
}

template void fill_uniform(Cpu, RandomWords, int64_t, double, double, float*);
template void fill_uniform(Cpu, RandomWords, int64_t, double, double, double*);
template void fill_normal(Cpu, RandomWords, int64_t, float*);
template void fill_normal(Cpu, RandomWords, int64_t, double*);
template void fill_integers(Cpu, RandomWords, int64_t, int32_t, int32_t, int32_t*);
template void dropout(Cpu, RandomWords, int64_t, double, const float*, float*);
template void dropout(Cpu, RandomWords, int64_t, double, const double*, double*);

}  // namespace unroll::kernels
