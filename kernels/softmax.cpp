// The loops of softmax.h on the CPU, compiled once a SIMD level.
#include "kernels/softmax.h"

#include "kernels/functions.h"
#include "kernels/rows.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

}  // namespace

template <class Device, class T>
void softmax_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y) {
  for_each_tile(outer, size, inner, [=](int64_t o, int64_t column, int64_t width) {
    const T* from = x + o * size * inner + column;
    T* to = y + o * size * inner + column;
    if (inner == 1) {
      const T m = max_of_row(from, size);
      for (int64_t k = 0; k < size; ++k) to[k] = exp_(from[k] - m);
      const T factor = T(1) / sum_over<T>(size, [=](int64_t k) { return to[k]; });
      for (int64_t k = 0; k < size; ++k) to[k] *= factor;
      return;
    }
    T m[kTile], factor[kTile];
    max_of_rows(size, width, from, inner, m);
    for (int64_t k = 0; k < size; ++k)
      for (int64_t c = 0; c < width; ++c) to[k * inner + c] = exp_(from[k * inner + c] - m[c]);
    sum_rows(size, width, factor, [=](int64_t k, int64_t c) { return to[k * inner + c]; });
    for (int64_t c = 0; c < width; ++c) factor[c] = T(1) / factor[c];
    for (int64_t k = 0; k < size; ++k)
      for (int64_t c = 0; c < width; ++c) to[k * inner + c] *= factor[c];
  });
}

template <class Device, class T>
void softmax_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* y, const T* dy,
                      T* dx) {
  for_each_tile(outer, size, inner, [=](int64_t o, int64_t column, int64_t width) {
    const int64_t start = o * size * inner + column;
    const T *y_o = y + start, *dy_o = dy + start;
    T* dx_o = dx + start;
    if (inner == 1) {
      const T sum = sum_over<T>(size, [=](int64_t k) { return dy_o[k] * y_o[k]; });
      for (int64_t k = 0; k < size; ++k) dx_o[k] = y_o[k] * (dy_o[k] - sum);
      return;
    }
    T sum[kTile];
    sum_rows(size, width, sum,
             [=](int64_t k, int64_t c) { return dy_o[k * inner + c] * y_o[k * inner + c]; });
    for (int64_t k = 0; k < size; ++k)
      for (int64_t c = 0; c < width; ++c) {
        const int64_t i = k * inner + c;
        dx_o[i] = y_o[i] * (dy_o[i] - sum[c]);
      }
  });
}

template <class Device, class T>
void log_softmax_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y) {
  for_each_tile(outer, size, inner, [=](int64_t o, int64_t column, int64_t width) {
    const T* from = x + o * size * inner + column;
    T* to = y + o * size * inner + column;
    if (inner == 1) {
      const T m = max_of_row(from, size);
      const T log_sum = log_(sum_over<T>(size, [=](int64_t k) { return exp_(from[k] - m); }));
      for (int64_t k = 0; k < size; ++k) to[k] = (from[k] - m) - log_sum;
      return;
    }
    T m[kTile], log_sum[kTile];
    max_of_rows(size, width, from, inner, m);
    sum_rows(size, width, log_sum,
             [&](int64_t k, int64_t c) { return exp_(from[k * inner + c] - m[c]); });
    for (int64_t c = 0; c < width; ++c) log_sum[c] = log_(log_sum[c]);
    for (int64_t k = 0; k < size; ++k)
      for (int64_t c = 0; c < width; ++c)
        to[k * inner + c] = (from[k * inner + c] - m[c]) - log_sum[c];
  });
}

template <class Device, class T>
void log_softmax_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* y,
                          const T* dy, T* dx) {
  for_each_tile(outer, size, inner, [=](int64_t o, int64_t column, int64_t width) {
    const int64_t start = o * size * inner + column;
    const T *y_o = y + start, *dy_o = dy + start;
    T* dx_o = dx + start;
    if (inner == 1) {
      const T sum = sum_over<T>(size, [=](int64_t k) { return dy_o[k]; });
      for (int64_t k = 0; k < size; ++k) dx_o[k] = dy_o[k] - exp_(y_o[k]) * sum;
      return;
    }
    T sum[kTile];
    sum_rows(size, width, sum, [=](int64_t k, int64_t c) { return dy_o[k * inner + c]; });
    for (int64_t k = 0; k < size; ++k)
      for (int64_t c = 0; c < width; ++c) {
        const int64_t i = k * inner + c;
        dx_o[i] = dy_o[i] - exp_(y_o[i]) * sum[c];
      }
  });
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once a dtype.
template <class T>
struct Emit {
  using I = int64_t;
  void (*softmax)(Cpu, I, I, I, const T*, T*) = softmax_forward<Cpu, T>;
  void (*d_softmax)(Cpu, I, I, I, const T*, const T*, T*) = softmax_backward<Cpu, T>;
  void (*log_softmax)(Cpu, I, I, I, const T*, T*) = log_softmax_forward<Cpu, T>;
  void (*d_log_softmax)(Cpu, I, I, I, const T*, const T*, T*) = log_softmax_backward<Cpu, T>;
};
[[gnu::used]] constinit const Emit<float> kFloat{};
[[gnu::used]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
