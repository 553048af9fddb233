// Losses where the table of ops and the golden values do not look: values by hand, PyTorch's corner
// cases, large logits, messages.
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

Tensor f64(std::initializer_list<double> values, const Shape& shape) {
  return from_vector(std::vector<double>(values), shape);
}

Tensor targets(std::initializer_list<int32_t> values) {
  return from_vector(std::vector<int32_t>(values), {static_cast<int64_t>(values.size())});
}

template <class Action>
void expect_op_error(Action&& action, const std::string& part) {
  testing::expect_error(action, Error::Cause::kMachine, part);
}

// Probabilities (1/4, 3/4), (1/2, 1/2), (4/5, 1/5).
Tensor three_rows() { return f64({0, std::log(3), 7, 7, std::log(4), 0}, {3, 2}); }

TEST(OpsLoss, CrossEntropyByHand) {
  const Tensor y = targets({1, 0, 1});
  const double a = -std::log(0.75), b = -std::log(0.5), c = -std::log(0.2);
  const auto with = [](Reduction reduction) { return CrossEntropyOptions{.reduction = reduction}; };
  EXPECT_NEAR(cross_entropy(three_rows(), y).item(), (a + b + c) / 3, 1e-15);
  EXPECT_NEAR(cross_entropy(three_rows(), y, with(Reduction::kSum)).item(), a + b + c, 1e-15);
  EXPECT_TRUE(close(cross_entropy(three_rows(), y, with(Reduction::kNone)), f64({a, b, c}, {3})));
}

TEST(OpsLoss, CrossEntropyWeightsAndIgnoredTargets) {
  const Tensor y = targets({1, -100, 0});
  const Tensor weights = f64({3, 0.5}, {2});
  const double a = -std::log(0.75), c = -std::log(0.8);
  EXPECT_NEAR(cross_entropy(three_rows(), y).item(), (a + c) / 2, 1e-15);
  EXPECT_NEAR(cross_entropy(three_rows(), y, {.class_weights = weights}).item(),
              (0.5 * a + 3 * c) / 3.5, 1e-15);
  // A class may be what is ignored; then -100 is a bad target like any other.
  EXPECT_NEAR(cross_entropy(three_rows(), targets({1, 0, 0}), {.ignore_index = 0}).item(), a,
              1e-15);
  expect_op_error([&] { cross_entropy(three_rows(), y, {.ignore_index = 0}); },
                  "-100 at position 1");
}

TEST(OpsLoss, CrossEntropyLabelSmoothingMixesInAllClasses) {
  const Tensor y = targets({1, 0, 1});
  const Tensor weights = f64({3, 0.5}, {2});
  const Tensor log_p = log_softmax(three_rows());
  const auto nll = [&](int64_t row, int64_t k) { return -log_p.at({row, k}); };
  const auto sum_over_rows = [&](double w_0, double w_1) {
    const double hard = w_1 * nll(0, 1) + w_0 * nll(1, 0) + w_1 * nll(2, 1);
    double soft = 0;
    for (int64_t row : {0, 1, 2}) soft += w_0 * nll(row, 0) + w_1 * nll(row, 1);
    return 0.9 * hard + 0.1 / 2 * soft;
  };
  EXPECT_NEAR(cross_entropy(three_rows(), y, {.label_smoothing = 0.1}).item(),
              sum_over_rows(1, 1) / 3, 1e-15);
  // The mean divides by the weights of the targets, in the smoothed part too.
  EXPECT_NEAR(
      cross_entropy(three_rows(), y, {.label_smoothing = 0.1, .class_weights = weights}).item(),
      sum_over_rows(3, 0.5) / 4, 1e-15);
}

TEST(OpsLoss, CrossEntropyOfIgnoredTargetsOnly) {
  Tensor x = three_rows().set_requires_grad();
  const Tensor y = targets({-100, -100, -100});
  const Tensor loss = cross_entropy(x, y);
  EXPECT_TRUE(std::isnan(loss.item())) << "the mean of nothing, as PyTorch";
  loss.backward();
  EXPECT_TRUE(same_bits(x.grad(), zeros_like(x)));
  EXPECT_EQ(cross_entropy(x, y, {.reduction = Reduction::kSum}).item(), 0);
}

