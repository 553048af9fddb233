// The module tree: names, seeds, modes; and the layers that are not recurrent.
#include <cmath>
#include <gtest/gtest.h>
#include <memory>

#include "engine/autograd.h"
#include "engine/gradcheck.h"
#include "engine/nn.h"
#include "engine/ops.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

using testing::close;
using testing::expect_error;
using testing::same_bits;

struct Block : nn::Module {
  Block(nn::Module& parent, std::string_view name) : Module(parent, name) {}
  nn::LSTM lstm{*this, "lstm", 3, 4};
  nn::Dropout dropout{*this, "dropout", 0.5};
};

struct Model : nn::Module {
  explicit Model(uint64_t seed, DType dtype = DType::f32) : Module(seed, dtype) {}
  nn::Embedding embedding{*this, "embedding", 7, 3};
  Block block{*this, "block"};
  nn::Linear head{*this, "head", 4, 7};
};

std::vector<std::string> names(const nn::Module& module) {
  std::vector<std::string> found;
  for (const NamedTensor& parameter : module.parameters()) found.push_back(parameter.name);
  return found;
}

TEST(NnModule, NamesParametersByTheirPlace) {
  const Model model(1);
  EXPECT_EQ(names(model),
            (std::vector<std::string>{"embedding.weight", "block.lstm.weight_ih_l0",
                                      "block.lstm.weight_hh_l0", "block.lstm.bias_ih_l0",
                                      "block.lstm.bias_hh_l0", "head.weight", "head.bias"}));
  EXPECT_EQ(names(model.block)[0], "lstm.weight_ih_l0");
  EXPECT_EQ(model.block.lstm.path(), "block.lstm");
  EXPECT_EQ(model.num_parameters(), 7 * 3 + 16 * 3 + 16 * 4 + 2 * 16 + 7 * 4 + 7);
}

TEST(NnModule, DrawsAParameterFromItsNameAlone) {
  Model model(1);
  nn::Module other(1);
  nn::Linear before(other, "before", 5, 5);
  nn::Linear head(other, "head", 4, 7);
  EXPECT_TRUE(same_bits(head.weight, model.head.weight));
  EXPECT_TRUE(same_bits(head.bias, model.head.bias));
  EXPECT_FALSE(same_bits(Model(2).head.weight, model.head.weight));
  // f64 parameters are the same numbers before they are rounded.
  EXPECT_TRUE(close(model.embedding.weight, Model(1, DType::f64).embedding.weight, 1e-6));
}

TEST(NnModule, RefusesNamesThatClash) {
  nn::Module root(0);
  nn::Linear a(root, "a", 1, 1);
  const auto machine = Error::Cause::kMachine;
  expect_error([&] { nn::Linear(root, "a", 1, 1); }, machine, "the name 'a' is used twice");
  expect_error([&] { nn::Linear(root, "", 1, 1); }, machine, "must not be empty");
  expect_error([&] { nn::Linear(root, "b.c", 1, 1); }, machine, "got 'b.c'");
  expect_error([&] { nn::Linear(root, "b", 0, 1); }, machine, "at least 1, got 0");
  expect_error([&] { nn::Dropout(root, "b", 1.0); }, machine, "expected 0 <= p < 1, got 1");
  expect_error([&] { nn::Module(0, DType::i32); }, machine, "got i32");
  EXPECT_EQ(names(root), (std::vector<std::string>{"a.weight", "a.bias"}));
}

TEST(NnModule, ForgetsAChildThatEnded) {
  nn::Module root(0);
  auto child = std::make_unique<nn::Linear>(root, "a", 2, 3);
  child.reset();
  EXPECT_TRUE(root.parameters().empty());
  nn::Linear again(root, "a", 2, 3);
  EXPECT_EQ(root.num_parameters(), 9);
}

TEST(NnModule, ListsTiedWeightsOnce) {
  nn::Module root(0);
  nn::Embedding embedding(root, "embedding", 5, 3);
  nn::Linear head(root, "head", 3, 5, /*bias=*/false);
  head.weight = embedding.weight;
  EXPECT_EQ(names(root), (std::vector<std::string>{"embedding.weight"}));
}

TEST(NnModule, SwitchesBetweenTrainingAndEvaluation) {
  Model model(1);
  EXPECT_TRUE(model.block.dropout.training());
  model.eval();
  EXPECT_FALSE(model.block.dropout.training());
  const Tensor x = ones({100});
  EXPECT_TRUE(same_bits(model.block.dropout(x), x));
  model.train();
  EXPECT_TRUE(model.block.dropout.training());
  EXPECT_FALSE(same_bits(model.block.dropout(x), x));
}

TEST(NnModule, ListsTheStreamsThatMove) {
  Model model(1);
  auto streams = model.random_streams();
  ASSERT_EQ(streams.size(), 1u);  // the LSTM has no dropout
  EXPECT_EQ(streams[0].name, "block.dropout.dropout");
  const Tensor x = ones({64});
  const uint64_t start = streams[0].random->position();
  const Tensor first = model.block.dropout(x);
  EXPECT_FALSE(same_bits(model.block.dropout(x), first));
  streams[0].random->set_position(start);
  EXPECT_TRUE(same_bits(model.block.dropout(x), first));
}

TEST(NnModule, DropsGradients) {
  nn::Module root(0);
  nn::Linear linear(root, "linear", 2, 2);
  linear.bias.set_requires_grad(false);
  sum(linear(ones({1, 2}))).backward();
  EXPECT_TRUE(linear.weight.grad().defined());
  root.zero_grad();
  EXPECT_FALSE(linear.weight.grad().defined());
}

