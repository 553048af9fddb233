// RNN, LSTM and GRU: stacks of recurrent layers in one or both directions.
//
// Layer l runs over the outputs of layer l−1; a bidirectional layer runs over the sequence from
// both ends and joins the two outputs. Parameters are named and laid out as PyTorch's: weight_ih_l0
// (gates*hidden_size, input_size), weight_hh_l0, bias_ih_l0, bias_hh_l0, then weight_ih_l0_reverse,
// …, weight_ih_l1, …
#pragma once

#include <vector>

#include "engine/nn/module.h"
#include "engine/ops.h"

namespace unroll::nn {

enum class Cell { kRnnTanh, kRnnRelu, kLstm, kGru };

struct RecurrentOptions {
  int num_layers = 1;
  bool bidirectional = false;
  double dropout = 0.0;  // while training, on the output of every layer but the last
  bool bias = true;
};

/// The states at one end of a sequence, layer by layer, the forward direction before the reverse
/// one.
struct RecurrentState {
  Tensor h = {};  // (num_layers*directions, batch, hidden_size)
  Tensor c = {};  // the same for the LSTM's cell state; undefined for the others

  /// The same values, not on the tape: to carry a state to the next piece of a long sequence.
  RecurrentState detach() const;
};

struct RecurrentInputs {
  RecurrentState initial = {};  // zeros where undefined
  Tensor lengths = {};          // as SequenceOptions::lengths
  bool return_gates = false;
};

struct RecurrentResult {
  Tensor output;         // (seq_len, batch, directions*hidden_size), of the last layer
  RecurrentState state;  // PyTorch's h_n and c_n
  /// With return_gates: all about each layer and direction, at layer*directions + direction.
  std::vector<SequenceResult> layers;
};

/// What RNN, LSTM and GRU have in common; itself useful where the cell is chosen at run time.
class Recurrent : public Module {
 public:
  /// All parameters are drawn from U(−1/√hidden_size, 1/√hidden_size), as PyTorch does. Throws
  /// `Error` for sizes below 1 or a dropout outside [0, 1).
  Recurrent(Module& parent, std::string_view name, Cell cell, int64_t input_size,
            int64_t hidden_size, const RecurrentOptions& options = {});

  /// x: (seq_len, batch, input_size).
  RecurrentResult operator()(const Tensor& x, const RecurrentInputs& inputs = {});

  /// The weights of one layer and direction; the tensors may be written to, not replaced.
  const RecurrentWeights& weights(int layer, bool reverse = false) const;

  Cell cell() const { return cell_; }
  int64_t input_size() const { return input_size_; }
  int64_t hidden_size() const { return hidden_size_; }
  int num_layers() const { return options_.num_layers; }
  int directions() const { return options_.bidirectional ? 2 : 1; }

 private:
  void check(const Tensor& x, const RecurrentState& initial) const;
  SequenceResult run(const Tensor& x, int index, const RecurrentInputs& inputs) const;

  Cell cell_;
  int64_t input_size_, hidden_size_;
  RecurrentOptions options_;
  Random dropout_random_;
  std::vector<RecurrentWeights> weights_;  // at layer*directions + direction
};

/// h' = tanh or relu of (W_ih·x + b_ih + W_hh·h + b_hh).
class RNN : public Recurrent {
 public:
  RNN(Module& parent, std::string_view name, int64_t input_size, int64_t hidden_size,
      const RecurrentOptions& options = {}, Nonlinearity nonlinearity = Nonlinearity::kTanh)
      : Recurrent(parent, name,
                  nonlinearity == Nonlinearity::kTanh ? Cell::kRnnTanh : Cell::kRnnRelu, input_size,
                  hidden_size, options) {}
};

/// `lstm_cell` of ops.h at each step.
class LSTM : public Recurrent {
 public:
  LSTM(Module& parent, std::string_view name, int64_t input_size, int64_t hidden_size,
       const RecurrentOptions& options = {})
      : Recurrent(parent, name, Cell::kLstm, input_size, hidden_size, options) {}
};

/// `gru_cell` of ops.h at each step.
class GRU : public Recurrent {
 public:
  GRU(Module& parent, std::string_view name, int64_t input_size, int64_t hidden_size,
      const RecurrentOptions& options = {})
      : Recurrent(parent, name, Cell::kGru, input_size, hidden_size, options) {}
};

/// Sets the bias of every forget gate of an LSTM: `value` in bias_ih, 0 in bias_hh. With 1 the cell
/// remembers at the start of training. R. Jozefowicz et al., "An empirical exploration of recurrent
/// network architectures", ICML 2015, section 2.2. Throws `Error` for another cell or no bias.
void set_forget_bias(Recurrent& lstm, double value);

}  // namespace unroll::nn
