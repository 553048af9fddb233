// What a thread of the persistent rungs (5 to 8) does with its hidden unit, apart from the
// products.
//
// T, B, H, G, S as in recurrent.h. The thread owns one unit of up to kRows batch rows for the whole
// sequence, so that the unit's states, biases and gradients stay in its registers. A step is in
// three parts, so that other threads wait for as little as can be: `load_ahead` reads from memory
// what does not depend on them; `step` computes, and hands out what they wait for; `store` writes
// to memory what nobody waits for.
#pragma once

#include "kernels/recurrent/gpu_sequence.h"

namespace unroll::kernels {
namespace {

/// The arguments as these kernels take them: with the rows' lengths in device memory.
template <class Args>
Args on_device(Args args, int32_t* lengths) {
  copy_lengths(args.shape, lengths);
  args.shape.lengths = lengths;
  return args;
}

/// One unit of the batch rows first, first + stride, … below end.
struct OwnRows {
  int unit, first, stride, end;

  HD int row(int i) const { return first + i * stride; }
  HD bool has(int i) const { return row(i) < end; }
};

/// The value at `at`, or 0 where there is no array.
__device__ __forceinline__ float value_or_zero(const float* from, int64_t at) {
  return from ? from[at] : 0.0f;
}

template <class Cell, int kRows>
class ForwardUnits {
  static constexpr int G = Cell::kGates, S = Cell::kSaved;

 public:
  __device__ __forceinline__ ForwardUnits(const RecurrentForward<float>& args, OwnRows own)
      : own_(own),
        H_(static_cast<int>(args.shape.hidden_size)),
        B_(static_cast<int>(args.shape.batch)) {
    if (!own.has(0)) return;
    for (int gate = 0; gate < G; ++gate) {
      const float b_hh = value_or_zero(args.b_hh, gate * H_ + own.unit);
      bias_[gate] = value_or_zero(args.b_ih, gate * H_ + own.unit) + (apart(gate) ? 0.0f : b_hh);
      if (apart(gate)) h_bias_ = b_hh;
    }
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      if (!own.has(i)) continue;
      const int64_t at = place(args.shape.first_state(), i);
      h_[i] = args.states[at];
      c_[i] = Cell::kHasCellState ? args.cells[at] : 0.0f;
      length_[i] = args.shape.lengths ? args.shape.lengths[own.row(i)]
                                      : static_cast<int>(args.shape.seq_len);
    }
  }

  /// put(row, h) for the unit's state in each of its rows.
  template <class Put>
  __device__ __forceinline__ void each(Put put) const {
#pragma unroll
    for (int i = 0; i < kRows; ++i)
      if (own_.has(i)) put(own_.row(i), h_[i]);
  }

  /// Reads the input's share of the gates of step t.
  __device__ __forceinline__ void load_ahead(const RecurrentForward<float>& args, int64_t t) {
#pragma unroll
    for (int i = 0; i < kRows; ++i)
      for (int gate = 0; gate < G; ++gate)
        if (own_.has(i)) gates_[i][gate] = args.saved[gate_place(t, i) + gate * H_];
  }

  /// Step t: product(row, gate) is the unit's share of W_hh·h; put(row, h) gets the new state.
  template <class Product, class Put>
  __device__ __forceinline__ void step(int64_t t, Product product, Put put) {
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      if (!own_.has(i)) continue;
      float x[G], r[G], saved[S], h_next, c_next = 0.0f;
      for (int gate = 0; gate < G; ++gate) {
        x[gate] = gates_[i][gate] + bias_[gate];
        r[gate] = product(own_.row(i), gate) + (apart(gate) ? h_bias_ : 0.0f);
      }
      Cell::forward(x, r, h_[i], c_[i], saved, h_next, c_next);
      const bool takes_part = t < length_[i];
      h_[i] = takes_part ? h_next : h_[i];
      c_[i] = takes_part ? c_next : c_[i];
      put(own_.row(i), h_[i]);
      for (int s = 0; s < S; ++s) gates_[i][s] = takes_part ? saved[s] : 0.0f;
    }
  }

  /// Writes the states after step t and what the cell saves.
  __device__ __forceinline__ void store(const RecurrentForward<float>& args, int64_t t) const {
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      if (!own_.has(i)) continue;
      const int64_t after = place(args.shape.after(t), i);
      args.states[after] = h_[i];
      if (Cell::kHasCellState) args.cells[after] = c_[i];
      for (int s = 0; s < S; ++s) args.saved[gate_place(t, i) + s * H_] = gates_[i][s];
      if (args.output) args.output[place(t, i)] = t < length_[i] ? h_[i] : 0.0f;
    }
  }

 private:
  /// Whether the cell does not simply add this x-gate to the h-gate.
  HD static bool apart(int gate) { return Cell::kSplitsHidden && gate == G - 1; }
  __device__ __forceinline__ int64_t place(int64_t t, int i) const {
    return (t * B_ + own_.row(i)) * H_ + own_.unit;
  }
  __device__ __forceinline__ int64_t gate_place(int64_t t, int i) const {
    return (t * B_ + own_.row(i)) * S * H_ + own_.unit;
  }

  OwnRows own_;
  int H_, B_;
  float bias_[G] = {};   // of x- and h-gate together, unless the cell takes them apart:
  float h_bias_ = 0.0f;  // then the h-gate's
  float h_[kRows] = {}, c_[kRows] = {};
  float gates_[kRows][S] = {};  // the x-gates, then what the cell saves in their place
  int length_[kRows] = {};
};

