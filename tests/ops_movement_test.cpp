// Values and errors of the ops that move elements. Their gradients are checked by op_cases.h.
#include <chrono>

#include "engine/allocator.h"
#include "engine/autograd.h"
#include "engine/ops.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

using testing::same_bits;

Tensor ints(const std::vector<int32_t>& values, const Shape& shape) {
  return from_vector(values, shape);
}

// 0, 1, 2, … in a shape.
Tensor counting(const Shape& shape, DType dtype = DType::f32) {
  return arange(shape.numel(), dtype).view(shape);
}

template <class Action>
void expect_message(Action&& action, const std::string& message) {
  EXPECT_EQ(testing::expect_error(action, Error::Cause::kMachine, ""), message);
}

class Movement : public ::testing::TestWithParam<DType> {
 protected:
  static Tensor values(std::initializer_list<double> elements, const Shape& shape) {
    return tensor(elements, GetParam()).view(shape);
  }
  static Tensor count(const Shape& shape) { return counting(shape, GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Ops, Movement, ::testing::Values(DType::f32, DType::f64, DType::i32),
                         [](const auto& instance) { return std::string(name(instance.param)); });

TEST_P(Movement, Concat) {
  const Tensor a = values({1, 2, 3, 4}, {2, 2}), b = values({5, 6}, {1, 2});
  EXPECT_TRUE(same_bits(concat({a, b}, 0), values({1, 2, 3, 4, 5, 6}, {3, 2})));
  const Tensor c = values({7, 8}, {2, 1});
  EXPECT_TRUE(same_bits(concat({a, c}, -1), values({1, 2, 7, 3, 4, 8}, {2, 3})));
  EXPECT_TRUE(same_bits(concat({a}, 1), a));
  EXPECT_TRUE(same_bits(concat({a, count({0, 2})}, 0), a));
}

TEST_P(Movement, Stack) {
  const Tensor a = values({1, 2}, {2}), b = values({3, 4}, {2});
  EXPECT_TRUE(same_bits(stack({a, b}), values({1, 2, 3, 4}, {2, 2})));
  EXPECT_TRUE(same_bits(stack({a, b}, 1), values({1, 3, 2, 4}, {2, 2})));
  EXPECT_TRUE(same_bits(stack({a, b}, -1), stack({a, b}, 1)));
  EXPECT_TRUE(same_bits(stack({values({5}, {}), values({6}, {})}), values({5, 6}, {2})));
}

TEST_P(Movement, Slice) {
  const Tensor x = count({3, 4, 2});
  EXPECT_TRUE(same_bits(slice(x, 0, 1, 2), values({8, 9, 10, 11, 12, 13, 14, 15}, {1, 4, 2})));
  EXPECT_TRUE(slice(x, 0, 1, 2).shares_storage(x));
  EXPECT_TRUE(same_bits(slice(x, 1, 2, 3), values({4, 5, 12, 13, 20, 21}, {3, 1, 2})));
  EXPECT_TRUE(same_bits(slice(count({2, 3}), -1, 1, 3), values({1, 2, 4, 5}, {2, 2})));
  EXPECT_EQ(slice(x, 1, 2, 2).shape(), Shape({3, 0, 2}));
}

TEST_P(Movement, Select) {
  const Tensor x = count({3, 2});
  EXPECT_TRUE(same_bits(select(x, 2), values({4, 5}, {2})));
  EXPECT_TRUE(select(x, 2).shares_storage(x));
  EXPECT_TRUE(same_bits(select(select(x, 1), 0), values({2}, {})));
}

TEST_P(Movement, Gather) {
  const Tensor x = count({2, 3});
  EXPECT_TRUE(same_bits(gather(x, 1, ints({2, 0, 0, 1}, {2, 2})), values({2, 0, 3, 4}, {2, 2})));
  EXPECT_TRUE(same_bits(gather(x, 0, ints({1, 0, 1}, {1, 3})), values({3, 1, 5}, {1, 3})));
  EXPECT_TRUE(same_bits(gather(count({2, 2, 2}), 1, ints({1, 0, 0, 1}, {2, 1, 2})),
                        values({2, 1, 4, 7}, {2, 1, 2})));
}

TEST_P(Movement, Where) {
  const Tensor a = values({1, 2, 3}, {3}), b = values({4, 5, 6}, {3});
  const Tensor mask = ints({0, 1, -1}, {3});
  EXPECT_TRUE(same_bits(where(mask, a, b), values({4, 2, 3}, {3})));
  EXPECT_TRUE(same_bits(masked_fill(a, mask, -7), values({1, -7, -7}, {3})));
}

TEST_P(Movement, Reshape) {
  const Tensor x = count({2, 6});
  EXPECT_EQ(reshape(x, {3, -1}).shape(), Shape({3, 4}));
  EXPECT_EQ(reshape(x, {-1}).shape(), Shape({12}));
  EXPECT_EQ(reshape(count({1}), {}).shape(), Shape());
  EXPECT_EQ(reshape(count({0, 2}), {-1, 2}).shape(), Shape({0, 2}));
  EXPECT_TRUE(reshape(x, {4, 3}).shares_storage(x));
}

TEST_P(Movement, Transpose) {
  EXPECT_TRUE(same_bits(transpose(count({2, 3})), values({0, 3, 1, 4, 2, 5}, {3, 2})));
  // Sizes that are not multiples of a tile, with and without dimensions around and between.
  for (const Shape& shape : {Shape{1, 1, 33, 1, 70}, {2, 40, 1, 37, 1}, {3, 5, 2, 33, 4}}) {
    const Tensor x = count(shape), y = transpose(x, 1, 3);
    for (int64_t flat = 0; flat < x.numel(); ++flat) {
      int64_t index[5], rest = flat;
      for (int axis = 4; axis >= 0; --axis) {
        index[axis] = rest % shape[axis];
        rest /= shape[axis];
      }
      ASSERT_EQ(y.at({index[0], index[3], index[2], index[1], index[4]}),
                static_cast<double>(flat));
    }
    EXPECT_TRUE(same_bits(transpose(y, 3, 1), x));
  }
  const Tensor x = count({2, 3});
  EXPECT_EQ(&transpose(x, 1, -1).impl(), &x.impl());
}

TEST(OpsEmbedding, TakesRows) {
  const Tensor weight = counting({4, 3});
  const Tensor y = embedding(weight, ints({2, 0, 2, 3}, {2, 2}));
  EXPECT_EQ(y.shape(), Shape({2, 2, 3}));
  EXPECT_EQ(y.to_vector<float>(), (std::vector<float>{6, 7, 8, 0, 1, 2, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(embedding(weight, ints({1}, {})).to_vector<float>(), (std::vector<float>{3, 4, 5}));
}

TEST(OpsEmbedding, BackwardAddsRowsThatWereTakenTwice) {
  Tensor weight = counting({3, 2});
  weight.set_requires_grad();
  backward({embedding(weight, ints({2, 0, 2}, {3}))}, {counting({3, 2})});
  EXPECT_EQ(weight.grad().to_vector<float>(), (std::vector<float>{2, 3, 0, 0, 4, 6}));
}

TEST(OpsGather, BackwardAddsElementsThatWereTakenTwice) {
  Tensor x = counting({2, 3});
  x.set_requires_grad();
  backward({gather(x, 1, ints({1, 1, 0, 2}, {2, 2}))}, {tensor({1, 2, 4, 8}).view({2, 2})});
  EXPECT_EQ(x.grad().to_vector<float>(), (std::vector<float>{0, 3, 0, 4, 0, 8}));
}

// ---- x[t] for all t

TEST(OpsSelect, TakingEveryStepIsLinear) {
  const int64_t steps = 10000, features = 64;
  Tensor x = zeros({steps, features});
  x.set_requires_grad();
  const Tensor gradient = counting({steps, features});
  Tensors outputs, gradients;
  for (int64_t t = 0; t < steps; ++t) {
    outputs.push_back(select(x, t));
    gradients.push_back(gradient.view_rows(t, t + 1).view({features}));
  }
  Pool& memory = pool(Device::cpu);
  memory.reset_peak();
  const size_t before = memory.stats().in_use;
  const auto start = std::chrono::steady_clock::now();
  backward(outputs, gradients);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const size_t used = memory.stats().peak - before;
  EXPECT_TRUE(same_bits(x.grad(), gradient));
  // The gradient itself, and nothing else of its size.
  const size_t bytes = static_cast<size_t>(steps * features) * sizeof(float);
  EXPECT_LT(used, bytes * 5 / 4);
  // Milliseconds, where writing all of the gradient at every step would move 50 GB.
  EXPECT_LT(seconds.count(), 2.0);
}

TEST(OpsSlice, RangesOfOneTensorAddUp) {
  Tensor x = counting({4, 2});
  x.set_requires_grad();
  const Tensor y = sum(slice(x, 0, 0, 3)) + sum(slice(x, 0, 2, 4)) + sum(x);
  y.backward();
  EXPECT_EQ(x.grad().to_vector<float>(), (std::vector<float>{2, 2, 2, 2, 3, 3, 2, 2}));
}

TEST(OpsConcat, GradientsOfPartsAreIndependent) {
  Tensor a = counting({2}), b = counting({3});
  a.set_requires_grad();
  b.set_requires_grad();
  backward({concat({a, b, a}, 0)}, {tensor({1, 2, 3, 4, 5, 6, 7})});
  EXPECT_EQ(a.grad().to_vector<float>(), (std::vector<float>{7, 9}));
  EXPECT_EQ(b.grad().to_vector<float>(), (std::vector<float>{3, 4, 5}));
}

// ---- errors

TEST(OpsMovementErrors, Joining) {
  const Tensor a = zeros({2, 3});
  expect_message([&] { concat({}, 0); }, "[concat] expected at least one tensor, got none");
  expect_message(
      [&] {
        concat({a, zeros({4, 2})}, 0);
      },
      "[concat] part 1: expected (4, 3) = the shape of part 0, free along the axis, got "
      "(4, 2)");
  expect_message(
      [&] {
        concat({a, zeros({3})}, 0);
      },
      "[concat] part 1: expected (2, 3) = the shape of part 0, free along the axis, got "
      "(3)");
  expect_message(
      [&] {
        concat({a, zeros({2, 3}, DType::f64)}, 0);
      },
      "[concat] part 1: expected f32 on cpu as the first argument, got f64 on cpu");
  expect_message([&] { concat({a}, 2); }, "[concat] axis 2 is out of range for 2 dimensions");
  expect_message([&] { concat({scalar(1)}, 0); },
                 "[concat] axis 0 is out of range for 0 dimensions");
  expect_message([&] { stack({}); }, "[stack] expected at least one tensor, got none");
  expect_message(
      [&] {
        stack({a, zeros({3, 2})});
      },
      "[stack] part 1: expected (2, 3) = the shape of part 0, got (3, 2)");
  expect_message([&] { stack({a}, 3); }, "[stack] axis 3 is out of range for 3 dimensions");
}

TEST(OpsMovementErrors, Ranges) {
  const Tensor x = zeros({2, 3});
  expect_message([&] { slice(x, 1, 2, 4); },
                 "[slice] range [2, 4) of axis 1 is out of range for shape (2, 3)");
  expect_message([&] { slice(x, 0, 2, 1); },
                 "[slice] range [2, 1) of axis 0 is out of range for shape (2, 3)");
  expect_message([&] { slice(x, 2, 0, 1); }, "[slice] axis 2 is out of range for 2 dimensions");
  expect_message([&] { select(x, 2); }, "[select] index 2 is out of range for shape (2, 3)");
  expect_message([&] { select(x, -1); }, "[select] index -1 is out of range for shape (2, 3)");
  expect_message([&] { select(scalar(1), 0); }, "[select] a scalar has no leading axis");
}

TEST(OpsMovementErrors, Shapes) {
  const Tensor x = zeros({2, 3});
  expect_message(
      [&] {
        reshape(x, {4, -1});
      },
      "[reshape] the 6 elements of (2, 3) cannot be arranged as (4, -1)");
  expect_message(
      [&] {
        reshape(x, {0, -1});
      },
      "[reshape] the 6 elements of (2, 3) cannot be arranged as (0, -1)");
  expect_message([&] { reshape(x, {5}); },
                 "[reshape] the 6 elements of (2, 3) cannot be arranged as (5)");
  expect_message([&] { reshape(x, {-1, -1}); }, "shape: size -1 of dimension 1 is negative");
  expect_message([&] { reshape(x, {-6}); }, "shape: size -6 of dimension 0 is negative");
  expect_message([&] { transpose(x, 0, 2); },
                 "[transpose] axis 2 is out of range for 2 dimensions");
}

TEST(OpsMovementErrors, Indices) {
  const Tensor weight = zeros({4, 3});
  expect_message(
      [&] {
        embedding(weight, ints({0, 1, 2, 7, 0, 9}, {3, 2}));
      },
      "[embedding] indices: expected 0 <= index < 4 = the vocabulary size, got 7 at "
      "position (1, 1)");
  expect_message(
      [&] {
        embedding(weight, ints({0, -1}, {2}));
      },
      "[embedding] indices: expected 0 <= index < 4 = the vocabulary size, got -1 at "
      "position (1)");
  expect_message([&] { embedding(weight, zeros({2})); },
                 "[embedding] indices: expected dtype i32, got f32");
  expect_message([&] { embedding(zeros({4}), ints({0}, {1})); },
                 "[embedding] weight: expected 2 dimensions (vocabulary, features), got (4)");
  expect_message(
      [&] {
        gather(weight, 1, ints({0, 1, 2, 3}, {4, 1}));
      },
      "[gather] indices: expected 0 <= index < 3 = the size of the axis, got 3 at "
      "position (3, 0)");
  expect_message(
      [&] {
        gather(weight, 0, ints({0, 0}, {1, 2}));
      },
      "[gather] indices: expected (1, 3) = the shape of x, free along the axis, got "
      "(1, 2)");
  expect_message(
      [&] {
        gather(weight, 0, ints({0, 0}, {2}));
      },
      "[gather] indices: expected (4, 3) = the shape of x, free along the axis, got (2)");
  expect_message(
      [&] {
        gather(weight, 1, zeros({4, 1}));
      },
      "[gather] indices: expected dtype i32, got f32");
}

TEST(OpsMovementErrors, Masks) {
  const Tensor x = zeros({2});
  expect_message([&] { where(x, x, x); }, "[where] mask: expected dtype i32, got f32");
  expect_message([&] { where(ints({1}, {1}), x, x); },
                 "[where] mask: expected (2) = the shape of a, got (1)");
  expect_message(
      [&] {
        where(ints({1, 0}, {2}), x, zeros({3}));
      },
      "[where] b: expected (2) = the shape of a, got (3)");
  expect_message([&] { masked_fill(x, ints({1}, {1}), 0); },
                 "[masked_fill] mask: expected (2) = the shape of x, got (1)");
}

}  // namespace
}  // namespace unroll