TEST(OpsLoss, CrossEntropyLeavesIgnoredRowsAlone) {
  Tensor x = f64({std::nan(""), 1, 0, 0}, {2, 2}).set_requires_grad();
  const Tensor loss = cross_entropy(x, targets({-100, 1}));
  EXPECT_NEAR(loss.item(), std::log(2), 1e-15);
  loss.backward();
  EXPECT_TRUE(close(x.grad(), f64({0, 0, 0.5, -0.5}, {2, 2})));
}

TEST(OpsLoss, CrossEntropyOfLargeLogits) {
  Tensor x = from_vector<float>({1e4f, 1e4f + 1, -1e4f, 1e4f, 3e38f, -3e38f}, {3, 2});
  x.set_requires_grad();
  const Tensor losses = cross_entropy(x, targets({0, 1, 0}), {.reduction = Reduction::kNone});
  EXPECT_TRUE(close(losses, tensor({std::log(1 + std::exp(1)), 0, 0}), 1e-6));
  const double p = 1 / (1 + std::exp(1));
  EXPECT_TRUE(close(grad({losses}, {x}, {ones({3})})[0],
                    tensor({p - 1, 1 - p, 0, 0, 0, 0}).view({3, 2}), 1e-6));
}

TEST(OpsLoss, CrossEntropyOfMaskedLogits) {
  Tensor x = f64({0, -kInf, 0}, {1, 3}).set_requires_grad();
  const Tensor loss = cross_entropy(x, targets({2}));
  EXPECT_NEAR(loss.item(), std::log(2), 1e-15);
  loss.backward();
  EXPECT_TRUE(close(x.grad(), f64({0.5, 0, -0.5}, {1, 3})));
  EXPECT_EQ(cross_entropy(x, targets({1})).item(), kInf);
}

TEST(OpsLoss, CrossEntropyPassesNanOn) {
  for (int64_t classes : {3, 40}) {
    Tensor x = zeros({1, classes});
    x.mutable_data<float>()[classes - 1] = std::nanf("");
    EXPECT_TRUE(std::isnan(cross_entropy(x, targets({0})).item())) << classes;
  }
}

TEST(OpsLoss, CrossEntropyEqualsItsComposition) {
  Random random(1, "test");
  for (const Shape& shape : {Shape{5, 1000}, Shape{3000, 65}, Shape{7, 3, 33}}) {
    Tensor x = uniform(shape, -5, 5, random, DType::f64).set_requires_grad();
    const Shape rows = shape.without(shape.rank() - 1);
    const Tensor y = randint(rows, 0, static_cast<int32_t>(shape.back()), random);
    const auto composed = [&] {
      const Tensor picked = gather(log_softmax(x), -1, y.view(rows.with(rows.rank(), 1)));
      return neg(mean(picked));
    };
    EXPECT_TRUE(close(cross_entropy(x, y), composed()));
    EXPECT_TRUE(close(grad({cross_entropy(x, y)}, {x})[0], grad({composed()}, {x})[0]));
  }
}

TEST(OpsLoss, BitsDoNotDependOnThreads) {
  Random random(2, "test");
  Tensor x = uniform({5000, 65}, -5, 5, random).set_requires_grad();
  const Tensor y = randint({5000}, 0, 65, random);
  const auto evaluate = [&](int threads) {
    kernels::set_num_threads(threads);
    const Tensor loss = cross_entropy(x, y, {.label_smoothing = 0.1});
    return std::pair{loss, grad({loss}, {x})[0]};
  };
  const int before = kernels::num_threads();
  const auto [loss, d_x] = evaluate(1);
  for (int threads : {2, 3}) {
    const auto [loss_n, d_x_n] = evaluate(threads);
    EXPECT_TRUE(same_bits(loss_n, loss)) << threads;
    EXPECT_TRUE(same_bits(d_x_n, d_x)) << threads;
  }
  kernels::set_num_threads(before);
}

