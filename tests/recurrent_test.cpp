// The whole-sequence ops and the cells against the same networks composed of primitive ops.
#include <functional>
#include <gtest/gtest.h>

#include "engine/autograd.h"
#include "engine/ops.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

constexpr int64_t kSteps = 6, kBatch = 5, kInput = 4, kHidden = 7;

Tensor gate(const Tensor& gates, int64_t i) {
  return slice(gates, 1, i * kHidden, (i + 1) * kHidden);
}

// ---- the equations, in primitive ops. State: {h} or {h, c}.

using Cell = Tensors (*)(const Tensor& x_gates, const Tensor& h_gates, const Tensors& state);

Tensors tanh_cell(const Tensor& x, const Tensor& h, const Tensors&) { return {tanh(x + h)}; }
Tensors relu_cell(const Tensor& x, const Tensor& h, const Tensors&) { return {relu(x + h)}; }

Tensors primitive_lstm_cell(const Tensor& x, const Tensor& h, const Tensors& state) {
  const Tensor gates = x + h;
  const Tensor i = sigmoid(gate(gates, 0)), f = sigmoid(gate(gates, 1));
  const Tensor g = tanh(gate(gates, 2)), o = sigmoid(gate(gates, 3));
  const Tensor c = f * state[1] + i * g;
  return {o * tanh(c), c};
}

Tensors primitive_gru_cell(const Tensor& x, const Tensor& h, const Tensors& state) {
  const Tensor r = sigmoid(gate(x, 0) + gate(h, 0)), z = sigmoid(gate(x, 1) + gate(h, 1));
  const Tensor n = tanh(gate(x, 2) + r * gate(h, 2));
  return {(1.0 - z) * n + z * state[0]};
}

struct Network {
  const char* name;
  int64_t gates;
  size_t states;
  Cell cell;
  SequenceResult (*run)(const Tensor& x, const Tensors& initial, const RecurrentWeights&,
                        const SequenceOptions&);
};

void PrintTo(const Network& network, std::ostream* out) { *out << network.name; }

const Network kNetworks[] = {
    {"tanh", 1, 1, tanh_cell,
     [](const Tensor& x, const Tensors& initial, const RecurrentWeights& w,
        const SequenceOptions& options) {
       return rnn(x, initial[0], w, Nonlinearity::kTanh, options);
     }},
    {"relu", 1, 1, relu_cell,
     [](const Tensor& x, const Tensors& initial, const RecurrentWeights& w,
        const SequenceOptions& options) {
       return rnn(x, initial[0], w, Nonlinearity::kRelu, options);
     }},
    {"lstm", 4, 2, primitive_lstm_cell,
     [](const Tensor& x, const Tensors& initial, const RecurrentWeights& w,
        const SequenceOptions& options) { return lstm(x, initial[0], initial[1], w, options); }},
    {"gru", 3, 1, primitive_gru_cell,
     [](const Tensor& x, const Tensors& initial, const RecurrentWeights& w,
        const SequenceOptions& options) { return gru(x, initial[0], w, options); }},
};

// 1 in the rows (batch) whose sequence has step t, as f64 (batch, 1).
Tensor has_step(const Tensor& lengths, int64_t t) {
  Tensor mask({kBatch, 1}, DType::f64);
  for (int64_t b = 0; b < kBatch; ++b)
    mask.mutable_data<double>()[b] =
        !lengths.defined() || t < lengths.data<int32_t>()[b] ? 1.0 : 0.0;
  return mask;
}

// What Network::run returns as {output, h_n, c_n}, step by step.
Tensors compose(const Network& network, const Tensor& x, const Tensors& initial,
                const RecurrentWeights& w, const SequenceOptions& options) {
  Tensors state = initial, outputs(kSteps);
  for (int64_t step = 0; step < kSteps; ++step) {
    const int64_t t = options.reverse ? kSteps - 1 - step : step;
    Tensor x_gates = matmul(select(x, t), w.w_ih, {.b = true});
    Tensor h_gates = matmul(state[0], w.w_hh, {.b = true});
    if (w.b_ih.defined()) x_gates = x_gates + w.b_ih;
    if (w.b_hh.defined()) h_gates = h_gates + w.b_hh;
    const Tensors next = network.cell(x_gates, h_gates, state);
    const Tensor mask = has_step(options.lengths, t);
    for (size_t i = 0; i < state.size(); ++i) state[i] = mask * next[i] + (1.0 - mask) * state[i];
    outputs[static_cast<size_t>(t)] = mask * next[0];
  }
  Tensors result{stack(outputs)};
  result.insert(result.end(), state.begin(), state.end());
  return result;
}

