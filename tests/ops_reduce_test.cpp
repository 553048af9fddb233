// Reductions, softmax and layer norm where the table of ops does not look: values by hand, sums of
// many blocks, infinities and NaN, empty tensors, messages.
#include <cmath>
#include <limits>

#include "engine/autograd.h"
#include "engine/ops.h"
#include "kernels/parallel.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

using testing::close;
using testing::same_bits;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Tensor f64(std::initializer_list<double> values, const Shape& shape) {
  return from_vector(std::vector<double>(values), shape);
}

template <class Action>
void expect_op_error(Action&& action, const std::string& part) {
  testing::expect_error(action, Error::Cause::kMachine, part);
}

// The gradient of f's only input, for a gradient of 1 of every output element.
template <class F>
Tensor gradient_of(F f, Tensor x) {
  x = x.detach().set_requires_grad();
  const Tensor y = f(x);
  return grad({y}, {x}, {ones(y.shape(), y.dtype())})[0];
}

// f(x) has the same bits for 1, 2 and 3 threads.
template <class F>
void expect_same_for_any_threads(F f, const Tensor& x) {
  const int before = kernels::num_threads();
  kernels::set_num_threads(1);
  const Tensor one = f(x);
  for (int threads : {2, 3}) {
    kernels::set_num_threads(threads);
    EXPECT_TRUE(same_bits(f(x), one)) << threads << " threads, shape " << x.shape();
  }
  kernels::set_num_threads(before);
}

TEST(OpsReduce, Shapes) {
  const Tensor x = zeros({2, 3, 4});
  EXPECT_EQ(sum(x).shape(), Shape({}));
  EXPECT_EQ(sum(x, 1).shape(), Shape({2, 4}));
  EXPECT_EQ(sum(x, -1, true).shape(), Shape({2, 3, 1}));
  EXPECT_EQ(mean(x, 0, true).shape(), Shape({1, 3, 4}));
  EXPECT_EQ(max(x, 0).shape(), Shape({3, 4}));
  EXPECT_EQ(logsumexp(x, -2).shape(), Shape({2, 4}));
  EXPECT_EQ(argmax(x, -1).shape(), Shape({2, 3}));
  EXPECT_EQ(sum(scalar(3)).item(), 3);
}

TEST(OpsReduce, ValuesByHand) {
  const Tensor x = f64({1, 5, 3, 4, 2, 6}, {2, 3});
  EXPECT_EQ(sum(x).item(), 21);
  EXPECT_EQ(mean(x).item(), 3.5);
  EXPECT_EQ(max(x).item(), 6);
  EXPECT_TRUE(same_bits(sum(x, 0), f64({5, 7, 9}, {3})));
  EXPECT_TRUE(same_bits(sum(x, 1), f64({9, 12}, {2})));
  EXPECT_TRUE(same_bits(mean(x, 1), f64({3, 4}, {2})));
  EXPECT_TRUE(same_bits(max(x, 0), f64({4, 5, 6}, {3})));
  EXPECT_TRUE(same_bits(argmax(x, 0), from_vector<int32_t>({1, 0, 1}, {3})));
  EXPECT_TRUE(same_bits(argmax(x, 1), from_vector<int32_t>({1, 2}, {2})));
  EXPECT_NEAR(logsumexp(f64({0, std::log(3)}, {2})).item(), std::log(4), 1e-15);
}

TEST(OpsReduce, EqualElementsGiveTheFirst) {
  for (const Shape& shape : {Shape{1, 40}, Shape{40, 1}, Shape{40, 3}}) {
    const int axis = shape[0] == 1 ? 1 : 0;
    EXPECT_EQ(argmax(full(shape, 2), axis).to_vector<int32_t>()[0], 0);
    const Tensor d = gradient_of([&](const Tensor& x) { return max(x, axis); }, full(shape, 2));
    EXPECT_EQ(d.at({0, 0}), 1);
    EXPECT_EQ(sum(d).item(), shape[0] * shape[1] / 40);
  }
}

