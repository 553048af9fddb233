// random.h on a GPU. Philox numbers its words, so a thread computes the four words of a block from
// the block's number alone, and the results are those of the CPU.
#include "kernels/gpu.h"
#include "kernels/grid_stride.h"
#include "kernels/philox.h"
#include "kernels/random.h"

namespace unroll::kernels {
namespace {

/// Blocks of four words that hold the n words from `first` on.
HD int64_t philox_blocks(RandomWords words, int64_t n) {
  const int64_t skipped = static_cast<int64_t>(words.first % 4);
  return n > 0 ? (skipped + n + 3) / 4 : 0;
}

// Calls use(i, word) for those blocks, a thread a block: word[0] is word number i of the n. In the
// first block i may be negative, and the last one may reach beyond n.
template <class Use>
__device__ __forceinline__ void for_each_block(RandomWords words, int64_t n, const Use& use) {
  const int64_t skipped = static_cast<int64_t>(words.first % 4);
  for (int64_t block = grid_thread(); block < philox_blocks(words, n); block += grid_threads()) {
    const PhiloxBlock drawn =
        philox(words.seed, words.stream, words.first / 4 + static_cast<uint64_t>(block));
    use(4 * block - skipped, drawn.word);
  }
}

template <class T>
__global__ void uniform_kernel(RandomWords words, int64_t n, double low, double span, T first,
                               T limit, T* y) {
  for_each_block(words, n, [=](int64_t at, const uint32_t* word) {
    for (int j = 0; j < 4; ++j) {
      const int64_t i = at + j;
      const T value = static_cast<T>(low + span * uniform_of_word<double>(word[j]));
      if (i >= 0 && i < n) y[i] = value < limit ? value : first;
    }
  });
}

template <class T>
__global__ void normal_kernel(RandomWords words, int64_t n, T* y) {
  for_each_block(words, n, [=](int64_t at, const uint32_t* word) {
    for (int j = 0; j < 4; j += 2) {
      const int64_t i = at + j;
      if (i < 0 || i >= n) continue;
      const NormalPair pair = normals_of_words(word[j], word[j + 1]);
      y[i] = static_cast<T>(pair.first);
      if (i + 1 < n) y[i + 1] = static_cast<T>(pair.second);
    }
  });
}

__global__ void integers_kernel(RandomWords words, int64_t n, int32_t low, uint64_t size,
                                int32_t* y) {
  for_each_block(words, 2 * n, [=](int64_t at, const uint32_t* word) {
    for (int j = 0; j < 4; j += 2) {  // the upper half of 64 bits times size
      const int64_t i = at + j;
      const uint64_t carry = (word[j + 1] * size) >> 32;
      const uint64_t offset = (word[j] * size + carry) >> 32;
      if (i >= 0 && i < 2 * n) y[i / 2] = static_cast<int32_t>(low + static_cast<int64_t>(offset));
    }
  });
}

template <class T>
__global__ void dropout_kernel(RandomWords words, int64_t n, uint32_t threshold, T factor,
                               const T* x, T* y) {
  for_each_block(words, n, [=](int64_t at, const uint32_t* word) {
    for (int j = 0; j < 4; ++j) {
      const int64_t i = at + j;
      if (i >= 0 && i < n) y[i] = word[j] < threshold ? T(0) : factor * x[i];
    }
  });
}

}  // namespace

template <class Device, class T>
void fill_uniform(Device, RandomWords words, int64_t n, double low, double high, T* y) {
  // A span of 24 bits times a number of 24 bits is exact in double: the same bits everywhere.
  const double span = static_cast<double>(static_cast<float>(high - low));
  launch_over<uniform_kernel<T>>(philox_blocks(words, n), words, n, low, span, static_cast<T>(low),
                                 static_cast<T>(high), y);
}

template <class Device, class T>
void fill_normal(Device, RandomWords words, int64_t n, T* y) {
  launch_over<normal_kernel<T>>(philox_blocks(words, n), words, n, y);
}

template <class Device>
void fill_integers(Device, RandomWords words, int64_t n, int32_t low, int32_t high, int32_t* y) {
  const uint64_t size = static_cast<uint64_t>(int64_t{high} - low);
  launch_over<integers_kernel>(philox_blocks(words, 2 * n), words, n, low, size, y);
}

template <class Device, class T>
void dropout(Device, RandomWords words, int64_t n, double p, const T* x, T* y) {
  const uint32_t threshold = static_cast<uint32_t>(p * 4294967296.0);
  launch_over<dropout_kernel<T>>(philox_blocks(words, n), words, n, threshold,
                                 static_cast<T>(1.0 / (1.0 - p)), x, y);
}

template void fill_uniform(Gpu, RandomWords, int64_t, double, double, float*);
template void fill_uniform(Gpu, RandomWords, int64_t, double, double, double*);
template void fill_normal(Gpu, RandomWords, int64_t, float*);
template void fill_normal(Gpu, RandomWords, int64_t, double*);
template void fill_integers(Gpu, RandomWords, int64_t, int32_t, int32_t, int32_t*);
template void dropout(Gpu, RandomWords, int64_t, double, const float*, float*);
template void dropout(Gpu, RandomWords, int64_t, double, const double*, double*);

}  // namespace unroll::kernels