TEST(NnLinear, TakesInputsOfAnyRank) {
  nn::Module root(3, DType::f64);
  nn::Linear linear(root, "linear", 4, 2);
  Random random(0, "x");
  const Tensor x = randn({3, 5, 4}, random, DType::f64);
  const Tensor y = linear(x);
  ASSERT_EQ(y.shape(), (Shape{3, 5, 2}));
  EXPECT_TRUE(close(linear(x.view({15, 4})).view({3, 5, 2}), y));
  EXPECT_TRUE(
      close(linear(x.view({60}).view_rows(0, 4)), y.view({15, 2}).view_rows(0, 1).view({2})));
  double expected = linear.bias.at({1});
  for (int64_t k = 0; k < 4; ++k) expected += x.at({2, 4, k}) * linear.weight.at({1, k});
  EXPECT_NEAR(y.at({2, 4, 1}), expected, 1e-14);
  EXPECT_EQ(linear(zeros({0, 4}, DType::f64)).shape(), (Shape{0, 2}));
  EXPECT_TRUE(gradcheck([&](const Tensors& in) { return Tensors{linear(in[0])}; }, {x}));
}

TEST(NnLinear, SaysWhatItExpects) {
  nn::Module root(3);
  nn::Linear linear(root, "linear", 4, 2);
  expect_error(
      [&] {
        linear(zeros({3, 5}));
      },
      Error::Cause::kMachine, "[Linear] input: expected (…, 4), got (3, 5)");
  expect_error([&] { linear(zeros({})); }, Error::Cause::kMachine, "got ()");
}

TEST(NnLinear, IsDrawnAsByPyTorch) {
  nn::Module root(3);
  nn::Linear linear(root, "linear", 100, 400);
  double largest = 0.0, square = 0.0;
  for (float value : linear.weight.to_vector<float>()) {
    largest = std::max(largest, std::abs(static_cast<double>(value)));
    square += static_cast<double>(value) * static_cast<double>(value);
  }
  EXPECT_LE(largest, 0.1);
  EXPECT_GT(largest, 0.0999);
  EXPECT_NEAR(square / 40000, 0.01 / 3, 0.0001);  // b²/3
}

TEST(NnEmbedding, PicksRows) {
  nn::Module root(3);
  nn::Embedding embedding(root, "embedding", 5, 3);
  const Tensor y = embedding(from_vector<int32_t>({4, 0, 4, 1}, {2, 2}));
  ASSERT_EQ(y.shape(), (Shape{2, 2, 3}));
  EXPECT_EQ(y.at({1, 0, 2}), embedding.weight.at({4, 2}));
}

TEST(NnLayerNorm, NormalisesThenScales) {
  nn::Module root(3, DType::f64);
  nn::LayerNorm norm(root, "norm", 4);
  const Tensor y = norm(tensor({1, 2, 3, 4}, DType::f64));
  const double s = std::sqrt(1.25 + 1e-5);
  EXPECT_TRUE(close(y, tensor({-1.5 / s, -0.5 / s, 0.5 / s, 1.5 / s}, DType::f64)));
  nn::init::constant(norm.weight, 2.0);
  nn::init::constant(norm.bias, 1.0);
  EXPECT_NEAR(norm(tensor({1, 2, 3, 4}, DType::f64)).at({3}), 1.0 + 3.0 / s, 1e-12);
  expect_error([&] { norm(zeros({2, 3}, DType::f64)); }, Error::Cause::kMachine, "(…, 4)");
}

// ---- initialisers

TEST(NnInit, OrthogonalKeepsLengths) {
  for (const Shape& shape :
       {Shape{7, 7}, Shape{3, 8}, Shape{40, 9}, Shape{1, 1}, Shape{257, 257}}) {
    Random random(5, "q");
    Tensor q = zeros(shape, DType::f64);
    nn::init::orthogonal(q, random, 1.5);
    const bool wide = shape[0] <= shape[1];
    const Tensor product = matmul(q, q, {.a = !wide, .b = wide});
    const int64_t n = product.size(0);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j)
        ASSERT_NEAR(product.at({i, j}), i == j ? 2.25 : 0.0, 1e-13) << shape << i << ", " << j;
  }
}

TEST(NnInit, SetsOneGateInPlace) {
  nn::Module root(3);
  nn::GRU gru(root, "gru", 2, 3);
  const Tensor before = copy_to(gru.weights(0).w_hh, Device::cpu);
  Random random(5, "q");
  nn::init::orthogonal(gru.weights(0).w_hh.view_rows(3, 6), random);
  const Tensor after = gru.parameters()[1].tensor;
  EXPECT_TRUE(same_bits(after.view_rows(0, 3), before.view_rows(0, 3)));
  EXPECT_TRUE(same_bits(after.view_rows(6, 9), before.view_rows(6, 9)));
  EXPECT_FALSE(same_bits(after.view_rows(3, 6), before.view_rows(3, 6)));
  EXPECT_TRUE(after.requires_grad());
}

TEST(NnInit, XavierHasItsVariance) {
  Tensor weight = zeros({300, 100}, DType::f64);
  for (const auto& draw : {nn::init::xavier_uniform, nn::init::xavier_normal}) {
    Random random(5, "w");
    draw(weight, random, 2.0);
    EXPECT_NEAR(mean(weight).item(), 0.0, 0.003);
    EXPECT_NEAR(mean(square(weight)).item(), 4.0 * 2.0 / 400, 0.0004);
  }
  Random random(5, "w");
  expect_error([&] { nn::init::xavier_uniform(zeros({3}), random); }, Error::Cause::kMachine,
               "[xavier_uniform] weight: expected 2 dimensions (out, in), got (3)");
}

}  // namespace
}  // namespace unroll