template <class Cell, int kRows>
class BackwardUnits {
  static constexpr int G = Cell::kGates, S = Cell::kSaved;

 public:
  __device__ __forceinline__ BackwardUnits(const RecurrentBackward<float>& args, OwnRows own)
      : own_(own),
        H_(static_cast<int>(args.shape.hidden_size)),
        B_(static_cast<int>(args.shape.batch)) {
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      if (!own.has(i)) continue;
      c_next_[i] = Cell::kHasCellState ? args.cells[place(args.shape.final_state(), i)] : 0.0f;
      dh_[i] = value_or_zero(args.d_h_n, place(0, i));
      dc_[i] = value_or_zero(args.d_c_n, place(0, i));
      length_[i] = args.shape.lengths ? args.shape.lengths[own.row(i)]
                                      : static_cast<int>(args.shape.seq_len);
    }
  }

  /// Reads what step t saved, the state before it and the gradient of its output.
  __device__ __forceinline__ void load_ahead(const RecurrentBackward<float>& args, int64_t t) {
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      if (!own_.has(i)) continue;
      const int64_t before = place(args.shape.before(t), i);
      for (int s = 0; s < S; ++s) gates_[i][s] = args.saved[gate_place(t, i) + s * H_];
      h_[i] = args.states[before];
      c_[i] = Cell::kHasCellState ? args.cells[before] : 0.0f;
      d_output_[i] = value_or_zero(args.d_output, place(t, i));
    }
  }

  /// Step t: product(row) is what the step after it passes on to the unit's state, its share of
  /// W_hhᵀ·dr; put(row, gate, dr) gets the gradients of this step's h-gates.
  template <class Product, class Put>
  __device__ __forceinline__ void step(int64_t t, Product product, Put put) {
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      if (!own_.has(i)) continue;
      const bool takes_part = t < length_[i];
      const float dh = dh_[i] + product(own_.row(i));
      float dx[G], dr[G], dh_prev, dc_prev = 0.0f;
      Cell::backward(gates_[i], h_[i], c_[i], c_next_[i], dh + d_output_[i], dc_[i], dx, dr,
                     dh_prev, dc_prev);
      dh_[i] = takes_part ? dh_prev : dh;
      dc_[i] = takes_part ? dc_prev : dc_[i];
      c_next_[i] = c_[i];
      for (int gate = 0; gate < G; ++gate) {
        gates_[i][gate] = takes_part ? dr[gate] : 0.0f;
        gates_[i][x_gradient_block<Cell>(gate)] = takes_part ? dx[gate] : 0.0f;
        put(own_.row(i), gate, takes_part ? dr[gate] : 0.0f);
      }
      for (int s = 0; s < S; ++s) d_bias_[s] += gates_[i][s];
    }
  }

  /// Writes the gates' gradients of step t.
  __device__ __forceinline__ void store(int64_t t, float* d_gates) const {
#pragma unroll
    for (int i = 0; i < kRows; ++i)
      for (int s = 0; s < S; ++s)
        if (own_.has(i)) d_gates[gate_place(t, i) + s * H_] = gates_[i][s];
  }

  /// Writes the gates' gradients summed over the steps and the thread's rows into a row of (S*H).
  __device__ __forceinline__ void store_bias_sums(float* row) const {
    for (int s = 0; s < S; ++s)
      if (own_.has(0)) row[s * H_ + own_.unit] = d_bias_[s];
  }

  /// The gradients of the states before the first step, where wanted.
  template <class Product>
  __device__ __forceinline__ void finish(const RecurrentBackward<float>& args, Product product) {
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      if (!own_.has(i)) continue;
      if (args.d_h_0) args.d_h_0[place(0, i)] = dh_[i] + product(own_.row(i));
      if (args.d_c_0) args.d_c_0[place(0, i)] = dc_[i];
    }
  }

 private:
  __device__ __forceinline__ int64_t place(int64_t t, int i) const {
    return (t * B_ + own_.row(i)) * H_ + own_.unit;
  }
  __device__ __forceinline__ int64_t gate_place(int64_t t, int i) const {
    return (t * B_ + own_.row(i)) * S * H_ + own_.unit;
  }

  OwnRows own_;
  int H_, B_;
  float dh_[kRows] = {}, dc_[kRows] = {}, c_next_[kRows] = {};
  float d_bias_[S] = {};
  float gates_[kRows][S] = {};  // what the cell saved, then the gradients in their place
  float h_[kRows] = {}, c_[kRows] = {}, d_output_[kRows] = {};
  int length_[kRows] = {};
};

}  // namespace
}  // namespace unroll::kernels