TEST(OpsLoss, CrossEntropyErrors) {
  const Tensor x = zeros({3, 2});
  expect_op_error(
      [&] {
        cross_entropy(x, targets({0, 2, 1}));
      },
      "[cross_entropy] targets: 2 at position 1 is not one of 2 classes (0 to 1) nor "
      "ignore_index -100");
  expect_op_error([&] { cross_entropy(x, targets({0, 1, -1})); }, "targets: -1 at position 2");
  expect_op_error(
      [&] {
        cross_entropy(x, targets({0, 1}));
      },
      "[cross_entropy] targets: expected (3) = the shape of the logits without the "
      "classes, got (2)");
  expect_op_error([&] { cross_entropy(x, zeros({3})); },
                  "[cross_entropy] targets: expected dtype i32, got f32");
  expect_op_error(
      [&] {
        cross_entropy(x, targets({0, 1, 1}), {.class_weights = ones({3})});
      },
      "[cross_entropy] class_weights: expected (2) = (classes), got (3)");
  expect_op_error(
      [&] {
        cross_entropy(x, targets({0, 1, 1}), {.class_weights = ones({2}, DType::f64)});
      },
      "[cross_entropy] class_weights: expected f32");
  expect_op_error(
      [&] {
        const Tensor weights = ones({2}).set_requires_grad();
        cross_entropy(x, targets({0, 1, 1}), {.class_weights = weights});
      },
      "class_weights: not differentiable");
  expect_op_error(
      [&] {
        cross_entropy(x, targets({0, 1, 1}), {.label_smoothing = 1.5});
      },
      "[cross_entropy] label_smoothing: expected 0 to 1, got 1.5");
  expect_op_error(
      [] {
        cross_entropy(zeros({3, 0}), targets({0, 0, 0}));
      },
      "at least one class, got (3, 0)");
}

TEST(OpsLoss, CrossEntropyOfOneRowWithoutBatch) {
  const Tensor y = from_vector<int32_t>({1}, {});
  EXPECT_NEAR(cross_entropy(f64({0, std::log(3)}, {2}), y).item(), -std::log(0.75), 1e-15);
}

TEST(OpsLoss, BceWithLogitsByHand) {
  const Tensor x = f64({0, std::log(3)}, {2}), y = f64({1, 0}, {2});
  const double a = -std::log(0.5), b = -std::log(0.25);
  EXPECT_NEAR(bce_with_logits(x, y).item(), (a + b) / 2, 1e-15);
  EXPECT_TRUE(close(bce_with_logits(x, y, 3, Reduction::kNone), f64({3 * a, b}, {2})));
  // −log σ(x) does not underflow where σ(x) does.
  Tensor far = tensor({-500, 500, 500}).set_requires_grad();
  const Tensor losses = bce_with_logits(far, tensor({1, 0, 1}), 1, Reduction::kNone);
  EXPECT_TRUE(same_bits(losses, tensor({500, 500, 0})));
  EXPECT_TRUE(same_bits(grad({losses}, {far}, {ones({3})})[0], tensor({-1, 1, 0})));
}

TEST(OpsLoss, MseAndHuberByHand) {
  const Tensor x = f64({1, 2, 5}, {3}), y = f64({1, 3, 2}, {3});
  EXPECT_NEAR(mse(x, y).item(), 10. / 3, 1e-15);
  EXPECT_EQ(mse(x, y, Reduction::kSum).item(), 10);
  EXPECT_TRUE(same_bits(mse(x, y, Reduction::kNone), f64({0, 1, 9}, {3})));
  EXPECT_TRUE(same_bits(huber(x, y, 1, Reduction::kNone), f64({0, 0.5, 2.5}, {3})));
  EXPECT_EQ(huber(x, y, 2, Reduction::kSum).item(), 4.5);
}

TEST(OpsLoss, PairsAreNotBroadcast) {
  const Tensor x = zeros({3, 1}), y = zeros({3});
  expect_op_error([&] { mse(x, y); },
                  "[mse] y: expected (3, 1) = the shape of the first argument, got (3)");
  expect_op_error([&] { huber(x, y); }, "[huber] y: expected (3, 1)");
  expect_op_error([&] { bce_with_logits(x, y); }, "[bce_with_logits] targets: expected (3, 1)");
  expect_op_error([&] { mse(y, zeros({3}, DType::f64)); }, "[mse] y: expected f32");
  expect_op_error([&] { huber(y, y, 0); }, "[huber] delta: expected more than 0, got 0");
  expect_op_error([] { mse(zeros({0}), zeros({0})); }, "nothing to reduce");
}

}  // namespace
}  // namespace unroll
