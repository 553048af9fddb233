// A whole sequence of a recurrent cell as one op.
#include "kernels/recurrent/recurrent.h"

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"
#include "engine/packed_weights.h"

namespace unroll {
namespace {

kernels::RecurrentPlan current_plan;

constexpr const char* sequence_name(kernels::RnnTanh) { return "rnn_tanh"; }
constexpr const char* sequence_name(kernels::RnnRelu) { return "rnn_relu"; }
constexpr const char* sequence_name(kernels::Lstm) { return "lstm"; }
constexpr const char* sequence_name(kernels::Gru) { return "gru"; }

template <class Cell>
struct Sequence {
  static constexpr const char* name = sequence_name(Cell{});
  // Outputs of the op; the last two carry no gradient.
  enum Output : size_t { kOutput, kHn, kCn, kSaved, kCells };

  bool reverse;
  Tensor lengths;
  kernels::RecurrentPlan plan;
  bool return_gates;
  PackedWeights* packed;  // null, or the forward pass's

  Tensors forward(Context& context, const Tensor& x, const Tensor& h_0, const Tensor& c_0,
                  const Tensor& w_ih, const Tensor& w_hh, const Tensor& b_ih,
                  const Tensor& b_hh) const {
    check(x, h_0, c_0, w_ih, w_hh, b_ih, b_hh);
    const kernels::RecurrentShape shape = shape_of(x, w_hh);
    const int64_t T_ = shape.seq_len, B = shape.batch, H = shape.hidden_size;
    const auto fresh = [&](const Shape& sizes) { return Tensor(sizes, x.dtype(), x.device()); };
    // Without a backward pass only somebody who looks at the gates needs them; GPUs write them
    // anyway. Without them, cell states are overwritten step by step.
    const bool keeps_gates = context.recording() || return_gates || x.device() != Device::cpu;
    Tensor states = initial(h_0, x, {T_ + 1, B, H}, shape.first_state());
    Tensor cells;
    if (Cell::kHasCellState)
      cells = keeps_gates ? initial(c_0, x, {T_ + 1, B, H}, shape.first_state())
                          : initial(c_0, x, {1, B, H}, 0);
    Tensor saved = keeps_gates ? fresh({T_, B, Cell::kSaved * H}) : Tensor();
    Tensor padded = lengths.defined() ? fresh({T_, B, H}) : Tensor();
    dispatch(name, x, [&]<class T>(auto device, T) {
      kernels::RecurrentForward<T> args{shape,
                                        x.data<T>(),
                                        w_ih.data<T>(),
                                        w_hh.data<T>(),
                                        optional_data<T>(b_ih),
                                        optional_data<T>(b_hh),
                                        states.mutable_data<T>(),
                                        cells.defined() ? cells.mutable_data<T>() : nullptr,
                                        saved.defined() ? saved.mutable_data<T>() : nullptr,
                                        padded.defined() ? padded.mutable_data<T>() : nullptr};
      if (packed && !keeps_gates) args.packed = pack<T>(device, args, {w_ih, w_hh, b_ih, b_hh});
      const Workspace workspace(
          x.device(),
          static_cast<size_t>(kernels::recurrent_forward_workspace<Cell>(device, args)));
      kernels::recurrent_forward<Cell>(device, args, workspace.data());
    });
    context.save(x, w_ih, w_hh, states, cells, saved);

    const int64_t after = reverse ? 0 : 1;  // states (T+1, B, H) hold step t's result at t + after
    const auto row_of = [&](const Tensor& all, int64_t row) {
      return all.view_rows(row, row + 1).view({B, H});
    };
    const int64_t last = shape.final_state();
    const bool keeps_cells = cells.defined() && keeps_gates;
    const Tensor cells_after = keeps_cells ? cells.view_rows(after, T_ + after) : Tensor();
    if (saved.defined()) context.no_gradient(saved);
    if (cells_after.defined()) context.no_gradient(cells_after);
    return {padded.defined() ? padded : states.view_rows(after, T_ + after), row_of(states, last),
            cells.defined() ? row_of(cells, keeps_cells ? last : 0) : Tensor(), saved, cells_after};
  }