// 0.1f is not a sum of few powers of two, so each addition rounds; one running f32 sum of a million
// would be wrong in the third digit.
TEST(OpsReduce, LongSumsAreAccurate) {
  const auto tenth = static_cast<double>(0.1f);
  for (int64_t n : {1000, 8192, 8193, 1000003}) {
    const double expected = static_cast<double>(n) * tenth;
    EXPECT_NEAR(sum(full({n}, 0.1)).item() / expected, 1, 2e-7) << n;
    EXPECT_NEAR(sum(full({n, 3}, 0.1), 0).at({2}) / expected, 1, 2e-6) << n;
    EXPECT_NEAR(logsumexp(full({n}, 0.1)).item(), tenth + std::log(n), 2e-6) << n;
    EXPECT_NEAR(logsumexp(full({n, 2}, 0.1), 0).at({1}), tenth + std::log(n), 5e-5) << n;
  }
}

TEST(OpsReduce, ManyBlocksAndTilesAgreeWithF64) {
  Random random(1, "test");
  for (const Shape& shape : {Shape{1, 20000, 1}, Shape{3, 9000, 1}, Shape{1, 1025, 7},
                             Shape{2, 515, 257}, Shape{1, 3, 1000}, Shape{700, 2, 3}}) {
    const Tensor x = uniform(shape, -1, 1, random), x64 = cast(x, DType::f64);
    EXPECT_TRUE(close(sum(x, 1), sum(x64, 1), 1e-6, 1e-5)) << shape;
    EXPECT_TRUE(close(logsumexp(x, 1), logsumexp(x64, 1), 1e-6)) << shape;
    EXPECT_TRUE(close(softmax(x, 1), softmax(x64, 1), 1e-6)) << shape;
    EXPECT_TRUE(close(log_softmax(x, 1), log_softmax(x64, 1), 1e-6)) << shape;
    EXPECT_TRUE(same_bits(max(x, 1), cast(max(x64, 1), DType::f32))) << shape;
    EXPECT_TRUE(same_bits(argmax(x, 1), argmax(x64, 1))) << shape;
    const auto double_of_sum = [](const Tensor& t) { return scale(sum(t, 1), 2); };
    EXPECT_TRUE(same_bits(gradient_of(double_of_sum, x), full(shape, 2))) << shape;
  }
}

TEST(OpsReduce, BitsDoNotDependOnThreads) {
  Random random(2, "test");
  const std::vector<Shape> shapes = {{100000}, {9000, 3}, {600, 300}, {64, 2048}, {3, 40, 700}};
  for (const Shape& shape : shapes) {
    const Tensor x = uniform(shape, -1, 1, random);
    expect_same_for_any_threads([](const Tensor& t) { return sum(t); }, x);
    for (int axis = 0; axis < x.rank(); ++axis) {
      expect_same_for_any_threads([=](const Tensor& t) { return sum(t, axis); }, x);
      expect_same_for_any_threads([=](const Tensor& t) { return max(t, axis); }, x);
      expect_same_for_any_threads([=](const Tensor& t) { return logsumexp(t, axis); }, x);
      expect_same_for_any_threads([=](const Tensor& t) { return softmax(t, axis); }, x);
      expect_same_for_any_threads(
          [=](const Tensor& t) {
            return gradient_of([=](const Tensor& u) { return log_softmax(u, axis); }, t);
          },
          x);
    }
    expect_same_for_any_threads(
        [&](const Tensor& t) {
          const Tensor weight = ones({shape.back()}).set_requires_grad();
          const Tensor y = layer_norm(t, weight, {});
          return grad({y}, {weight}, {t})[0];
        },
        x);
  }
}

