// fill.h on the CPU, compiled once a SIMD level.
#include "kernels/fill.h"

#include "kernels/parallel.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

constexpr int64_t kGrain = 16384;  // elements for which a second thread pays

}  // namespace

template <class Device, class T>
void fill(Device, int64_t n, T value, T* y) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = value;
  });
}

template <class Device, class T>
void arange(Device, int64_t n, T* y) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = static_cast<T>(i);
  });
}

template <class Device, class From, class To>
void cast(Device, int64_t n, const From* from, To* to) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) to[i] = static_cast<To>(from[i]);
  });
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once a dtype.
template <class T>
struct Emit {
  void (*constant)(Cpu, int64_t, T, T*) = fill<Cpu, T>;
  void (*range)(Cpu, int64_t, T*) = arange<Cpu, T>;
  void (*to_float)(Cpu, int64_t, const T*, float*) = cast<Cpu, T, float>;
  void (*to_double)(Cpu, int64_t, const T*, double*) = cast<Cpu, T, double>;
  void (*to_int)(Cpu, int64_t, const T*, int32_t*) = cast<Cpu, T, int32_t>;
};
[[gnu::used]] constinit const Emit<float> kFloat{};
[[gnu::used]] constinit const Emit<double> kDouble{};
[[gnu::used]] constinit const Emit<int32_t> kInt{};

}  // namespace

}  // namespace unroll::kernels
