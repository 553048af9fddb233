// gather.h on a GPU. Gradients that meet in one element are added by one thread, in the order of
// the indices, so there are no atomic additions and the sums are those of the CPU.
#include "kernels/arena.h"
#include "kernels/gather.h"
#include "kernels/gpu.h"
#include "kernels/grid_stride.h"
#include "kernels/index_error.h"
#include "kernels/pack.h"
#include "kernels/sort.h"

namespace unroll::kernels {
namespace {

__device__ __forceinline__ bool in_range(int32_t index, int64_t size) {
  return index >= 0 && index < size;
}

}  // namespace

// ---- checking

namespace {

// Of all threads that find a bad index the one at the smallest position wins, whoever is first.
__global__ void find_bad_index_kernel(int64_t n, const int32_t* indices, int64_t size,
                                      int32_t allowed, IndexError* error) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    if (in_range(indices[i], size) || indices[i] == allowed) continue;
    atomicMax(&error->candidate, ~static_cast<unsigned long long>(i));
    return;
  }
}

// One thread, after all others: a kernel starts when the one before it has ended.
__global__ void note_bad_index_kernel(const char* op, const int32_t* indices, int64_t size,
                                      IndexError* error) {
  if (error->candidate == 0) return;
  const int64_t position = static_cast<int64_t>(~error->candidate);
  if (!error->op) *error = {op, position, size, indices[position], 0};
  error->candidate = 0;
}

}  // namespace

template <class Device>
int64_t check_indices(Device device, const char* op, int64_t n, const int32_t* indices,
                      int64_t size, int32_t allowed) {
  if (n == 0) return -1;
  IndexError* error = index_error(device);
  launch_over<find_bad_index_kernel>(n, n, indices, size, allowed, error);
  launch<note_bad_index_kernel>({1, 1}, op, indices, size, error);
  return -1;
}

// ---- gather

namespace {

template <class T>
__global__ void gather_kernel(GatherSizes sizes, const T* x, const int32_t* indices, T* y) {
  const int64_t n = sizes.outer * sizes.count * sizes.inner;
  for (int64_t at = grid_thread(); at < n; at += grid_threads()) {
    const int64_t i = at % sizes.inner, o = at / (sizes.inner * sizes.count);
    const int32_t index = indices[at];
    y[at] = in_range(index, sizes.size) ? x[(o * sizes.size + index) * sizes.inner + i] : T(0);
  }
}

// A thread has a column (o, i) of dx and of dy and walks down it.
template <class T>
__global__ void gather_backward_kernel(GatherSizes sizes, const T* dy, const int32_t* indices,
                                       T* dx) {
  const int64_t columns = sizes.outer * sizes.inner;
  for (int64_t column = grid_thread(); column < columns; column += grid_threads()) {
    const int64_t i = column % sizes.inner, o = column / sizes.inner;
    for (int64_t k = 0; k < sizes.count; ++k) {
      const int64_t at = (o * sizes.count + k) * sizes.inner + i;
      const int32_t index = indices[at];
      if (in_range(index, sizes.size)) dx[(o * sizes.size + index) * sizes.inner + i] += dy[at];
    }
  }
}

}  // namespace

template <class Device, class T>
void gather_forward(Device, GatherSizes sizes, const T* x, const int32_t* indices, T* y) {
  launch_over<gather_kernel<T>>(sizes.outer * sizes.count * sizes.inner, sizes, x, indices, y);
}

template <class Device, class T>
void gather_backward(Device, GatherSizes sizes, const T* dy, const int32_t* indices, T* dx) {
  launch_over<gather_backward_kernel<T>>(sizes.outer * sizes.inner, sizes, dy, indices, dx);
}

// ---- embedding

namespace {

// T: an element of a row, or a pack of elements.
template <class T>
__global__ void embedding_kernel(EmbeddingSizes sizes, const T* weight, const int32_t* indices,
                                 T* y) {
  for (int64_t i = grid_thread(); i < sizes.count * sizes.features; i += grid_threads()) {
    const int32_t index = indices[i / sizes.features];
    y[i] = in_range(index, sizes.vocabulary) ? weight[index * sizes.features + i % sizes.features]
                                             : T{};
  }
}

}  // namespace

