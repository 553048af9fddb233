// Whole sequences of any recurrent cell (kernels/cells/), forward and backward.
//
// T = seq_len, B = batch, I = input_size, H = hidden_size, G = Cell::kGates, S = Cell::kSaved.
// A sequence runs from step 0 to T−1, or in reverse. Row b takes part in the steps t < lengths[b]
// alone; in the others its state stands still and its output is 0. So the state after the last step
// run is each row's own final state, in either direction.
#pragma once

#include "kernels/cells/gru.h"
#include "kernels/cells/lstm.h"
#include "kernels/cells/rnn.h"
#include "kernels/device.h"
#include "kernels/recurrent/plan.h"

namespace unroll::kernels {

using Cells = TypeList<RnnTanh, RnnRelu, Lstm, Gru>;

struct RecurrentShape {
  int64_t seq_len, batch, input_size, hidden_size;
  bool reverse;
  const int32_t* lengths;  // (B), host memory; null: all are T
  RecurrentPlan plan;      // for GPUs

  /// Where the states (T+1, B, H) hold the state before and after step t. The first state is at
  /// `before` the first step run; the final one `after` the last.
  HD int64_t before(int64_t t) const { return reverse ? t + 1 : t; }
  HD int64_t after(int64_t t) const { return reverse ? t : t + 1; }
  HD int64_t first_state() const { return reverse ? seq_len : 0; }
  HD int64_t final_state() const { return reverse ? 0 : seq_len; }

  bool operator==(const RecurrentShape&) const = default;
};

template <class T>
struct RecurrentForward {
  RecurrentShape shape;
  const T* x;     // (T, B, I)
  const T* w_ih;  // (G*H, I)
  const T* w_hh;  // (G*H, H)
  const T* b_ih;  // (G*H), or null
  const T* b_hh;  // (G*H), or null
  T* states;      // (T+1, B, H); the caller has put h_0 at first_state()
  T* cells;       // (T+1, B, H), the same for c_0; or, without `saved`, (B, H) that hold c_0 and
                  // then c_n; null unless Cell::kHasCellState
  T* saved;       // (T, B, S*H): each row's gates, activated, one block of H after another; null on
                  // the CPU where no backward pass follows
  T* output;      // (T, B, H): the states with 0 where a row takes no part; null without lengths,
                  // when the states themselves are the output
  const T* packed = nullptr;  // what `recurrent_pack` wrote for these weights, or null; null with
                              // `saved`

  bool operator==(const RecurrentForward&) const = default;
};

template <class T>
struct RecurrentBackward {
  RecurrentShape shape;
  const T *x, *w_ih, *w_hh;  // as in the forward pass
  const T *states, *cells;   // written by the forward pass
  const T* saved;            // likewise
  T* reuse;                  // `saved` again where its memory may be used up, else null
  const T* d_output;         // (T, B, H), or null for zeros
  const T *d_h_n, *d_c_n;    // (B, H), gradients of the final states, or null for zeros
  T* d_x;                    // (T, B, I). This and all below: null where not wanted
  T *d_w_ih, *d_w_hh;        // (G*H, I), (G*H, H)
  T *d_b_ih, *d_b_hh;        // (G*H)
  T *d_h_0, *d_c_0;          // (B, H)

  bool operator==(const RecurrentBackward&) const = default;
};

/// The CPU's copy of the weights in the order in which its forward pass reads them. It makes one
/// for each call, unless the caller keeps one for as long as the weights do not change. The size is
/// in bytes, and 0 where the weights are read as they are; it is for all shapes with these weights.
template <class Cell, class Device, class T>
int64_t recurrent_packed_size(Device, const RecurrentForward<T>& args);
template <class Cell, class Device, class T>
void recurrent_pack(Device, const RecurrentForward<T>& args, T* packed);

/// Scratch that the kernels below want, in bytes.
template <class Cell, class Device, class T>
int64_t recurrent_forward_workspace(Device, const RecurrentForward<T>& args);
template <class Cell, class Device, class T>
int64_t recurrent_backward_workspace(Device, const RecurrentBackward<T>& args);

template <class Cell, class Device, class T>
void recurrent_forward(Device, const RecurrentForward<T>& args, void* workspace);

/// The gates' gradients for all steps first, then each weight's gradient as one product over them.
template <class Cell, class Device, class T>
void recurrent_backward(Device, const RecurrentBackward<T>& args, void* workspace);

/// One step of a cell for `batch` rows, from gates computed elsewhere.
template <class T>
struct CellForward {
  int64_t batch, hidden_size;
  const T *x_gates, *h_gates;  // (B, G*H), before activation
  const T *h, *c;              // (B, H), the state before; null where the cell does not read it
  T* saved;                    // (B, S*H)
  T *h_next, *c_next;          // (B, H); c_next null unless Cell::kHasCellState
};

template <class T>
struct CellBackward {
  int64_t batch, hidden_size;
  const T* saved;
  const T *h, *c, *c_next;
  const T *dh_next, *dc_next;  // null for zeros
  T *d_x_gates, *d_h_gates;    // (B, G*H)
  T *dh, *dc;                  // (B, H); null where the cell does not read that state
};

template <class Cell, class Device, class T>
void cell_forward(Device, const CellForward<T>& args);
template <class Cell, class Device, class T>
void cell_backward(Device, const CellBackward<T>& args);

}  // namespace unroll::kernels
