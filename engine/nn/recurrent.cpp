#include "engine/nn/recurrent.h"

#include <cmath>

#include "engine/dispatch.h"
#include "engine/nn/init.h"
#include "engine/packed_weights.h"

namespace unroll::nn {
namespace {

const char* layer_name(Cell cell) {
  switch (cell) {
    case Cell::kRnnTanh:
    case Cell::kRnnRelu:
      return "RNN";
    case Cell::kLstm:
      return "LSTM";
    case Cell::kGru:
      break;
  }
  return "GRU";
}

int64_t gates_of(Cell cell) {
  if (cell == Cell::kLstm) return 4;
  return cell == Cell::kGru ? 3 : 1;
}

Tensor optional_select(const Tensor& states, int index) {
  return states.defined() ? select(states, index) : Tensor();
}

}  // namespace

RecurrentState RecurrentState::detach() const {
  return {h.defined() ? h.detach() : Tensor(), c.defined() ? c.detach() : Tensor()};
}

Recurrent::Recurrent(Module& parent, std::string_view name, Cell cell, int64_t input_size,
                     int64_t hidden_size, const RecurrentOptions& options)
    : Module(parent, name),
      cell_(cell),
      input_size_(input_size),
      hidden_size_(hidden_size),
      options_(options),
      dropout_random_(random("dropout")) {
  require(input_size >= 1 && hidden_size >= 1 && options.num_layers >= 1, "[", layer_name(cell),
          "] ", path(), ": expected sizes of at least 1, got input_size ", input_size,
          ", hidden_size ", hidden_size, ", num_layers ", options.num_layers);
  require(options.dropout >= 0.0 && options.dropout < 1.0, "[", layer_name(cell), "] ", path(),
          ": expected 0 <= dropout < 1, got ", options.dropout);
  if (options.dropout > 0.0) add_random("dropout", dropout_random_);
  const double bound = 1.0 / std::sqrt(static_cast<double>(hidden_size));
  const int64_t rows = gates_of(cell) * hidden_size;
  weights_.resize(static_cast<size_t>(options.num_layers * directions()));
  for (int layer = 0; layer < options.num_layers; ++layer)
    for (int direction = 0; direction < directions(); ++direction) {
      const std::string suffix = "_l" + std::to_string(layer) + (direction == 1 ? "_reverse" : "");
      const auto add = [&](const char* kind, Tensor& parameter, const Shape& shape) {
        add_parameter(kind + suffix, parameter, shape);
        Random stream = random("init." + (kind + suffix));
        init::uniform(parameter, -bound, bound, stream);
      };
      RecurrentWeights& weights = weights_[static_cast<size_t>(layer * directions() + direction)];
      weights.packed = std::make_shared<PackedWeights>();
      add("weight_ih", weights.w_ih, {rows, layer == 0 ? input_size : hidden_size * directions()});
      add("weight_hh", weights.w_hh, {rows, hidden_size});
      if (!options.bias) continue;
      add("bias_ih", weights.b_ih, {rows});
      add("bias_hh", weights.b_hh, {rows});
    }
}

void Recurrent::check(const Tensor& x, const RecurrentState& initial) const {
  const char* layer = layer_name(cell_);
  require(x.rank() == 3 && x.size(2) == input_size_, "[", layer,
          "] input: expected (seq_len, batch, ", input_size_,
          ") = (seq_len, batch, input_size), got ", x.shape());
  const Shape states{options_.num_layers * directions(), x.size(1), hidden_size_};
  constexpr const char* kMeaning = "(num_layers*directions, batch, hidden_size)";
  if (initial.h.defined()) check_shape(layer, "initial.h", initial.h, states, kMeaning);
  if (!initial.c.defined()) return;
  require(cell_ == Cell::kLstm, "[", layer, "] initial.c: only an LSTM has a cell state");
  check_shape(layer, "initial.c", initial.c, states, kMeaning);
}

SequenceResult Recurrent::run(const Tensor& x, int index, const RecurrentInputs& inputs) const {
  const Tensor h_0 = optional_select(inputs.initial.h, index);
  const RecurrentWeights& weights = weights_[static_cast<size_t>(index)];
  const SequenceOptions options{index % directions() == 1, inputs.lengths, inputs.return_gates};
  switch (cell_) {
    case Cell::kRnnTanh:
      return rnn(x, h_0, weights, Nonlinearity::kTanh, options);
    case Cell::kRnnRelu:
      return rnn(x, h_0, weights, Nonlinearity::kRelu, options);
    case Cell::kLstm:
      return lstm(x, h_0, optional_select(inputs.initial.c, index), weights, options);
    case Cell::kGru:
      break;
  }
  return gru(x, h_0, weights, options);
}

RecurrentResult Recurrent::operator()(const Tensor& x, const RecurrentInputs& inputs) {
  check(x, inputs.initial);
  RecurrentResult result;
  result.output = x;
  Tensors h_n, c_n;
  for (int layer = 0; layer < options_.num_layers; ++layer) {
    if (layer > 0 && training() && options_.dropout > 0.0)
      result.output = dropout(result.output, options_.dropout, dropout_random_);
    Tensors outputs;
    for (int direction = 0; direction < directions(); ++direction) {
      SequenceResult one = run(result.output, layer * directions() + direction, inputs);
      outputs.push_back(one.output);
      h_n.push_back(one.h_n);
      if (cell_ == Cell::kLstm) c_n.push_back(one.c_n);
      if (inputs.return_gates) result.layers.push_back(std::move(one));
    }
    result.output = outputs.size() == 1 ? outputs[0] : concat(outputs, 2);
  }
  result.state.h = stack(h_n);
  if (cell_ == Cell::kLstm) result.state.c = stack(c_n);
  return result;
}

const RecurrentWeights& Recurrent::weights(int layer, bool reverse) const {
  require(0 <= layer && layer < options_.num_layers && (!reverse || options_.bidirectional), "[",
          layer_name(cell_), "] ", path(), ": has no ", reverse ? "reverse " : "", "layer ", layer);
  return weights_[static_cast<size_t>(layer * directions() + (reverse ? 1 : 0))];
}

void set_forget_bias(Recurrent& lstm, double value) {
  require(lstm.cell() == Cell::kLstm && lstm.weights(0).b_ih.defined(), "set_forget_bias: '",
          lstm.path(), "' is not an LSTM with biases");
  const int64_t hidden = lstm.hidden_size();
  for (int layer = 0; layer < lstm.num_layers(); ++layer)
    for (int direction = 0; direction < lstm.directions(); ++direction) {
      const RecurrentWeights& weights = lstm.weights(layer, direction == 1);
      init::constant(weights.b_ih.view_rows(hidden, 2 * hidden), value);
      init::constant(weights.b_hh.view_rows(hidden, 2 * hidden), 0.0);
    }
}

}  // namespace unroll::nn
