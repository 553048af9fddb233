// where.h on a GPU.
#include "kernels/gpu.h"
#include "kernels/grid_stride.h"
#include "kernels/where.h"

namespace unroll::kernels {
namespace {

template <class T>
__global__ void where_kernel(int64_t n, const int32_t* mask, const T* a, const T* b, T* y) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) y[i] = mask[i] != 0 ? a[i] : b[i];
}

template <class T>
__global__ void masked_fill_kernel(int64_t n, const int32_t* mask, bool filled, T value, const T* x,
                                   T* y) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads())
    y[i] = (mask[i] != 0) == filled ? value : x[i];
}

}  // namespace

template <class Device, class T>
void where(Device, int64_t n, const int32_t* mask, const T* a, const T* b, T* y) {
  launch_over<where_kernel<T>>(n, n, mask, a, b, y);
}

template <class Device, class T>
void masked_fill(Device, int64_t n, const int32_t* mask, bool filled, T value, const T* x, T* y) {
  launch_over<masked_fill_kernel<T>>(n, n, mask, filled, value, x, y);
}

template void where(Gpu, int64_t, const int32_t*, const float*, const float*, float*);
template void where(Gpu, int64_t, const int32_t*, const double*, const double*, double*);
template void where(Gpu, int64_t, const int32_t*, const int32_t*, const int32_t*, int32_t*);
template void masked_fill(Gpu, int64_t, const int32_t*, bool, float, const float*, float*);
template void masked_fill(Gpu, int64_t, const int32_t*, bool, double, const double*, double*);
template void masked_fill(Gpu, int64_t, const int32_t*, bool, int32_t, const int32_t*, int32_t*);

}  // namespace unroll::kernels