  void backward(Backward& pass) const {
    enum Input : size_t { kX, kH0, kC0, kWih, kWhh, kBih, kBhh };
    const Tensor &x = pass.saved(0), &w_ih = pass.saved(1), &w_hh = pass.saved(2);
    const Tensor &states = pass.saved(3), &cells = pass.saved(4), &saved = pass.saved(5);
    Tensor reuse = pass.may_overwrite(5) ? saved : Tensor();
    Tensor gradient[7];
    for (size_t i = 0; i < 7; ++i)
      if (pass.needs(i)) gradient[i] = Tensor(pass.input_shape(i), x.dtype(), x.device());
    dispatch(name, x, [&]<class T>(auto device, T) {
      const auto wanted = [&](Input i) {
        return gradient[i].defined() ? gradient[i].template mutable_data<T>() : nullptr;
      };
      const kernels::RecurrentBackward<T> args{shape_of(x, w_hh),
                                               x.data<T>(),
                                               w_ih.data<T>(),
                                               w_hh.data<T>(),
                                               states.data<T>(),
                                               optional_data<T>(cells),
                                               saved.data<T>(),
                                               reuse.defined() ? reuse.mutable_data<T>() : nullptr,
                                               optional_data<T>(pass.d_output(kOutput)),
                                               optional_data<T>(pass.d_output(kHn)),
                                               optional_data<T>(pass.d_output(kCn)),
                                               wanted(kX),
                                               wanted(kWih),
                                               wanted(kWhh),
                                               wanted(kBih),
                                               wanted(kBhh),
                                               wanted(kH0),
                                               wanted(kC0)};
      const Workspace workspace(
          x.device(),
          static_cast<size_t>(kernels::recurrent_backward_workspace<Cell>(device, args)));
      kernels::recurrent_backward<Cell>(device, args, workspace.data());
    });
    for (size_t i = 0; i < 7; ++i)
      if (gradient[i].defined()) pass.add(i, std::move(gradient[i]));
  }

 private:
  kernels::RecurrentShape shape_of(const Tensor& x, const Tensor& w_hh) const {
    return {x.size(0), x.size(1), x.size(2), w_hh.size(1), reverse, optional_data<int32_t>(lengths),
            plan};
  }

  // States (rows, batch, hidden_size), of which number `first` is `start` or zero.
  static Tensor initial(const Tensor& start, const Tensor& x, const Shape& sizes, int64_t first) {
    Tensor all(sizes, x.dtype(), x.device());
    Tensor row = all.view_rows(first, first + 1);
    assign(row,
           start.defined() ? start.view(row.shape()) : zeros(row.shape(), x.dtype(), x.device()));
    return all;
  }

  // The kept copy of the weights, made anew if they have changed; null where the kernel wants none.
  template <class T, class Tag>
  const T* pack(Tag device, const kernels::RecurrentForward<T>& args,
                const Tensors& weights) const {
    const int64_t size = kernels::recurrent_packed_size<Cell>(device, args);
    if (size == 0) return nullptr;
    if (!packed->holds(weights))
      kernels::recurrent_pack<Cell>(device, args, static_cast<T*>(packed->renew(weights, size)));
    return static_cast<const T*>(packed->data());
  }

