// Rung 1: primitive operations, step by step.
//
// Idea: each product, sum, sigmoid of the cell's equations is one launch, in every step, as if the
// network were written in a framework's elementary operations. The equations are those of cells/,
// run on arrays (primitive_step.h, primitive_array.h).
// Limited by: launches of a few microseconds each, for an LSTM some thirty a step forward and forty
// backward; and each reads its operands from memory and writes its result back for one operation.
// Read next: 2_fused_gates.cu keeps a unit's values in registers.
#include "kernels/elementwise.h"
#include "kernels/recurrent/primitive_step.h"
#include "kernels/recurrent/rungs.h"

namespace unroll::kernels {
namespace {

std::string refusal(const RungProblem&, const GpuProperties&) { return ""; }

template <class Cell, class T>
int64_t forward_workspace(const RecurrentForward<T>& args) {
  return forward_operations(args, PrimitiveScratch<Cell, T>(Arena(nullptr), args.shape, false), 0);
}

template <class Cell, class T>
void forward(const RecurrentForward<T>& args, void* workspace) {
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, I = shape.input_size, H = shape.hidden_size;
  const int64_t gate_rows = Cell::kGates * H;
  const PrimitiveScratch<Cell, T> scratch(Arena(workspace), shape, false);
  copy_lengths(shape, scratch.lengths);
  for (int64_t i = 0; i < shape.seq_len; ++i) {
    const int64_t t = step_run(shape, i);
    scratch.mark_rows_of(shape, t);
    multiply<T>(B, gate_rows, I, {args.x + t * B * I, I}, {args.w_ih, I, true}, scratch.x_gates,
                gate_rows);
    multiply<T>(B, gate_rows, H, {args.states + shape.before(t) * B * H, H}, {args.w_hh, H, true},
                scratch.h_gates, gate_rows);
    forward_operations(args, scratch, t);
  }
}

template <class Cell, class T>
int64_t backward_workspace(const RecurrentBackward<T>& args) {
  return backward_operations(args, PrimitiveScratch<Cell, T>(Arena(nullptr), args.shape, true), 0);
}

// What step t adds to the gradients, from those of its gates.
template <class Cell, class T>
void add_gradients(const RecurrentBackward<T>& args, const PrimitiveScratch<Cell, T>& scratch,
                   int64_t t) {
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, I = shape.input_size, H = shape.hidden_size;
  const int64_t gate_rows = Cell::kGates * H;
  const T *dx = scratch.x_gates, *dr = scratch.h_gates;
  multiply<T>(B, H, gate_rows, {dr, gate_rows}, {args.w_hh, H}, scratch.dh, H, true);
  if (args.d_x)
    multiply<T>(B, I, gate_rows, {dx, gate_rows}, {args.w_ih, I}, args.d_x + t * B * I, I);
  if (args.d_w_ih)
    multiply<T>(gate_rows, I, B, {dx, gate_rows, true}, {args.x + t * B * I, I}, args.d_w_ih, I,
                true);
  if (args.d_w_hh)
    multiply<T>(gate_rows, H, B, {dr, gate_rows, true}, {args.states + shape.before(t) * B * H, H},
                args.d_w_hh, H, true);
  const auto add_sum = [&](const T* gates, T* d_bias) {
    if (d_bias == nullptr) return;
    sum_forward(Gpu{}, 1, B, gate_rows, gates, scratch.sums, scratch.partials);
    add_in_place(Gpu{}, gate_rows, static_cast<const T*>(scratch.sums), d_bias);
  };
  add_sum(dx, args.d_b_ih);
  add_sum(dr, args.d_b_hh);
}

template <class Cell, class T>
void backward(const RecurrentBackward<T>& args, void* workspace) {
  const RecurrentShape& shape = args.shape;
  const int64_t state = shape.batch * shape.hidden_size,
                gate_rows = Cell::kGates * shape.hidden_size;
  const PrimitiveScratch<Cell, T> scratch(Arena(workspace), shape, true);
  copy_lengths(shape, scratch.lengths);
  copy_or_zero(state, args.d_h_n, scratch.dh);
  copy_or_zero(state, args.d_c_n, scratch.dc);
  zero_weight_gradients<Cell>(args);
  if (args.d_b_ih) copy_or_zero<T>(gate_rows, nullptr, args.d_b_ih);
  if (args.d_b_hh) copy_or_zero<T>(gate_rows, nullptr, args.d_b_hh);
  for (int64_t i = shape.seq_len - 1; i >= 0; --i) {
    const int64_t t = step_run(shape, i);
    scratch.mark_rows_of(shape, t);
    backward_operations(args, scratch, t);
    add_gradients(args, scratch, t);
  }
  if (args.d_h_0) copy_or_zero<T>(state, scratch.dh, args.d_h_0);
  if (args.d_c_0) copy_or_zero<T>(state, scratch.dc, args.d_c_0);
}

}  // namespace

template <class Cell, class Device, class T>
Rung<T> primitive_rung(Device) {
  return {1,
          "primitive",
          refusal,
          forward_workspace<Cell, T>,
          backward_workspace<Cell, T>,
          forward<Cell, T>,
          backward<Cell, T>};
}

template Rung<float> primitive_rung<RnnTanh>(Gpu);
template Rung<float> primitive_rung<RnnRelu>(Gpu);
template Rung<float> primitive_rung<Lstm>(Gpu);
template Rung<float> primitive_rung<Gru>(Gpu);
template Rung<double> primitive_rung<RnnTanh>(Gpu);
template Rung<double> primitive_rung<RnnRelu>(Gpu);
template Rung<double> primitive_rung<Lstm>(Gpu);
template Rung<double> primitive_rung<Gru>(Gpu);

}  // namespace unroll::kernels