template <class Device, class T>
void embedding_forward(Device, EmbeddingSizes sizes, const T* weight, const int32_t* indices,
                       T* y) {
  if (sizes.features % Pack<T>::kSize == 0 && is_aligned(weight) && is_aligned(y)) {
    sizes.features /= Pack<T>::kSize;
    launch_over<embedding_kernel<Pack<T>>>(sizes.count * sizes.features, sizes,
                                           reinterpret_cast<const Pack<T>*>(weight), indices,
                                           reinterpret_cast<Pack<T>*>(y));
  } else {
    launch_over<embedding_kernel<T>>(sizes.count * sizes.features, sizes, weight, indices, y);
  }
}

namespace {

// Each index with its position. Those out of range become `vocabulary`, which sorts them last.
__global__ void number_indices_kernel(EmbeddingSizes sizes, const int32_t* indices,
                                      SortPairs pairs) {
  for (int64_t k = grid_thread(); k < sizes.count; k += grid_threads()) {
    const int32_t index = indices[k];
    pairs.keys[k] = in_range(index, sizes.vocabulary) ? static_cast<uint32_t>(index)
                                                      : static_cast<uint32_t>(sizes.vocabulary);
    pairs.values[k] = static_cast<int32_t>(k);
  }
}

// After the sort the positions of one index are neighbours, in their old order. The thread at the
// first of them adds up one feature of all.
template <class T>
__global__ void sum_segments_kernel(EmbeddingSizes sizes, SortPairs sorted, const T* dy,
                                    T* d_weight) {
  const int64_t features = sizes.features;
  for (int64_t i = grid_thread(); i < sizes.count * features; i += grid_threads()) {
    const int64_t first = i / features, feature = i % features;
    const uint32_t index = sorted.keys[first];
    if (index == sizes.vocabulary || (first > 0 && sorted.keys[first - 1] == index)) continue;
    T sum = d_weight[index * features + feature];
    for (int64_t k = first; k < sizes.count && sorted.keys[k] == index; ++k)
      sum += dy[sorted.values[k] * features + feature];
    d_weight[index * features + feature] = sum;
  }
}

struct EmbeddingScratch {
  SortPairs pairs;
  void* sort;

  EmbeddingScratch(Arena& arena, int64_t count)
      : pairs{arena.take<uint32_t>(count), arena.take<int32_t>(count)},
        sort(arena.take<char>(sort_workspace(Gpu{}, count))) {}
};

}  // namespace

template <class Device>
int64_t embedding_backward_workspace(Device, EmbeddingSizes sizes) {
  Arena arena(nullptr);
  EmbeddingScratch(arena, sizes.count);
  return arena.used();
}

template <class Device, class T>
void embedding_backward(Device device, EmbeddingSizes sizes, const T* dy, const int32_t* indices,
                        T* d_weight, void* workspace) {
  if (sizes.count * sizes.features == 0) return;
  Arena arena(workspace);
  const EmbeddingScratch scratch(arena, sizes.count);
  launch_over<number_indices_kernel>(sizes.count, sizes, indices, scratch.pairs);
  int bits = 1;
  while (sizes.vocabulary >> bits > 0) ++bits;
  const SortPairs sorted = sort_pairs(device, sizes.count, bits, scratch.pairs, scratch.sort);
  launch_over<sum_segments_kernel<T>>(sizes.count * sizes.features, sizes, sorted, dy, d_weight);
}

template int64_t check_indices(Gpu, const char*, int64_t, const int32_t*, int64_t, int32_t);
template void gather_forward(Gpu, GatherSizes, const float*, const int32_t*, float*);
template void gather_forward(Gpu, GatherSizes, const double*, const int32_t*, double*);
template void gather_forward(Gpu, GatherSizes, const int32_t*, const int32_t*, int32_t*);
template void gather_backward(Gpu, GatherSizes, const float*, const int32_t*, float*);
template void gather_backward(Gpu, GatherSizes, const double*, const int32_t*, double*);
template void embedding_forward(Gpu, EmbeddingSizes, const float*, const int32_t*, float*);
template void embedding_forward(Gpu, EmbeddingSizes, const double*, const int32_t*, double*);
template int64_t embedding_backward_workspace(Gpu, EmbeddingSizes);
template void embedding_backward(Gpu, EmbeddingSizes, const float*, const int32_t*, float*, void*);
template void embedding_backward(Gpu, EmbeddingSizes, const double*, const int32_t*, double*,
                                 void*);

}  // namespace unroll::kernels