  void check(const Tensor& x, const Tensor& h_0, const Tensor& c_0, const Tensor& w_ih,
             const Tensor& w_hh, const Tensor& b_ih, const Tensor& b_hh) const {
    check_rank(name, "x", x, 3, "(seq_len, batch, input_size)");
    check_rank(name, "w_hh", w_hh, 2, "(gates*hidden_size, hidden_size)");
    const int64_t T = x.size(0), B = x.size(1), I = x.size(2), H = w_hh.size(1);
    const int64_t rows = Cell::kGates * H;
    check_shape(name, "w_hh", w_hh, {rows, H}, "(gates*hidden_size, hidden_size)");
    check_shape(name, "w_ih", w_ih, {rows, I}, "(gates*hidden_size, input_size)");
    const auto check_optional = [&](const char* argument, const Tensor& tensor,
                                    const Shape& expected, const char* meaning) {
      check_like(name, argument, tensor, x);
      if (tensor.defined()) check_shape(name, argument, tensor, expected, meaning);
    };
    check_like(name, "w_ih", w_ih, x);
    check_like(name, "w_hh", w_hh, x);
    check_optional("b_ih", b_ih, {rows}, "(gates*hidden_size)");
    check_optional("b_hh", b_hh, {rows}, "(gates*hidden_size)");
    check_optional("h_0", h_0, {B, H}, "(batch, hidden_size)");
    check_optional("c_0", c_0, {B, H}, "(batch, hidden_size)");
    if (!lengths.defined()) return;
    check_i32(name, "lengths", lengths);
    require(lengths.device() == Device::cpu, "[", name, "] lengths: expected on cpu, got on ",
            unroll::name(lengths.device()));
    check_shape(name, "lengths", lengths, {B}, "(batch)");
    for (int64_t b = 0; b < B; ++b) {
      const int32_t length = lengths.data<int32_t>()[b];
      require(length >= 0 && length <= T, "[", name, "] lengths: expected 0 to ", T,
              " = seq_len, got ", length, " at ", b);
    }
  }
};

template <class Cell>
SequenceResult run(const Tensor& x, const Tensor& h_0, const Tensor& c_0,
                   const RecurrentWeights& weights, const SequenceOptions& options) {
  using Op = Sequence<Cell>;
  const Tensors all = apply(Op{options.reverse, options.lengths, recurrent_plan(),
                               options.return_gates, weights.packed.get()},
                            x, h_0, c_0, weights.w_ih, weights.w_hh, weights.b_ih, weights.b_hh);
  SequenceResult result{all[Op::kOutput], all[Op::kHn], all[Op::kCn], {}, {}};
  if (options.return_gates) {
    const NoGrad no_grad;
    const int64_t gates = Cell::kGates * weights.w_hh.size(1);
    constexpr bool kShown = Cell::kGates > 1;  // the vanilla RNN's only gate is its output
    if (kShown) result.gates = slice(all[Op::kSaved], 2, 0, gates);
    result.cells = all[Op::kCells];
  }
  return result;
}

}  // namespace

kernels::RecurrentPlan recurrent_plan() { return current_plan; }

void set_recurrent_plan(kernels::RecurrentPlan plan) {
  require(plan.rung >= 0 && plan.rung <= kernels::kRungs, "set_recurrent_plan: expected rung 1 to ",
          kernels::kRungs, ", or 0 to let the planner choose, got ", plan.rung);
  current_plan = plan;
}

SequenceResult rnn(const Tensor& x, const Tensor& h_0, const RecurrentWeights& weights,
                   Nonlinearity nonlinearity, const SequenceOptions& options) {
  return nonlinearity == Nonlinearity::kTanh ? run<kernels::RnnTanh>(x, h_0, {}, weights, options)
                                             : run<kernels::RnnRelu>(x, h_0, {}, weights, options);
}

SequenceResult lstm(const Tensor& x, const Tensor& h_0, const Tensor& c_0,
                    const RecurrentWeights& weights, const SequenceOptions& options) {
  return run<kernels::Lstm>(x, h_0, c_0, weights, options);
}

SequenceResult gru(const Tensor& x, const Tensor& h_0, const RecurrentWeights& weights,
                   const SequenceOptions& options) {
  return run<kernels::Gru>(x, h_0, {}, weights, options);
}

}  // namespace unroll