struct Leaves {
  Tensor x;
  Tensors initial;
  RecurrentWeights weights;

  Leaves(const Network& network, bool bias) {
    Random random(11, network.name);
    const auto make = [&](const Shape& shape) {
      return uniform(shape, -0.8, 0.8, random, DType::f64).set_requires_grad();
    };
    const int64_t rows = network.gates * kHidden;
    x = make({kSteps, kBatch, kInput});
    for (size_t i = 0; i < network.states; ++i) initial.push_back(make({kBatch, kHidden}));
    weights.w_ih = make({rows, kInput});
    weights.w_hh = make({rows, kHidden});
    if (bias) weights.b_ih = make({rows});
    if (bias) weights.b_hh = make({rows});
  }

  Tensors all() const {
    Tensors result{x, weights.w_ih, weights.w_hh};
    result.insert(result.end(), initial.begin(), initial.end());
    if (weights.b_ih.defined()) result.push_back(weights.b_ih);
    if (weights.b_hh.defined()) result.push_back(weights.b_hh);
    return result;
  }
};

Tensors outputs_of(const SequenceResult& result) {
  Tensors outputs{result.output, result.h_n};
  if (result.c_n.defined()) outputs.push_back(result.c_n);
  return outputs;
}

// Compares values, and gradients from each output alone and from all together.
void expect_equal(const Tensors& actual, const Tensors& expected, const Tensors& leaves) {
  ASSERT_EQ(actual.size(), expected.size());
  Random random(12, "output weights");
  Tensors weights;
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_TRUE(testing::close(actual[i], expected[i])) << "output " << i;
    weights.push_back(uniform(actual[i].shape(), -1, 1, random, DType::f64));
  }
  const auto compare = [&](const std::vector<size_t>& chosen, const std::string& from) {
    Tensors a, b, w;
    for (size_t i : chosen) {
      a.push_back(actual[i]);
      b.push_back(expected[i]);
      w.push_back(weights[i]);
    }
    const Tensors da = grad(a, leaves, w, true), db = grad(b, leaves, w, true);
    for (size_t i = 0; i < leaves.size(); ++i)
      EXPECT_TRUE(testing::close(da[i], db[i])) << "gradient of leaf " << i << " from " << from;
  };
  std::vector<size_t> all;
  for (size_t i = 0; i < actual.size(); ++i) {
    compare({i}, "output " + std::to_string(i));
    all.push_back(i);
  }
  compare(all, "all outputs");
}

class Sequence : public ::testing::TestWithParam<Network> {};

TEST_P(Sequence, EqualsTheNetworkOfPrimitiveOps) {
  const Tensor some_lengths = tensor({3, 6, 0, 1, 5}, DType::i32);
  for (bool bias : {true, false})
    for (bool reverse : {false, true})
      for (const Tensor& lengths : {Tensor(), some_lengths}) {
        SCOPED_TRACE(
            concat_message("bias ", bias, ", reverse ", reverse, ", lengths ", lengths.defined()));
        const Leaves leaves(GetParam(), bias);
        const SequenceOptions options{.reverse = reverse, .lengths = lengths};
        expect_equal(outputs_of(GetParam().run(leaves.x, leaves.initial, leaves.weights, options)),
                     compose(GetParam(), leaves.x, leaves.initial, leaves.weights, options),
                     leaves.all());
      }
}

TEST_P(Sequence, StartsFromZerosUnlessTold) {
  const Leaves leaves(GetParam(), true);
  const Tensors none(GetParam().states),
      zero(GetParam().states, zeros({kBatch, kHidden}, DType::f64));
  expect_equal(outputs_of(GetParam().run(leaves.x, none, leaves.weights, {})),
               outputs_of(GetParam().run(leaves.x, zero, leaves.weights, {})),
               {leaves.x, leaves.weights.w_ih, leaves.weights.w_hh, leaves.weights.b_ih});
}

TEST_P(Sequence, IsOneNode) {
  const Leaves leaves(GetParam(), true);
  const Tensor y = GetParam().run(leaves.x, leaves.initial, leaves.weights, {}).output;
  for (const Node::Edge& edge : y.impl().node->edges) EXPECT_TRUE(!edge.node || edge.node->is_leaf);
}

