// nn::RNN, LSTM and GRU: stacks, directions, lengths, states, dropout; the golden values.
#include <cmath>
#include <gtest/gtest.h>

#include "engine/autograd.h"
#include "engine/gradcheck.h"
#include "engine/nn.h"
#include "engine/ops.h"
#include "engine/packed_weights.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"
#include "tests/golden_file.h"

namespace unroll {
namespace {

using testing::close;
using testing::expect_error;
using testing::same_bits;

constexpr auto kMachine = Error::Cause::kMachine;

struct NamedCell {
  const char* file;
  nn::Cell cell;
};
constexpr NamedCell kCells[] = {{"rnn_tanh.json", nn::Cell::kRnnTanh},
                                {"rnn_relu.json", nn::Cell::kRnnRelu},
                                {"lstm.json", nn::Cell::kLstm},
                                {"gru.json", nn::Cell::kGru}};

class NnRecurrentGolden : public ::testing::TestWithParam<NamedCell> {};

TEST_P(NnRecurrentGolden, EqualsPyTorch) {
  const bool has_cell_state = GetParam().cell == nn::Cell::kLstm;
  for (const testing::GoldenCase& golden : testing::golden_cases(GetParam().file)) {
    SCOPED_TRACE(golden.name);
    nn::Module root(0, DType::f64);
    nn::Recurrent layer(root, "layer", GetParam().cell, golden.options["input_size"],
                        golden.options["hidden_size"],
                        {.num_layers = golden.options["num_layers"],
                         .bidirectional = golden.options["bidirectional"]});
    const auto input = [&](const std::string& name) {
      const auto found = golden.inputs.find(name);
      return found == golden.inputs.end() ? Tensor() : copy_to(found->second, Device::cpu);
    };
    Tensor x = input("x"), h_0 = input("h_0"), c_0 = input("c_0");
    std::map<std::string, Tensor> leaves{{"x", x}, {"h_0", h_0}};
    if (has_cell_state) leaves["c_0"] = c_0;
    for (auto& [name, leaf] : leaves) leaf.set_requires_grad();
    for (NamedTensor& parameter : layer.parameters()) {
      NoGrad no_grad;
      assign(parameter.tensor, golden.inputs.at(parameter.name));
      leaves[parameter.name] = parameter.tensor;
    }
    ASSERT_EQ(leaves.size(), golden.gradients.size());

    const nn::RecurrentResult result =
        layer(x, {.initial = {h_0, c_0}, .lengths = input("lengths")});
    std::map<std::string, Tensor> outputs{{"output", result.output}, {"h_n", result.state.h}};
    if (has_cell_state) outputs["c_n"] = result.state.c;
    ASSERT_EQ(outputs.size(), golden.outputs.size());
    Tensor loss = scalar(0.0, DType::f64);
    for (const auto& [name, output] : outputs) {
      EXPECT_TRUE(close(output, golden.outputs.at(name))) << name;
      loss = loss + sum(output * golden.output_weights.at(name));
    }
    loss.backward();
    for (const auto& [name, leaf] : leaves)
      EXPECT_TRUE(close(leaf.grad(), golden.gradients.at(name))) << "gradient of " << name;
  }
}

std::string cell_name(const ::testing::TestParamInfo<NamedCell>& cell) {
  const std::string file = cell.param.file;
  return file.substr(0, file.find('.'));
}

INSTANTIATE_TEST_SUITE_P(Cells, NnRecurrentGolden, ::testing::ValuesIn(kCells), cell_name);

class NnRecurrent : public ::testing::TestWithParam<NamedCell> {};

INSTANTIATE_TEST_SUITE_P(Cells, NnRecurrent, ::testing::ValuesIn(kCells), cell_name);

Tensor some_input(const Shape& shape, DType dtype = DType::f64) {
  Random random(7, "input");
  return randn(shape, random, dtype);
}

TEST_P(NnRecurrent, ReversedIsForwardOnTheReversedSequence) {
  nn::Module root(0, DType::f64);
  nn::Recurrent both(root, "both", GetParam().cell, 3, 4, {.bidirectional = true});
  nn::Recurrent single(root, "single", GetParam().cell, 3, 4);
  NoGrad no_grad;
  NamedTensors of_both = both.parameters(), of_single = single.parameters();
  for (size_t i = 0; i < of_single.size(); ++i)
    assign(of_single[i].tensor, of_both[i + of_single.size()].tensor);
  const int64_t steps = 5;
  const Tensor x = some_input({steps, 2, 3});
  Tensors reversed;
  for (int64_t t = steps; t-- > 0;) reversed.push_back(select(x, t));
  const Tensor expected = single(stack(reversed)).output;
  const nn::RecurrentResult result = both(x);
  ASSERT_EQ(result.output.shape(), (Shape{steps, 2, 8}));
  for (int64_t t = 0; t < steps; ++t)
    EXPECT_TRUE(close(slice(select(result.output, t), 1, 4, 8), select(expected, steps - 1 - t)));
  EXPECT_TRUE(close(select(result.state.h, 1), select(expected, steps - 1)));
}

TEST_P(NnRecurrent, APaddedRowEqualsTheRowAlone) {
  nn::Module root(0, DType::f64);
  nn::Recurrent layer(root, "layer", GetParam().cell, 3, 4,
                      {.num_layers = 2, .bidirectional = true});
  const Tensor x = some_input({6, 3, 3});
  const std::vector<int32_t> lengths{2, 6, 0};
  const nn::RecurrentResult all = layer(x, {.lengths = from_vector(lengths, {3})});
  for (int64_t row = 0; row < 3; ++row) {
    const int64_t length = lengths[static_cast<size_t>(row)];
    const Tensor own = slice(all.output, 1, row, row + 1);
    EXPECT_TRUE(same_bits(slice(own, 0, length, 6), zeros({6 - length, 1, 8}, DType::f64)));
    if (length == 0) {
      EXPECT_TRUE(same_bits(slice(all.state.h, 1, row, row + 1), zeros({4, 1, 4}, DType::f64)));
      continue;
    }
    const nn::RecurrentResult alone = layer(slice(slice(x, 0, 0, length), 1, row, row + 1));
    EXPECT_TRUE(close(slice(own, 0, 0, length), alone.output));
    EXPECT_TRUE(close(slice(all.state.h, 1, row, row + 1), alone.state.h));
  }
}

TEST_P(NnRecurrent, CarriesItsStateFromPieceToPiece) {
  nn::Module root(0);
  nn::Recurrent layer(root, "layer", GetParam().cell, 3, 4, {.num_layers = 2});
  const Tensor x = some_input({7, 2, 3}, DType::f32);
  const nn::RecurrentResult whole = layer(x);
  const nn::RecurrentResult first = layer(slice(x, 0, 0, 3));
  const nn::RecurrentState carried = first.state.detach();
  EXPECT_FALSE(carried.h.requires_grad());
  const nn::RecurrentResult second = layer(slice(x, 0, 3, 7), {.initial = carried});
  EXPECT_TRUE(close(concat({first.output, second.output}, 0), whole.output, 1e-6));
  EXPECT_TRUE(close(second.state.h, whole.state.h, 1e-6));
}

TEST_P(NnRecurrent, ReturnsWhatEachLayerAndDirectionDid) {
  nn::Module root(0);
  nn::Recurrent layer(root, "layer", GetParam().cell, 3, 4,
                      {.num_layers = 2, .bidirectional = true});
  const Tensor x = some_input({5, 2, 3}, DType::f32);
  const nn::RecurrentResult result = layer(x, {.return_gates = true});
  ASSERT_EQ(result.layers.size(), 4u);
  EXPECT_TRUE(
      same_bits(concat({result.layers[2].output, result.layers[3].output}, 2), result.output));
  for (const SequenceResult& one : result.layers) {
    const bool gated = GetParam().cell == nn::Cell::kLstm || GetParam().cell == nn::Cell::kGru;
    EXPECT_EQ(one.gates.defined(), gated);
    EXPECT_EQ(one.cells.defined(), GetParam().cell == nn::Cell::kLstm);
  }
  EXPECT_TRUE(layer(x).layers.empty());
}

// The copy of the weights that inference keeps gives the bits of training, which makes its own.
TEST_P(NnRecurrent, InferenceKeepsACopyOfTheWeightsUntilTheyChange) {
  struct Sizes {
    int64_t length, batch, inputs, hidden;
  };
  for (const auto& [length, batch, inputs, hidden] :
       {Sizes{1, 1, 3, 4}, Sizes{9, 3, 400, 5}, Sizes{40, 1, 7, 33}, Sizes{70, 24, 17, 40}}) {
    nn::Module root(0);
    nn::Recurrent net(root, "net", GetParam().cell, inputs, hidden);
    const RecurrentWeights& weights = net.weights(0);
    const Tensors sources{weights.w_ih, weights.w_hh, weights.b_ih, weights.b_hh};
    const Tensor x = some_input({length, batch, inputs}, DType::f32);
    const auto inferred = [&] {
      const NoGrad no_grad;
      return net(x).output;
    };
    for (const Tensor& source : sources) {
      const Tensor trained = net(x).output;
      EXPECT_TRUE(same_bits(inferred(), trained));
      EXPECT_TRUE(same_bits(inferred(), trained));
      EXPECT_EQ(weights.packed->holds(sources), length > 1) << "a single step copies nothing";
      const NoGrad no_grad;
      Tensor changed = source;
      changed.mutable_data<float>()[1] += 0.5f;
      EXPECT_FALSE(weights.packed->holds(sources));
    }
    EXPECT_TRUE(same_bits(inferred(), net(x).output));
  }
}

// Inference orders its gates as the weights are packed, and overwrites the cell states.
TEST_P(NnRecurrent, InferenceComputesWhatTrainingDoes) {
  const Tensor two_lengths = from_vector<int32_t>({4, 9}, {2});
  for (const int64_t hidden : {5, 16, 70})
    for (const int64_t batch : {1, 2, 7})
      for (const bool with_lengths : {false, true}) {
        if (with_lengths && batch != 2) continue;
        SCOPED_TRACE(
            concat_message("hidden ", hidden, ", batch ", batch, ", lengths ", with_lengths));
        nn::Module root(0);
        nn::Recurrent net(root, "net", GetParam().cell, 6, hidden, {.bidirectional = true});
        nn::RecurrentState initial{some_input({2, batch, hidden}, DType::f32)};
        if (GetParam().cell == nn::Cell::kLstm)
          initial.c = some_input({2, batch, hidden}, DType::f32);
        const auto run = [&] {
          return net(some_input({9, batch, 6}, DType::f32),
                     {.initial = initial, .lengths = with_lengths ? two_lengths : Tensor()});
        };
        const nn::RecurrentResult trained = run();
        const NoGrad no_grad;
        const nn::RecurrentResult inferred = run();
        EXPECT_TRUE(same_bits(inferred.output, trained.output));
        EXPECT_TRUE(same_bits(inferred.state.h, trained.state.h));
        if (initial.c.defined()) {
          EXPECT_TRUE(same_bits(inferred.state.c, trained.state.c));
        }
      }
}

TEST_P(NnRecurrent, PassesTheGradientCheck) {
  nn::Module root(0, DType::f64);
  nn::Recurrent layer(root, "layer", GetParam().cell, 2, 3,
                      {.num_layers = 2, .bidirectional = true, .bias = false});
  EXPECT_EQ(layer.parameters().size(), 8u);
  const Tensor lengths = from_vector<int32_t>({2, 4}, {2});
  const auto run = [&](const Tensors& in) {
    const nn::RecurrentResult result = layer(in[0], {.initial = {.h = in[1]}, .lengths = lengths});
    return Tensors{result.output, result.state.h};
  };
  EXPECT_TRUE(gradcheck(run, {some_input({4, 2, 2}), some_input({4, 2, 3})}));
}

TEST_P(NnRecurrent, SaysWhatItExpects) {
  nn::Module root(0);
  nn::Recurrent layer(root, "layer", GetParam().cell, 10, 4, {.num_layers = 2});
  const std::string message = expect_error(
      [&] {
        layer(zeros({5, 2, 9}));
      },
      kMachine,
      "input: expected (seq_len, batch, 10) = (seq_len, batch, input_size), got (5, 2, 9)");
  const bool lstm = GetParam().cell == nn::Cell::kLstm;
  EXPECT_EQ(message.find(lstm                                ? "[LSTM] "
                         : GetParam().cell == nn::Cell::kGru ? "[GRU] "
                                                             : "[RNN] "),
            0u);
  expect_error([&] { layer(zeros({2, 10})); }, kMachine, "got (2, 10)");
  const Tensor x = zeros({5, 2, 10});
  expect_error(
      [&] {
        layer(x, {.initial = {.h = zeros({1, 2, 4})}});
      },
      kMachine,
      "initial.h: expected (2, 2, 4) = (num_layers*directions, batch, hidden_size), got "
      "(1, 2, 4)");
  expect_error(
      [&] {
        layer(x, {.initial = {.c = zeros({2, 2, 3})}});
      },
      kMachine, lstm ? "initial.c: expected (2, 2, 4)" : "only an LSTM has a cell state");
  expect_error([&] { layer(x, {.lengths = zeros({3}, DType::i32)}); }, kMachine, "lengths");
  expect_error([&] { layer.weights(2); }, kMachine, "has no layer 2");
  expect_error([&] { layer.weights(0, true); }, kMachine, "has no reverse layer 0");
}

TEST(NnRecurrentOptions, AreChecked) {
  nn::Module root(0);
  expect_error([&] { nn::LSTM(root, "a", 0, 4); }, kMachine, "got input_size 0");
  expect_error([&] { nn::GRU(root, "a", 3, 4, {.num_layers = 0}); }, kMachine, "num_layers 0");
  expect_error([&] { nn::RNN(root, "a", 3, 4, {.dropout = 1.0}); }, kMachine, "0 <= dropout < 1");
}

TEST(NnRecurrentOptions, DropoutActsBetweenLayersWhileTraining) {
  nn::Module root(0);
  nn::LSTM plain(root, "a", 3, 4, {.num_layers = 2});
  nn::LSTM dropping(root, "b", 3, 4, {.num_layers = 2, .dropout = 0.5});
  nn::LSTM single(root, "c", 3, 4, {.dropout = 0.5});
  NamedTensors from = plain.parameters(), to = dropping.parameters();
  for (size_t i = 0; i < from.size(); ++i) {
    NoGrad no_grad;
    assign(to[i].tensor, from[i].tensor);
  }
  const Tensor x = some_input({5, 2, 3}, DType::f32);
  const nn::RecurrentInputs with_gates{.return_gates = true};
  const nn::RecurrentResult dropped = dropping(x, with_gates), whole = plain(x, with_gates);
  EXPECT_TRUE(same_bits(dropped.layers[0].output, whole.layers[0].output));
  EXPECT_FALSE(same_bits(dropped.output, whole.output));
  EXPECT_FALSE(same_bits(dropping(x).output, dropped.output));
  EXPECT_TRUE(same_bits(single(x).output, single(x).output));
  root.eval();
  EXPECT_TRUE(same_bits(dropping(x).output, whole.output));
}

TEST(NnRecurrentOptions, ForgetBiasGoesIntoBiasIhAlone) {
  nn::Module root(0);
  nn::LSTM lstm(root, "lstm", 3, 4, {.num_layers = 2, .bidirectional = true});
  const Tensor before = copy_to(lstm.weights(1, true).b_ih, Device::cpu);
  nn::set_forget_bias(lstm, 1.0);
  for (int layer = 0; layer < 2; ++layer)
    for (bool reverse : {false, true}) {
      const RecurrentWeights& weights = lstm.weights(layer, reverse);
      EXPECT_TRUE(same_bits(weights.b_ih.view_rows(4, 8), ones({4})));
      EXPECT_TRUE(same_bits(weights.b_hh.view_rows(4, 8), zeros({4})));
    }
  EXPECT_TRUE(same_bits(lstm.weights(1, true).b_ih.view_rows(0, 4), before.view_rows(0, 4)));
  EXPECT_TRUE(same_bits(lstm.weights(1, true).b_ih.view_rows(8, 16), before.view_rows(8, 16)));
  nn::GRU gru(root, "gru", 3, 4);
  expect_error([&] { nn::set_forget_bias(gru, 1.0); }, kMachine, "'gru' is not an LSTM");
}

}  // namespace
}  // namespace unroll
