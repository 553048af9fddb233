// The loops of reduce.h on the CPU, compiled once a SIMD level.
#include "kernels/reduce.h"

#include "kernels/functions.h"
#include "kernels/parallel.h"
#include "kernels/rows.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

// The first NaN of a row, or else its first largest element.
template <class T>
[[gnu::always_inline]] inline int64_t argmax_of_row(const T* x, int64_t n) {
  int32_t has_nan = 0;
  for (int64_t k = 0; k < n; ++k) has_nan |= x[k] != x[k];
  const T largest = max_of_row(x, n);
  int64_t k = 0;
  while (has_nan ? x[k] == x[k] : x[k] != largest) ++k;
  return k;
}

}  // namespace

template <class Device, class T>
void sum_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y,
                 T* workspace) {
  const int64_t block = sum_block(inner);
  const int64_t blocks = size > 0 ? (size + block - 1) / block : 1;
  T* sums = blocks > 1 ? workspace : y;  // (outer, blocks, inner)
  for_each_tile(outer * blocks, size < block ? size : block, inner,
                [=](int64_t item, int64_t column, int64_t width) {
                  const int64_t first = item % blocks * block;
                  const int64_t count = size - first < block ? size - first : block;
                  const T* from = x + (item / blocks * size + first) * inner + column;
                  if (inner == 1)
                    sums[item] = sum_over<T>(count, [=](int64_t i) { return from[i]; });
                  else
                    sum_rows(count, width, sums + item * inner + column,
                             [=](int64_t k, int64_t c) { return from[k * inner + c]; });
                });
  if (blocks == 1) return;
  for_each_tile(outer, blocks, inner, [=](int64_t o, int64_t column, int64_t width) {
    double total[kTile];
    for (int64_t c = 0; c < width; ++c) total[c] = 0;
    for (int64_t k = 0; k < blocks; ++k) {
      const T* from = sums + (o * blocks + k) * inner + column;
      for (int64_t c = 0; c < width; ++c) total[c] += static_cast<double>(from[c]);
    }
    for (int64_t c = 0; c < width; ++c) y[o * inner + column + c] = static_cast<T>(total[c]);
  });
}

template <class Device, class T>
void sum_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* dy, T* dx) {
  parallel_for(outer * size, grain_of(inner), [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end;) {
      const int64_t o = row / size;
      const int64_t stop = (o + 1) * size < end ? (o + 1) * size : end;
      const T* from = dy + o * inner;
      if (inner == 1)
        for (int64_t i = row; i < stop; ++i) dx[i] = *from;
      else
        for (int64_t r = row; r < stop; ++r)
          for (int64_t i = 0; i < inner; ++i) dx[r * inner + i] = from[i];
      row = stop;
    }
  });
}

template <class Device, class T>
void max_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y,
                 int32_t* index) {
  for_each_tile(outer, size, inner, [=](int64_t o, int64_t column, int64_t width) {
    if (inner == 1) {
      index[o] = static_cast<int32_t>(argmax_of_row(x + o * size, size));
      y[o] = x[o * size + index[o]];
      return;
    }
    T* largest = y + o * inner + column;
    int32_t* at = index + o * inner + column;
    for (int64_t c = 0; c < width; ++c) {
      largest[c] = x[o * size * inner + column + c];
      at[c] = 0;
    }
    for (int64_t k = 1; k < size; ++k) {
      const T* from = x + (o * size + k) * inner + column;
      for (int64_t c = 0; c < width; ++c) {
        const bool first_nan = from[c] != from[c] && largest[c] == largest[c];
        const bool larger = (from[c] > largest[c]) | first_nan;
        largest[c] = select(larger, from[c], largest[c]);
        at[c] = select(larger, static_cast<int32_t>(k), at[c]);
      }
    }
  });
}

template <class Device, class T>
void max_backward(Device, int64_t outer, int64_t size, int64_t inner, const int32_t* index,
                  const T* dy, T* dx) {
  parallel_for(outer * size, grain_of(inner), [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t o = row / size;
      const int32_t k = static_cast<int32_t>(row % size);
      for (int64_t i = 0; i < inner; ++i)
        dx[row * inner + i] = select(index[o * inner + i] == k, dy[o * inner + i], T(0));
    }
  });
}

template <class Device, class T>
void logsumexp_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y) {
  for_each_tile(outer, size, inner, [=](int64_t o, int64_t column, int64_t width) {
    const T* from = x + o * size * inner + column;
    if (inner == 1) {
      const T shift = finite_or_zero(max_of_row(from, size));
      y[o] = shift + log_(sum_over<T>(size, [=](int64_t k) { return exp_(from[k] - shift); }));
      return;
    }
    T shift[kTile], sum[kTile];
    max_of_rows(size, width, from, inner, shift);
    for (int64_t c = 0; c < width; ++c) shift[c] = finite_or_zero(shift[c]);
    sum_rows(size, width, sum,
             [&](int64_t k, int64_t c) { return exp_(from[k * inner + c] - shift[c]); });
    for (int64_t c = 0; c < width; ++c) y[o * inner + column + c] = shift[c] + log_(sum[c]);
  });
}

template <class Device, class T>
void logsumexp_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, const T* y,
                        const T* dy, T* dx) {
  const auto derivative = [](T x_k, T y_k, T dy_k) {
    const bool nothing = y_k == -static_cast<T>(__builtin_inf());
    return dy_k * exp_(x_k - select(nothing, T(0), y_k));
  };
  for_each_tile(outer, size, inner, [=](int64_t o, int64_t column, int64_t width) {
    const int64_t start = o * size * inner + column;
    if (inner == 1)
      for (int64_t k = 0; k < size; ++k) dx[start + k] = derivative(x[start + k], y[o], dy[o]);
    else
      for (int64_t k = 0; k < size; ++k)
        for (int64_t c = 0; c < width; ++c) {
          const int64_t i = start + k * inner + c, at = o * inner + column + c;
          dx[i] = derivative(x[i], y[at], dy[at]);
        }
  });
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once a dtype.
template <class T>
struct Emit {
  using I = int64_t;
  void (*sum)(Cpu, I, I, I, const T*, T*, T*) = sum_forward<Cpu, T>;
  void (*d_sum)(Cpu, I, I, I, const T*, T*) = sum_backward<Cpu, T>;
  void (*max)(Cpu, I, I, I, const T*, T*, int32_t*) = max_forward<Cpu, T>;
  void (*d_max)(Cpu, I, I, I, const int32_t*, const T*, T*) = max_backward<Cpu, T>;
  void (*logsumexp)(Cpu, I, I, I, const T*, T*) = logsumexp_forward<Cpu, T>;
  void (*d_logsumexp)(Cpu, I, I, I, const T*, const T*, const T*, T*) = logsumexp_backward<Cpu, T>;
};
[[gnu::used]] constinit const Emit<float> kFloat{};
[[gnu::used]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
