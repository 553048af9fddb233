// fill.h on a GPU.
#include "kernels/fill.h"
#include "kernels/gpu.h"
#include "kernels/grid_stride.h"
#include "kernels/pack.h"

namespace unroll::kernels {
namespace {

template <class T>
__global__ void fill_kernel(int64_t n, T value, T* y) {
  Pack<T> pack;
  for (T& element : pack.at) element = value;
  for (int64_t i = grid_thread(); i < packs_for<T>(n); i += grid_threads())
    store_pack(pack, y, i, n);
}

template <class T>
__global__ void arange_kernel(int64_t n, T* y) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) y[i] = static_cast<T>(i);
}

template <class From, class To>
__global__ void cast_kernel(int64_t n, const From* from, To* to) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) to[i] = static_cast<To>(from[i]);
}

}  // namespace

template <class Device, class T>
void fill(Device, int64_t n, T value, T* y) {
  launch_over<fill_kernel<T>>(packs_for<T>(n), n, value, y);
}

template <class Device, class T>
void arange(Device, int64_t n, T* y) {
  launch_over<arange_kernel<T>>(n, n, y);
}

template <class Device, class From, class To>
void cast(Device, int64_t n, const From* from, To* to) {
  launch_over<cast_kernel<From, To>>(n, n, from, to);
}

namespace {

// Holding a function's address makes the compiler emit it here, once a dtype.
template <class T>
struct Emit {
  void (*constant)(Gpu, int64_t, T, T*) = fill<Gpu, T>;
  void (*range)(Gpu, int64_t, T*) = arange<Gpu, T>;
  void (*to_float)(Gpu, int64_t, const T*, float*) = cast<Gpu, T, float>;
  void (*to_double)(Gpu, int64_t, const T*, double*) = cast<Gpu, T, double>;
  void (*to_int)(Gpu, int64_t, const T*, int32_t*) = cast<Gpu, T, int32_t>;
};
[[gnu::used, maybe_unused]] constinit const Emit<float> kFloat{};
[[gnu::used, maybe_unused]] constinit const Emit<double> kDouble{};
[[gnu::used, maybe_unused]] constinit const Emit<int32_t> kInt{};

}  // namespace

}  // namespace unroll::kernels