TEST(OpsReduce, NothingToReduce) {
  EXPECT_EQ(sum(zeros({0})).item(), 0);
  EXPECT_TRUE(same_bits(sum(zeros({0, 3}), 0), zeros({3})));
  EXPECT_EQ(sum(zeros({3, 0}), 0).shape(), Shape({0}));
  EXPECT_EQ(gradient_of([](const Tensor& x) { return sum(x, 0); }, zeros({0, 3})).shape(),
            Shape({0, 3}));
  EXPECT_EQ(max(zeros({0, 3}), 1).shape(), Shape({0}));
  EXPECT_EQ(softmax(zeros({0, 3})).shape(), Shape({0, 3}));
  EXPECT_EQ(softmax(zeros({3, 0})).shape(), Shape({3, 0}));
  expect_op_error([] { mean(zeros({0})); }, "[mean] nothing to reduce in shape (0)");
  expect_op_error([] { max(zeros({2, 0}), 1); }, "[max] nothing to reduce in shape (2, 0)");
  expect_op_error([] { argmax(zeros({0, 3}), 0); }, "[argmax] nothing to reduce");
  expect_op_error([] { logsumexp(zeros({0})); }, "[logsumexp] nothing to reduce");
}

TEST(OpsReduce, Errors) {
  const Tensor x = zeros({2, 3});
  expect_op_error([&] { sum(x, 2); }, "[sum] axis 2 is out of range for 2 dimensions");
  expect_op_error([&] { softmax(x, -3); }, "[softmax] axis -3 is out of range");
  expect_op_error([] { log_softmax(scalar(1)); }, "[log_softmax] axis -1 is out of range for 0");
  expect_op_error([] { sum(zeros({2}, DType::i32)); }, "[sum] expected a tensor of dtype f32");
  expect_op_error([] { argmax(zeros({2}, DType::i32), 0); }, "[argmax] expected a tensor of dtype");
}

TEST(OpsReduce, NanPropagates) {
  for (int64_t n : {3, 16, 37, 600}) {
    for (int64_t at : {int64_t{0}, n / 2, n - 1}) {
      for (int axis : {0, 1}) {  // rows that lie together, and columns
        Tensor x = zeros(axis == 1 ? Shape{1, n} : Shape{n, 2});
        x.mutable_data<float>()[axis == 1 ? at : 2 * at] = static_cast<float>(kNan);
        EXPECT_TRUE(std::isnan(sum(x, axis).at({0})));
        EXPECT_TRUE(std::isnan(mean(x, axis).at({0})));
        EXPECT_TRUE(std::isnan(max(x, axis).at({0})));
        EXPECT_EQ(argmax(x, axis).at({0}), at);
        EXPECT_TRUE(std::isnan(logsumexp(x, axis).at({0})));
        EXPECT_TRUE(std::isnan(softmax(x, axis).at({0, 0})));
        EXPECT_TRUE(std::isnan(log_softmax(x, axis).at({0, 0})));
        EXPECT_FALSE(axis == 0 && std::isnan(max(x, 0).at({1}))) << "the next column";
      }
    }
  }
}

TEST(OpsReduce, Infinities) {
  const auto lse = [](const Tensor& x) { return logsumexp(x, 0); };
  for (DType dtype : {DType::f32, DType::f64}) {
    const Tensor nothing = full({20, 2}, -kInf, dtype);
    EXPECT_EQ(logsumexp(nothing).item(), -kInf);
    EXPECT_EQ(logsumexp(nothing, 0).at({1}), -kInf);
    EXPECT_TRUE(same_bits(gradient_of(lse, nothing), zeros_like(nothing)));
    EXPECT_EQ(max(nothing, 0).at({0}), -kInf);
    EXPECT_EQ(argmax(nothing, 0).at({0}), 0);
    EXPECT_EQ(logsumexp(tensor({1, kInf, 2}, dtype)).item(), kInf);
    EXPECT_EQ(sum(tensor({1, kInf}, dtype)).item(), kInf);
    // A masked element has probability 0 and gradient 0.
    const Tensor masked = tensor({0, -kInf, 0}, dtype);
    EXPECT_EQ(softmax(masked).at({1}), 0);
    EXPECT_NEAR(softmax(masked).at({0}), 0.5, 1e-7);
    EXPECT_EQ(gradient_of(lse, masked).at({1}), 0);
  }
}

