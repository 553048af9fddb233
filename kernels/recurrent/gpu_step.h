// One step of a sequence on a GPU, apart from its products: the pointwise kernels of rungs 2 to 4.
//
// B, H, G, S as in recurrent.h. A thread has N neighbouring units of one batch row, which it loads
// and stores in one instruction each: N = 1, or as many as fill 16 bytes. A block's threads lie
// along the units of a row (x), so that neighbours touch neighbouring addresses; rows lie along y.
#pragma once

#include "kernels/gpu.h"
#include "kernels/recurrent/gpu_products.h"

namespace unroll::kernels {
namespace {

/// A value of each of a thread's N units, which it loads and stores at once: one, or the four
/// floats or two doubles of 16 bytes.
template <class T, int N>
struct Units {
  static_assert(N == 1 || N * sizeof(T) == 16);
  T lane[N];
};

template <int N, class T>
__device__ __forceinline__ Units<T, N> load(const T* from) {
  if constexpr (N == 1) {
    return {*from};
  } else if constexpr (N == 2) {
    const double2 v = *reinterpret_cast<const double2*>(from);
    return {v.x, v.y};
  } else {
    const float4 v = *reinterpret_cast<const float4*>(from);
    return {v.x, v.y, v.z, v.w};
  }
}

/// `__stwb` is a plain store that the compiler may not split.
template <class T, int N>
__device__ __forceinline__ void store(const Units<T, N>& values, T* to) {
  const T* v = values.lane;
  if constexpr (N == 1)
    *to = v[0];
  else if constexpr (N == 2)
    __stwb(reinterpret_cast<double2*>(to), make_double2(v[0], v[1]));
  else
    __stwb(reinterpret_cast<float4*>(to), make_float4(v[0], v[1], v[2], v[3]));
}

/// Adds what lies at `from`, unless that is null.
template <class T, int N>
__device__ __forceinline__ void add(const T* from, Units<T, N>& values) {
  if (from == nullptr) return;
  const Units<T, N> more = load<N>(from);
  for (int lane = 0; lane < N; ++lane) values.lane[lane] += more.lane[lane];
}

template <class T>
struct ForwardStep {
  int64_t t, batch, hidden_size;
  const int32_t* lengths;  // (B), in device memory, or null
  const T *b_ih, *b_hh;    // (G*H), or null
  const T* h_gates;        // (B, G*H): h·W_hhᵀ
  const T *h, *c;          // (B, H), the state before
  T* saved;                // (B, S*H): x·W_ihᵀ, which the cell's saved values replace
  T *h_next, *c_next;      // (B, H)
  T* output;               // (B, H), or null
};

/// Units u … u+N−1 of row b.
template <class Cell, int N, class T>
__device__ __forceinline__ void forward_units(const ForwardStep<T>& step, int64_t b, int64_t u) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  const int64_t H = step.hidden_size, at = b * H + u;
  T* row = step.saved + b * S * H + u;
  Units<T, N> h = load<N>(step.h + at), c{}, saved[S]{};
  if (Cell::kHasCellState) c = load<N>(step.c + at);
  const bool takes_part = step.lengths == nullptr || step.t < step.lengths[b];
  if (takes_part) {
    Units<T, N> x[G], r[G];
    for (int gate = 0; gate < G; ++gate) {
      x[gate] = load<N>(row + gate * H);
      r[gate] = load<N>(step.h_gates + (b * G + gate) * H + u);
      add(step.b_ih ? step.b_ih + gate * H + u : nullptr, x[gate]);
      add(step.b_hh ? step.b_hh + gate * H + u : nullptr, r[gate]);
    }
    for (int lane = 0; lane < N; ++lane) {
      T x_u[G], r_u[G], saved_u[S], h_u, c_u = T(0);
      for (int gate = 0; gate < G; ++gate) {
        x_u[gate] = x[gate].lane[lane];
        r_u[gate] = r[gate].lane[lane];
      }
      Cell::forward(x_u, r_u, h.lane[lane], c.lane[lane], saved_u, h_u, c_u);
      h.lane[lane] = h_u;
      c.lane[lane] = c_u;
      for (int s = 0; s < S; ++s) saved[s].lane[lane] = saved_u[s];
    }
  }
  store(h, step.h_next + at);
  if (Cell::kHasCellState) store(c, step.c_next + at);
  for (int s = 0; s < S; ++s) store(saved[s], row + s * H);
  if (step.output) store(takes_part ? h : Units<T, N>{}, step.output + at);
}

template <class T>
struct BackwardStep {
  int64_t t, batch, hidden_size;
  const int32_t* lengths;   // (B), in device memory, or null
  const T* saved;           // (B, S*H)
  const T *h, *c, *c_next;  // (B, H), the state before, and c after
  const T* d_output;        // (B, H), or null for zeros
  T *dh, *dc;               // (B, H): gradients of the state after the step, replaced by
                            // those of the state before it, apart from what r passes on
  T* d_gates;               // (B, S*H), laid out as in gpu_products.h; may be `saved`
};

template <class Cell, int N, class T>
__device__ __forceinline__ void backward_units(const BackwardStep<T>& step, int64_t b, int64_t u) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  const int64_t H = step.hidden_size, at = b * H + u, row = b * S * H + u;
  if (step.lengths && step.t >= step.lengths[b]) {
    for (int s = 0; s < S; ++s) store(Units<T, N>{}, step.d_gates + row + s * H);
    return;
  }
  Units<T, N> saved[S], d_gates[S], c{}, c_next{}, dc{};
  Units<T, N> h = load<N>(step.h + at), dh = load<N>(step.dh + at);
  for (int s = 0; s < S; ++s) saved[s] = load<N>(step.saved + row + s * H);
  if (Cell::kHasCellState) {
    c = load<N>(step.c + at);
    c_next = load<N>(step.c_next + at);
    dc = load<N>(step.dc + at);
  }
  add(step.d_output ? step.d_output + at : nullptr, dh);
  for (int lane = 0; lane < N; ++lane) {
    T saved_u[S], dx_u[G], dr_u[G], dh_u, dc_u = T(0);
    for (int s = 0; s < S; ++s) saved_u[s] = saved[s].lane[lane];
    Cell::backward(saved_u, h.lane[lane], c.lane[lane], c_next.lane[lane], dh.lane[lane],
                   dc.lane[lane], dx_u, dr_u, dh_u, dc_u);
    dh.lane[lane] = dh_u;
    dc.lane[lane] = dc_u;
    for (int gate = 0; gate < G; ++gate) {
      d_gates[gate].lane[lane] = dr_u[gate];
      d_gates[x_gradient_block<Cell>(gate)].lane[lane] = dx_u[gate];
    }
  }
  store(dh, step.dh + at);
  if (Cell::kHasCellState) store(dc, step.dc + at);
  for (int s = 0; s < S; ++s) store(d_gates[s], step.d_gates + row + s * H);
}

template <class Cell, int N, class T>
__global__ void forward_step(ForwardStep<T> step) {
  const int64_t u = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * N;
  if (u >= step.hidden_size) return;
  for (int64_t b = blockIdx.y; b < step.batch; b += gridDim.y) forward_units<Cell, N>(step, b, u);
}

template <class Cell, int N, class T>
__global__ void backward_step(BackwardStep<T> step) {
  const int64_t u = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * N;
  if (u >= step.hidden_size) return;
  for (int64_t b = blockIdx.y; b < step.batch; b += gridDim.y) backward_units<Cell, N>(step, b, u);
}

/// A thread for each N units of each row, in blocks of whole warps.
inline LaunchConfig step_grid(int64_t batch, int64_t hidden_size, int N) {
  constexpr int64_t kMostThreads = 256, kMostRows = 65535;
  const int64_t packs = (hidden_size + N - 1) / N;
  const int64_t threads = packs < kMostThreads ? (packs + 31) / 32 * 32 : kMostThreads;
  return {dim3(blocks_for(packs, threads), blocks_for(batch < kMostRows ? batch : kMostRows, 1)),
          dim3(static_cast<unsigned>(threads))};
}

}  // namespace
}  // namespace unroll::kernels
