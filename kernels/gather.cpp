// gather.h on the CPU, compiled once a SIMD level.
#include "kernels/gather.h"

#include "kernels/parallel.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

constexpr int64_t kGrain = 16384;  // elements for which a second thread pays
constexpr int64_t kLine = 16;      // columns go to threads by whole cache lines of floats

// Columns of `size` elements each that together are worth a thread.
int64_t column_grain(int64_t size) {
  const int64_t columns = size > 0 ? kGrain / size : kGrain;
  return (columns / kLine + 1) * kLine;
}

// Calls body(o, begin, end) for ranges of the `inner` columns of every o: a thread has all of the
// elements of its columns, so those can be added to without a lock.
template <class Body>
void for_each_column_range(GatherSizes sizes, const Body& body) {
  const int64_t inner = sizes.inner;
  parallel_for(sizes.outer * inner, column_grain(sizes.count), [&](int64_t begin, int64_t end) {
    for (int64_t o = begin / inner; o * inner < end; ++o) {
      const int64_t first = o * inner;
      body(o, begin > first ? begin - first : 0, end < first + inner ? end - first : inner);
    }
  });
}

}  // namespace

template <class Device>
int64_t check_indices(Device, const char*, int64_t n, const int32_t* indices, int64_t size,
                      int32_t allowed) {
  const auto valid = [=](int32_t index) {
    return (index >= 0 && index < size) || index == allowed;
  };
  bool all_valid = true;  // without a branch in the loop, which then vectorises
  for (int64_t i = 0; i < n; ++i) all_valid &= valid(indices[i]);
  if (all_valid) return -1;
  int64_t i = 0;
  while (valid(indices[i])) ++i;
  return i;
}

template <class Device, class T>
void gather_forward(Device, GatherSizes sizes, const T* x, const int32_t* indices, T* y) {
  for_each_column_range(sizes, [=](int64_t o, int64_t begin, int64_t end) {
    for (int64_t k = 0; k < sizes.count; ++k) {
      const int64_t row = (o * sizes.count + k) * sizes.inner;
      for (int64_t i = begin; i < end; ++i)
        y[row + i] = x[(o * sizes.size + indices[row + i]) * sizes.inner + i];
    }
  });
}

template <class Device, class T>
void gather_backward(Device, GatherSizes sizes, const T* dy, const int32_t* indices, T* dx) {
  for_each_column_range(sizes, [=](int64_t o, int64_t begin, int64_t end) {
    for (int64_t k = 0; k < sizes.count; ++k) {
      const int64_t row = (o * sizes.count + k) * sizes.inner;
      for (int64_t i = begin; i < end; ++i)
        dx[(o * sizes.size + indices[row + i]) * sizes.inner + i] += dy[row + i];
    }
  });
}

template <class Device, class T>
void embedding_forward(Device, EmbeddingSizes sizes, const T* weight, const int32_t* indices,
                       T* y) {
  const int64_t features = sizes.features, grain = kGrain / (features > 0 ? features : 1) + 1;
  parallel_for(sizes.count, grain, [=](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      const T* source = weight + indices[k] * features;
      T* target = y + k * features;
      for (int64_t i = 0; i < features; ++i) target[i] = source[i];
    }
  });
}

template <class Device>
int64_t embedding_backward_workspace(Device, EmbeddingSizes) {
  return 0;
}

template <class Device, class T>
void embedding_backward(Device, EmbeddingSizes sizes, const T* dy, const int32_t* indices,
                        T* d_weight, void*) {
  const int64_t features = sizes.features;
  parallel_for(features, column_grain(sizes.count), [=](int64_t begin, int64_t end) {
    for (int64_t k = 0; k < sizes.count; ++k) {
      const T* source = dy + k * features;
      T* target = d_weight + indices[k] * features;
      for (int64_t i = begin; i < end; ++i) target[i] += source[i];
    }
  });
}

template int64_t check_indices(Cpu, const char*, int64_t, const int32_t*, int64_t, int32_t);
template void gather_forward(Cpu, GatherSizes, const float*, const int32_t*, float*);
template void gather_forward(Cpu, GatherSizes, const double*, const int32_t*, double*);
template void gather_forward(Cpu, GatherSizes, const int32_t*, const int32_t*, int32_t*);
template void gather_backward(Cpu, GatherSizes, const float*, const int32_t*, float*);
template void gather_backward(Cpu, GatherSizes, const double*, const int32_t*, double*);
template void embedding_forward(Cpu, EmbeddingSizes, const float*, const int32_t*, float*);
template void embedding_forward(Cpu, EmbeddingSizes, const double*, const int32_t*, double*);
template int64_t embedding_backward_workspace(Cpu, EmbeddingSizes);
template void embedding_backward(Cpu, EmbeddingSizes, const float*, const int32_t*, float*, void*);
template void embedding_backward(Cpu, EmbeddingSizes, const double*, const int32_t*, double*,
                                 void*);

}  // namespace unroll::kernels
