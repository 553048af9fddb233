// where.h on the CPU, compiled once a SIMD level.
#include "kernels/where.h"

#include "kernels/parallel.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

constexpr int64_t kGrain = 16384;  // elements for which a second thread pays

}  // namespace

template <class Device, class T>
void where(Device, int64_t n, const int32_t* mask, const T* a, const T* b, T* y) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = mask[i] != 0 ? a[i] : b[i];
  });
}

template <class Device, class T>
void masked_fill(Device, int64_t n, const int32_t* mask, bool filled, T value, const T* x, T* y) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = (mask[i] != 0) == filled ? value : x[i];
  });
}

template void where(Cpu, int64_t, const int32_t*, const float*, const float*, float*);
template void where(Cpu, int64_t, const int32_t*, const double*, const double*, double*);
template void where(Cpu, int64_t, const int32_t*, const int32_t*, const int32_t*, int32_t*);
template void masked_fill(Cpu, int64_t, const int32_t*, bool, float, const float*, float*);
template void masked_fill(Cpu, int64_t, const int32_t*, bool, double, const double*, double*);
template void masked_fill(Cpu, int64_t, const int32_t*, bool, int32_t, const int32_t*, int32_t*);

}  // namespace unroll::kernels
