#include "lessons/support/state_reach.h"

#include <cmath>

#include "engine/autograd.h"
#include "engine/ops.h"

namespace unroll::lessons {

namespace {

// (sequences, n) to (sequences*copies, n), each row `copies` times.
Tensor repeat_rows(const Tensor& rows, std::int64_t copies) {
  const std::int64_t count = rows.size(0), n = rows.size(1);
  return reshape(reshape(rows, {count, 1, n}) + zeros({count, copies, n}, rows.dtype()), {-1, n});
}

// ‖∂h_T/∂s_t‖/√H from the gradients of all units of h_T with respect to s_0, s_1, …, the last
// first.
std::vector<double> norms(const Tensors& gradients, std::int64_t sequences, std::int64_t hidden) {
  std::vector<double> found;
  for (auto at_t = gradients.rbegin(); at_t != gradients.rend(); ++at_t) {
    const Tensor matrices = reshape(cast(*at_t, DType::f64), {sequences, hidden * hidden});
    const double log_of_squares = mean(log(sum(square(matrices), 1))).item();
    found.push_back(std::exp(0.5 * log_of_squares) / std::sqrt(static_cast<double>(hidden)));
  }
  return found;
}

}  // namespace

StateReach state_reach(const nn::Recurrent& rnn, const Tensor& inputs) {
  const RecurrentWeights& weights = rnn.weights(0);
  const std::int64_t steps = inputs.size(0), sequences = inputs.size(1), H = rnn.hidden_size();
  const bool is_lstm = rnn.cell() == nn::Cell::kLstm;
  // Each sequence lies in the batch H times, once a unit of h_T: row k carries the gradient of unit
  // k back, so that one pass finds all rows of the matrix.
  Tensors h{zeros({sequences * H, H}, inputs.dtype()).set_requires_grad()};
  Tensors c{zeros({sequences * H, H}, inputs.dtype()).set_requires_grad()};
  for (std::int64_t t = 0; t < steps; ++t) {
    const Tensor x = repeat_rows(select(inputs, t), H);
    const Tensor x_gates = matmul(x, weights.w_ih, {false, true}) + weights.b_ih;
    const Tensor h_gates = matmul(h.back(), weights.w_hh, {false, true}) + weights.b_hh;
    if (is_lstm) {
      const LstmState state = lstm_cell(x_gates, h_gates, c.back());
      h.push_back(state.h);
      c.push_back(state.c);
    } else if (rnn.cell() == nn::Cell::kGru) {
      h.push_back(gru_cell(x_gates, h_gates, h.back()));
    } else {
      h.push_back(
          rnn_cell(x_gates, h_gates,
                   rnn.cell() == nn::Cell::kRnnRelu ? Nonlinearity::kRelu : Nonlinearity::kTanh));
    }
  }
  const Tensor number = arange(H, inputs.dtype());
  const Tensor unit_matrix =
      1.0 - clamp(abs(reshape(number, {H, 1}) - reshape(number, {1, H})), 0.0, 1.0);
  const Tensor rows =
      reshape(reshape(unit_matrix, {1, H, H}) + zeros({sequences, H, H}, inputs.dtype()), {-1, H});
  Tensors states(h.begin(), h.end() - 1);
  if (is_lstm) states.insert(states.end(), c.begin(), c.end() - 1);
  const Tensors gradients = grad({h.back()}, states, {rows});
  const auto half = gradients.begin() + steps;
  return {norms({gradients.begin(), half}, sequences, H),
          norms({half, gradients.end()}, sequences, H)};
}

}  // namespace unroll::lessons
