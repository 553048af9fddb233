// The loops of layer_norm.h on the CPU, compiled once a SIMD level.
#include "kernels/layer_norm.h"

#include "kernels/functions.h"
#include "kernels/rows.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

// dx of one row; gradient(i) is g_i.
template <class T, class G>
[[gnu::always_inline]] inline void backward_row(int64_t n, const T* x, T mean, T rstd, T* dx,
                                                const G& gradient) {
  const T mean_g = sum_over<T>(n, gradient) / static_cast<T>(n);
  const T mean_gx =
      sum_over<T>(n, [=](int64_t i) { return gradient(i) * ((x[i] - mean) * rstd); }) /
      static_cast<T>(n);
  for (int64_t i = 0; i < n; ++i)
    dx[i] = rstd * (gradient(i) - mean_g - (x[i] - mean) * rstd * mean_gx);
}

}  // namespace

template <class Device, class T>
void layer_norm_forward(Device, int64_t rows, int64_t features, double epsilon, const T* x,
                        const T* weight, const T* bias, T* y, T* mean, T* rstd) {
  const T n = static_cast<T>(features);
  parallel_for(rows, grain_of(features), [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const T* from = x + row * features;
      T* to = y + row * features;
      const T m = sum_over<T>(features, [=](int64_t i) { return from[i]; }) / n;
      const T variance =
          sum_over<T>(features, [=](int64_t i) { return (from[i] - m) * (from[i] - m); }) / n;
      const T r = T(1) / sqrt_(variance + T(epsilon));
      for (int64_t i = 0; i < features; ++i) to[i] = (from[i] - m) * r;
      if (weight)
        for (int64_t i = 0; i < features; ++i) to[i] *= weight[i];
      if (bias)
        for (int64_t i = 0; i < features; ++i) to[i] += bias[i];
      mean[row] = m;
      rstd[row] = r;
    }
  });
}

template <class Device, class T>
void layer_norm_backward(Device, int64_t rows, int64_t features, const T* x, const T* weight,
                         const T* mean, const T* rstd, const T* dy, T* dx) {
  parallel_for(rows, grain_of(features), [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const T *x_row = x + row * features, *dy_row = dy + row * features;
      T* dx_row = dx + row * features;
      if (weight)
        backward_row(features, x_row, mean[row], rstd[row], dx_row,
                     [=](int64_t i) { return dy_row[i] * weight[i]; });
      else
        backward_row(features, x_row, mean[row], rstd[row], dx_row,
                     [=](int64_t i) { return dy_row[i]; });
    }
  });
}

template <class Device, class T>
void layer_norm_backward_weight(Device, int64_t rows, int64_t features, const T* x, const T* mean,
                                const T* rstd, const T* dy, T* d) {
  parallel_for(rows, grain_of(features), [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row)
      for (int64_t i = row * features; i < (row + 1) * features; ++i)
        d[i] = dy[i] * ((x[i] - mean[row]) * rstd[row]);
  });
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once a dtype.
template <class T>
struct Emit {
  using I = int64_t;
  void (*forward)(Cpu, I, I, double, const T*, const T*, const T*, T*, T*,
                  T*) = layer_norm_forward<Cpu, T>;
  void (*backward)(Cpu, I, I, const T*, const T*, const T*, const T*, const T*,
                   T*) = layer_norm_backward<Cpu, T>;
  void (*backward_weight)(Cpu, I, I, const T*, const T*, const T*, const T*,
                          T*) = layer_norm_backward_weight<Cpu, T>;
};
[[gnu::used]] constinit const Emit<float> kFloat{};
[[gnu::used]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