TEST_P(Sequence, PaddingHasNoInfluence) {
  const Leaves leaves(GetParam(), true);
  const SequenceOptions options{.lengths = tensor({3, 6, 0, 1, 5}, DType::i32)};
  Tensor dirty = copy_to(leaves.x, Device::cpu);
  for (int64_t t = 0; t < kSteps; ++t)
    for (int64_t b = 0; b < kBatch; ++b)
      for (int64_t i = 0; i < kInput; ++i)
        if (t >= options.lengths.data<int32_t>()[b])
          dirty.mutable_data<double>()[(t * kBatch + b) * kInput + i] = 1e30;
  dirty.set_requires_grad();
  const SequenceResult clean = GetParam().run(leaves.x, leaves.initial, leaves.weights, options);
  const SequenceResult with_dirty = GetParam().run(dirty, leaves.initial, leaves.weights, options);
  EXPECT_TRUE(testing::same_bits(with_dirty.output, clean.output));
  EXPECT_TRUE(testing::same_bits(with_dirty.h_n, clean.h_n));
  const Tensors of_clean = grad({sum(clean.output)}, {leaves.x, leaves.weights.w_ih});
  const Tensors of_dirty = grad({sum(with_dirty.output)}, {dirty, leaves.weights.w_ih});
  EXPECT_TRUE(testing::same_bits(of_dirty[0], of_clean[0]));
  EXPECT_TRUE(testing::same_bits(of_dirty[1], of_clean[1]));
}

INSTANTIATE_TEST_SUITE_P(Of, Sequence, ::testing::ValuesIn(kNetworks),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Cells, EqualTheirPrimitiveOps) {
  Random random(13, "cells");
  const auto make = [&](int64_t features) {
    return uniform({kBatch, features}, -2, 2, random, DType::f64).set_requires_grad();
  };
  for (const Network& network : kNetworks) {
    SCOPED_TRACE(network.name);
    const Tensor x = make(network.gates * kHidden), h = make(network.gates * kHidden);
    const Tensor h_0 = make(kHidden), c_0 = make(kHidden);
    Tensors actual, leaves{x, h};
    if (network.states == 2) {
      const LstmState state = lstm_cell(x, h, c_0);
      actual = {state.h, state.c};
      leaves.push_back(c_0);
    } else if (network.gates == 3) {
      actual = {gru_cell(x, h, h_0)};
      leaves.push_back(h_0);
    } else {
      actual = {
          rnn_cell(x, h, network.cell == relu_cell ? Nonlinearity::kRelu : Nonlinearity::kTanh)};
    }
    expect_equal(actual, network.cell(x, h, {h_0, c_0}), leaves);
  }
}

TEST(SequenceErrors, NameTheArgumentAndBothShapes) {
  const Network& network = kNetworks[2];
  const auto expect_error = [&](const std::function<void(Leaves&, SequenceOptions&)>& spoil,
                                const std::string& part) {
    Leaves leaves(network, true);
    SequenceOptions options;
    spoil(leaves, options);
    testing::expect_error([&] { network.run(leaves.x, leaves.initial, leaves.weights, options); },
                          Error::Cause::kMachine, part);
  };
  const auto f64 = [](const Shape& shape) { return zeros(shape, DType::f64); };
  expect_error([&](Leaves& l, auto&) { l.x = f64({6, 4}); }, "[lstm] x: expected 3 dimensions");
  expect_error([&](Leaves& l, auto&) { l.x = f64({6, 5, 3}); }, "(28, 3)");
  expect_error([&](Leaves& l, auto&) { l.weights.w_hh = f64({28, 6}); }, "[lstm] w_hh");
  expect_error([&](Leaves& l, auto&) { l.weights.b_ih = f64({7}); }, "[lstm] b_ih: expected (28)");
  expect_error(
      [&](Leaves& l, auto&) {
        l.initial[0] = f64({7, 5});
      },
      "[lstm] h_0: expected (5, 7)");
  expect_error([&](Leaves& l, auto&) { l.initial[1] = f64({5}); }, "[lstm] c_0: expected (5, 7)");
  expect_error([&](Leaves& l, auto&) { l.initial[1] = zeros({5, 7}); }, "[lstm] c_0: expected f64");
  expect_error([&](auto&, SequenceOptions& o) { o.lengths = zeros({5}); }, "[lstm] lengths");
  expect_error(
      [&](auto&, SequenceOptions& o) {
        o.lengths = tensor({1, 2}, DType::i32);
      },
      "[lstm] lengths: expected (5)");
  expect_error(
      [&](auto&, SequenceOptions& o) {
        o.lengths = tensor({1, 2, 7, 1, 1}, DType::i32);
      },
      "[lstm] lengths");
  expect_error(
      [&](auto&, SequenceOptions& o) {
        o.lengths = tensor({1, 2, -1, 1, 1}, DType::i32);
      },
      "[lstm] lengths");
}

}  // namespace
}  // namespace unroll