TEST(OpsSoftmax, LargeLogits) {
  for (double offset : {0.0, 1000.0, -1000.0, 1e30}) {
    const Tensor x = full({2, 5}, offset);
    for (int axis : {0, 1}) {
      const double n = axis == 0 ? 2 : 5;
      EXPECT_NEAR(softmax(x, axis).at({1, 1}), 1 / n, 1e-7);
      EXPECT_NEAR(log_softmax(x, axis).at({1, 1}), -std::log(n), 1e-6);
    }
    EXPECT_NEAR(logsumexp(tensor({offset})).item(), static_cast<double>(static_cast<float>(offset)),
                0);
  }
  // Far below the maximum softmax is 0, but its logarithm is still right.
  EXPECT_EQ(softmax(tensor({0, 500})).at({0}), 0);
  EXPECT_EQ(log_softmax(tensor({0, 500})).at({0}), -500);
}

TEST(OpsSoftmax, ValuesByHand) {
  const Tensor x = f64({0, std::log(3), std::log(2), std::log(6)}, {2, 2});
  EXPECT_TRUE(close(softmax(x), f64({0.25, 0.75, 0.25, 0.75}, {2, 2}), 1e-15));
  EXPECT_TRUE(close(softmax(x, 0), f64({1. / 3, 1. / 3, 2. / 3, 2. / 3}, {2, 2}), 1e-15));
  EXPECT_TRUE(close(log_softmax(x), log(softmax(x)), 1e-15));
}

TEST(OpsLayerNorm, ValuesByHand) {
  const Tensor x = f64({1, 2, 3, 4, 4, 6}, {2, 3});
  const Tensor weight = f64({1, 2, 3}, {3}), bias = f64({0, 1, 0}, {3});
  const double a = 1 / std::sqrt(2. / 3), b = 1 / std::sqrt(8. / 9);
  EXPECT_TRUE(close(layer_norm(x, {}, {}, 0),
                    f64({-a, 0, a, -b * 2 / 3, -b * 2 / 3, b * 4 / 3}, {2, 3}), 1e-15));
  EXPECT_TRUE(close(layer_norm(x, weight, bias, 0),
                    f64({-a, 1, 3 * a, -b * 2 / 3, 1 - b * 4 / 3, b * 4}, {2, 3}), 1e-15));
  // A constant row has no spread to divide by but epsilon.
  EXPECT_TRUE(same_bits(layer_norm(full({2, 5}, 7), {}, {}), zeros({2, 5})));
}

TEST(OpsLayerNorm, LargeOffsetKeepsTheSpread) {
  const Tensor x = tensor({10000, 10001, 10002, 10003});
  EXPECT_TRUE(close(layer_norm(x, {}, {}), layer_norm(tensor({0, 1, 2, 3}), {}, {}), 1e-6));
}

TEST(OpsLayerNorm, Errors) {
  const Tensor x = zeros({2, 3});
  expect_op_error([&] { layer_norm(x, zeros({2}), {}); },
                  "[layer_norm] weight: expected (3) = (features), got (2)");
  expect_op_error([&] { layer_norm(x, {}, zeros({3}, DType::f64)); },
                  "[layer_norm] bias: expected f32 on cpu as the first argument, got f64");
  expect_op_error([] { layer_norm(scalar(1), {}, {}); },
                  "[layer_norm] x: expected (..., features)");
  expect_op_error([] { layer_norm(zeros({2, 0}), {}, {}); }, "at least one feature, got (2, 0)");
  expect_op_error([&] { layer_norm(x, {}, {}, -1); }, "[layer_norm] epsilon: expected at least 0");
}

}  // namespace
}  // namespace unroll
