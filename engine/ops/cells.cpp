// One step of a recurrent cell as an op.
#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"
#include "kernels/recurrent/recurrent.h"

namespace unroll {
namespace {

constexpr const char* cell_name(kernels::RnnTanh) { return "rnn_tanh_cell"; }
constexpr const char* cell_name(kernels::RnnRelu) { return "rnn_relu_cell"; }
constexpr const char* cell_name(kernels::Lstm) { return "lstm_cell"; }
constexpr const char* cell_name(kernels::Gru) { return "gru_cell"; }

// Inputs: x_gates, h_gates and, where the cell reads it, its state before the step (the LSTM's c,
// the GRU's h). Outputs: h and, for the LSTM, c.
template <class Cell>
struct CellStep {
  static constexpr const char* name = cell_name(Cell{});
  static constexpr bool kReadsH = Cell::kSplitsHidden;

  Tensors forward(Context& context, const Tensors& inputs) const {
    const Tensor &x_gates = inputs[0], &h_gates = inputs[1];
    const Tensor state = inputs.size() > 2 ? inputs[2] : Tensor();
    check_rank(name, "x_gates", x_gates, 2, "(batch, gates*hidden_size)");
    require(x_gates.size(1) % Cell::kGates == 0, "[", name, "] x_gates: expected (batch, ",
            Cell::kGates, "*hidden_size), got ", x_gates.shape());
    const int64_t B = x_gates.size(0), H = x_gates.size(1) / Cell::kGates;
    check_shape(name, "h_gates", h_gates, x_gates.shape(), "the shape of x_gates");
    check_like(name, "h_gates", h_gates, x_gates);
    check_like(name, kReadsH ? "h" : "c", state, x_gates);
    if (state.defined())
      check_shape(name, kReadsH ? "h" : "c", state, {B, H}, "(batch, hidden_size)");

    const DType dtype = x_gates.dtype();
    Tensor saved({B, Cell::kSaved * H}, dtype, x_gates.device());
    Tensor h_next({B, H}, dtype, x_gates.device()), c_next;
    if (Cell::kHasCellState) c_next = Tensor({B, H}, dtype, x_gates.device());
    dispatch(name, x_gates, [&]<class T>(auto device, T) {
      const T* state_data = optional_data<T>(state);
      kernels::cell_forward<Cell>(
          device,
          kernels::CellForward<T>{
              B, H, x_gates.data<T>(), h_gates.data<T>(), kReadsH ? state_data : nullptr,
              Cell::kHasCellState ? state_data : nullptr, saved.mutable_data<T>(),
              h_next.mutable_data<T>(), Cell::kHasCellState ? c_next.mutable_data<T>() : nullptr});
    });
    context.save(saved, state, c_next);
    return Cell::kHasCellState ? Tensors{h_next, c_next} : Tensors{h_next};
  }

  void backward(Backward& pass) const {
    const Tensor &saved = pass.saved(0), &state = pass.saved(1), &c_next = pass.saved(2);
    const Tensor& dh_next = pass.d_output(0);
    const Tensor dc_next = Cell::kHasCellState ? pass.d_output(1) : Tensor();
    const int64_t B = saved.size(0), H = saved.size(1) / Cell::kSaved;
    const auto fresh = [&](int64_t columns) {
      return Tensor({B, columns}, saved.dtype(), saved.device());
    };
    Tensor d_x_gates = fresh(Cell::kGates * H);
    Tensor d_h_gates = Cell::kSplitsHidden ? fresh(Cell::kGates * H) : d_x_gates;
    Tensor d_state = state.defined() ? fresh(H) : Tensor();
    dispatch(name, saved, [&]<class T>(auto device, T) {
      const T* state_data = optional_data<T>(state);
      T* d_state_data = state.defined() ? d_state.mutable_data<T>() : nullptr;
      kernels::cell_backward<Cell>(
          device,
          kernels::CellBackward<T>{B, H, saved.data<T>(), kReadsH ? state_data : nullptr,
                                   Cell::kHasCellState ? state_data : nullptr,
                                   optional_data<T>(c_next), optional_data<T>(dh_next),
                                   optional_data<T>(dc_next), d_x_gates.mutable_data<T>(),
                                   d_h_gates.mutable_data<T>(), kReadsH ? d_state_data : nullptr,
                                   Cell::kHasCellState ? d_state_data : nullptr});
    });
    pass.add(0, d_x_gates);
    pass.add(1, d_h_gates);
    if (state.defined()) pass.add(2, d_state);
  }
};

}  // namespace

Tensor rnn_cell(const Tensor& x_gates, const Tensor& h_gates, Nonlinearity nonlinearity) {
  const Tensors inputs{x_gates, h_gates};
  if (nonlinearity == Nonlinearity::kRelu)
    return unroll::apply(CellStep<kernels::RnnRelu>{}, inputs)[0];
  return unroll::apply(CellStep<kernels::RnnTanh>{}, inputs)[0];
}

LstmState lstm_cell(const Tensor& x_gates, const Tensor& h_gates, const Tensor& c) {
  const Tensors state = unroll::apply(CellStep<kernels::Lstm>{}, Tensors{x_gates, h_gates, c});
  return {state[0], state[1]};
}

Tensor gru_cell(const Tensor& x_gates, const Tensor& h_gates, const Tensor& h) {
  return unroll::apply(CellStep<kernels::Gru>{}, Tensors{x_gates, h_gates, h})[0];
}

}  // namespace unroll
