// Tensors, shapes, the memory pool, and how broadcasting walks its operands.
#include "engine/tensor.h"

#include <gtest/gtest.h>
#include <set>

#include "engine/allocator.h"
#include "engine/autograd.h"
#include "engine/ops.h"
#include "engine/ops/elementwise.h"
#include "engine/random.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

using testing::same_bits;

void expect_error(const std::function<void()>& action, const std::string& part) {
  testing::expect_error(action, Error::Cause::kMachine, part);
}

// ---- shapes

TEST(Shapes, KnowTheirSizes) {
  const Shape shape{2, 3, 4};
  EXPECT_EQ(shape.rank(), 3);
  EXPECT_EQ(shape.numel(), 24);
  EXPECT_EQ(shape[0], 2);
  EXPECT_EQ(shape[-1], 4);
  EXPECT_EQ(shape.back(), 4);
  EXPECT_EQ(shape.without(1), (Shape{2, 4}));
  EXPECT_EQ(shape.without(-1), (Shape{2, 3}));
  EXPECT_EQ(shape.with(0, 7), (Shape{7, 2, 3, 4}));
  EXPECT_EQ(shape.with(3, 7), (Shape{2, 3, 4, 7}));
  EXPECT_EQ(Shape{}.numel(), 1);
  EXPECT_EQ((Shape{3, 0}).numel(), 0);
  EXPECT_FALSE((Shape{3}) == (Shape{3, 1}));
}

TEST(Shapes, Print) {
  EXPECT_EQ(Shape{}.str(), "()");
  EXPECT_EQ(Shape{5}.str(), "(5)");
  EXPECT_EQ((Shape{2, 3}).str(), "(2, 3)");
}

TEST(Shapes, RefuseTheImpossible) {
  expect_error([] { Shape({2, -1}); }, "-1");
  expect_error([] { Shape({1, 1, 1, 1, 1, 1, 1}); }, "6");
  expect_error([] { Shape({int64_t{1} << 40, int64_t{1} << 40}); }, "shape: too many elements");
  EXPECT_EQ((Shape{0, int64_t{1} << 40}).numel(), 0);
}

TEST(Shapes, Broadcast) {
  EXPECT_EQ(broadcast("add", {2, 3}, {3}), (Shape{2, 3}));
  EXPECT_EQ(broadcast("add", {2, 1}, {1, 3}), (Shape{2, 3}));
  EXPECT_EQ(broadcast("add", {}, {4}), (Shape{4}));
  EXPECT_EQ(broadcast("add", {0, 3}, {1, 1}), (Shape{0, 3}));
  expect_error([] { broadcast("mul", {2, 3}, {2, 4}); }, "[mul]");
  expect_error([] { broadcast("mul", {2, 3}, {2, 4}); }, "(2, 4)");
  expect_error([] { broadcast("mul", {0}, {2}); }, "(0)");
}

TEST(Shapes, SeenFromAnAxis) {
  const AxisView view = view_axis({2, 3, 4, 5}, 1);
  EXPECT_EQ(view.outer, 2);
  EXPECT_EQ(view.size, 3);
  EXPECT_EQ(view.inner, 20);
  EXPECT_EQ(checked_axis("sum", -1, 3), 2);
  EXPECT_EQ(checked_axis("sum", 0, 3), 0);
  expect_error([] { checked_axis("sum", 3, 3); }, "[sum]");
  expect_error([] { checked_axis("sum", -4, 3); }, "-4");
  expect_error([] { checked_axis("sum", 0, 0); }, "[sum]");
}

// ---- creation and reading

TEST(Creation, SetsTheElements) {
  EXPECT_EQ(zeros({2, 2}).to_vector<float>(), std::vector<float>(4, 0.0f));
  EXPECT_EQ(ones({3}, DType::f64).to_vector<double>(), std::vector<double>(3, 1.0));
  EXPECT_EQ(full({2}, 7, DType::i32).to_vector<int32_t>(), (std::vector<int32_t>{7, 7}));
  EXPECT_EQ(arange(4).to_vector<float>(), (std::vector<float>{0, 1, 2, 3}));
  EXPECT_EQ(arange(3, DType::i32).to_vector<int32_t>(), (std::vector<int32_t>{0, 1, 2}));
  EXPECT_EQ(tensor({1.5, 2}).to_vector<float>(), (std::vector<float>{1.5f, 2}));
  EXPECT_EQ(scalar(2.5, DType::f64).item(), 2.5);
  EXPECT_EQ(scalar(2.5).rank(), 0);
  const Tensor like = zeros_like(ones({2, 3}, DType::f64));
  EXPECT_EQ(like.shape(), (Shape{2, 3}));
  EXPECT_EQ(like.dtype(), DType::f64);
  EXPECT_EQ(arange(0).numel(), 0);
  EXPECT_EQ(zeros({0, 3}).to_vector<float>().size(), 0u);
  expect_error(
      [] {
        from_vector<float>({1, 2, 3}, {2, 2});
      },
      "from_vector: 3 values for shape (2, 2)");
}

TEST(Creation, MayBeUndefined) {
  const Tensor none;
  EXPECT_FALSE(none.defined());
  EXPECT_FALSE(none.requires_grad());
  EXPECT_FALSE(none.grad().defined());
  expect_error([&] { none.shape(); }, "undefined");
  expect_error([&] { none.detach(); }, "undefined");
}

TEST(Reading, FindsElements) {
  const Tensor x = from_vector<float>({0, 1, 2, 3, 4, 5}, {2, 3});
  EXPECT_EQ(x.at({1, 2}), 5.0);
  EXPECT_EQ(x.at({0, 1}), 1.0);
  EXPECT_EQ(arange(3, DType::i32).at({2}), 2.0);
  EXPECT_EQ(x.size(-1), 3);
  expect_error([&] { x.at({2, 0}); }, "index 2 is out of range in dimension 0 of shape (2, 3)");
  expect_error([&] { x.at({0, -1}); }, "index -1");
  expect_error([&] { x.at({0}); }, "1 indices");
  expect_error([&] { x.item(); }, "shape (2, 3)");
  expect_error([&] { x.data<double>(); }, "tensor of dtype f32 read as f64");
  expect_error([&] { x.to_vector<int32_t>(); }, "read as i32");
}

TEST(Views, ShareMemoryAndVersion) {
  Tensor x = arange(6);
  Tensor rows = x.view({3, 2}).view_rows(1, 3);
  EXPECT_EQ(rows.shape(), (Shape{2, 2}));
  EXPECT_EQ(rows.to_vector<float>(), (std::vector<float>{2, 3, 4, 5}));
  EXPECT_TRUE(rows.shares_storage(x));
  EXPECT_FALSE(x.is_unique());
  const uint32_t before = x.version();
  rows.mutable_data<float>()[0] = 20;
  EXPECT_EQ(x.at({2}), 20.0);
  EXPECT_EQ(x.version(), before + 1);
  EXPECT_EQ(rows.view_rows(1, 2).view_rows(0, 1).to_vector<float>(), (std::vector<float>{4, 5}));
  EXPECT_EQ(rows.view_rows(1, 1).numel(), 0);
  rows = Tensor();
  EXPECT_TRUE(x.is_unique());
  const Tensor handle = x;
  EXPECT_FALSE(x.is_unique());
}

TEST(Views, RefuseWhatDoesNotFit) {
  const Tensor x = zeros({2, 3});
  expect_error([&] { x.view({4}); }, "view: shape (4)");
  expect_error([&] { x.view_rows(1, 3); }, "[1, 3) is out of range for shape (2, 3)");
  expect_error([&] { x.view_rows(2, 1); }, "[2, 1)");
  expect_error([&] { x.view_rows(-1, 1); }, "[-1, 1)");
  expect_error([&] { scalar(1).view_rows(0, 0); }, "shape ()");
}

TEST(Copying, ConvertsAndCopies) {
  const Tensor x = tensor({-1.5, 2.5, 1e10}, DType::f64);
  EXPECT_EQ(cast(x, DType::f32).to_vector<float>(), (std::vector<float>{-1.5f, 2.5f, 1e10f}));
  EXPECT_EQ(cast(tensor({-1.5, 2.5}), DType::i32).to_vector<int32_t>(),
            (std::vector<int32_t>{-1, 2}));
  EXPECT_FALSE(cast(x, DType::f64).shares_storage(x));
  EXPECT_TRUE(same_bits(copy_to(x, Device::cpu), x));
  EXPECT_FALSE(copy_to(x, Device::cpu).shares_storage(x));
  Tensor to = zeros({3}, DType::f64);
  assign(to, x);
  EXPECT_TRUE(same_bits(to, x));
  expect_error([&] { assign(to, zeros({2}, DType::f64)); },
               "assign: cannot copy f64 (2) into f64 (3)");
  expect_error([&] { assign(to, zeros({3})); }, "assign: cannot copy f32 (3) into f64 (3)");
}

TEST(Devices, AreNamed) {
  EXPECT_EQ(parse_device("cpu"), Device::cpu);
  EXPECT_EQ(zeros({1}).device(), default_device());
  EXPECT_THROW(parse_device("gpu"), Error);
  testing::expect_input_error([] { parse_device("gpu"); }, "unknown device 'gpu'");
  if (!device_problem(Device::cuda).empty())
    testing::expect_input_error([] { set_default_device(Device::cuda); }, "'cuda'");
}

// ---- the pool

TEST(Memory, BlocksWasteAtMostASixteenth) {
  Pool pool(Device::cpu);
  Random random(1, "sizes");
  for (int i = 0; i < 3000; ++i) {
    const size_t bits = 9 + static_cast<size_t>(random.below(15));
    const size_t bytes =
        (size_t{1} << bits) + static_cast<size_t>(random.below(int64_t{1} << bits));
    for (size_t size : {bytes, size_t{1} << bits, (size_t{1} << bits) + 1}) {
      const size_t before = pool.stats().in_use;
      void* block = pool.allocate(size);
      const size_t taken = pool.stats().in_use - before;
      EXPECT_GE(taken, size);
      EXPECT_LE(taken - size, std::max<size_t>(size / 16, 63)) << size;
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 64, 0u);
      pool.free(block, size);
      EXPECT_EQ(pool.stats().in_use, before);
    }
  }
  pool.release();
}

TEST(Memory, SmallBlocksAreWholeCacheLines) {
  Pool pool(Device::cpu);
  for (size_t bytes = 0; bytes <= 1024; ++bytes) {
    void* block = pool.allocate(bytes);
    EXPECT_LT(pool.stats().in_use, std::max<size_t>(bytes, 1) + 64);
    pool.free(block, bytes);
  }
  EXPECT_EQ(pool.stats().system_allocations, 16);
  pool.release();
}

TEST(Memory, LiveBlocksDoNotOverlap) {
  Pool pool(Device::cpu);
  Random random(2, "sizes");
  std::vector<std::pair<char*, size_t>> live;
  for (int i = 0; i < 3000; ++i) {
    if (live.size() > 40) {
      const size_t victim = static_cast<size_t>(random.below(static_cast<int64_t>(live.size())));
      const auto [block, bytes] = live[victim];
      const char mark = static_cast<char>(bytes);
      EXPECT_TRUE(std::all_of(block, block + bytes, [=](char c) { return c == mark; }));
      pool.free(block, bytes);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(victim));
    }
    const size_t bytes = 8 + static_cast<size_t>(random.below(4000));
    char* block = static_cast<char*>(pool.allocate(bytes));
    std::fill_n(block, bytes, static_cast<char>(bytes));
    live.emplace_back(block, bytes);
  }
  for (const auto& [block, bytes] : live) pool.free(block, bytes);
  EXPECT_EQ(pool.stats().in_use, 0u);
  pool.release();
}

TEST(Memory, ReusesFreedBlocks) {
  Pool pool(Device::cpu);
  void* first = pool.allocate(10000);
  pool.free(first, 10000);
  EXPECT_GT(pool.stats().cached, 0u);
  EXPECT_EQ(pool.allocate(10010), first);  // the same size class
  EXPECT_EQ(pool.stats().system_allocations, 1);
  EXPECT_EQ(pool.stats().cached, 0u);
  pool.free(first, 10010);
  pool.release();
  EXPECT_EQ(pool.stats().cached, 0u);
  EXPECT_EQ(pool.stats().in_use, 0u);
}

TEST(Memory, KnowsItsPeak) {
  Pool pool(Device::cpu);
  void* a = pool.allocate(1024);
  void* b = pool.allocate(2048);
  pool.free(b, 2048);
  EXPECT_EQ(pool.stats().peak, 3072u);
  EXPECT_EQ(pool.stats().in_use, 1024u);
  pool.reset_peak();
  EXPECT_EQ(pool.stats().peak, 1024u);
  pool.free(a, 1024);
  pool.release();
}

TEST(Memory, RefusesImpossibleSizes) {
  Pool pool(Device::cpu);
  expect_error([&] { pool.allocate(size_t{1} << 60); }, "1152921504606846976 bytes");
  expect_error([] { Tensor(Shape{int64_t{1} << 50}); }, "4503599627370496 bytes");
}

TEST(Memory, TrainingStepsReuseTheirMemory) {
  Tensor x = ones({100, 100}).set_requires_grad();
  const auto step = [&] {
    Tensor y = x;
    for (int i = 0; i < 10; ++i) y = tanh(y + x);
    backward({y}, {ones({100, 100})});
    x.zero_grad();
  };
  step();
  const PoolStats before = pool(Device::cpu).stats();
  step();
  step();
  EXPECT_EQ(pool(Device::cpu).stats().system_allocations, before.system_allocations);
  EXPECT_EQ(pool(Device::cpu).stats().in_use, before.in_use);
}

// ---- broadcasting

// Random shapes that broadcast together, with many ones and merged runs.
std::pair<Shape, Shape> random_pair(Random& random) {
  std::vector<int64_t> a, b;
  const int64_t rank = random.below(7);
  for (int64_t axis = 0; axis < rank; ++axis) {
    const int64_t size = random.below(20) == 0 ? 0 : 1 + random.below(4);
    const int64_t kind = random.below(4);
    a.push_back(kind == 0 ? 1 : size);
    b.push_back(kind == 1 ? 1 : size);
  }
  const auto drop = [&](std::vector<int64_t>& sizes) {  // leading dimensions may be missing
    while (!sizes.empty() && sizes[0] == 1 && random.below(2) == 0) sizes.erase(sizes.begin());
  };
  drop(a);
  drop(b);
  return {Shape(a), Shape(b)};
}

// For each element of `result` in order, the element of an operand of `shape` that it comes from.
std::vector<int64_t> brute_force_walk(const Shape& shape, const Shape& result) {
  std::vector<int64_t> from;
  for (int64_t flat = 0; flat < result.numel(); ++flat) {
    int64_t rest = flat, at = 0, step = 1;
    for (int axis = 1; axis <= result.rank(); ++axis) {
      const int64_t index = rest % result[-axis];
      rest /= result[-axis];
      if (axis > shape.rank()) continue;
      at += shape[-axis] == 1 ? 0 : index * step;
      step *= shape[-axis];
    }
    from.push_back(at);
  }
  return from;
}

std::vector<int64_t> plan_walk(const kernels::BroadcastPlan& plan, const int64_t* strides) {
  std::vector<int64_t> from{0};
  for (int axis = 0; axis < plan.rank; ++axis) {
    std::vector<int64_t> next;
    for (int64_t base : from)
      for (int64_t i = 0; i < plan.size[axis]; ++i) next.push_back(base + i * strides[axis]);
    from = next;
  }
  return from;
}

TEST(BroadcastPlans, WalkAsNumPyDoes) {
  Random random(3, "shapes");
  for (int i = 0; i < 5000; ++i) {
    const auto [a, b] = random_pair(random);
    const Shape result = broadcast("add", a, b);
    const kernels::BroadcastPlan plan = broadcast_plan(a, b, result);
    SCOPED_TRACE(concat_message(a, " and ", b));
    ASSERT_GE(plan.rank, 1);
    const int last = plan.rank - 1;
    EXPECT_TRUE(plan.stride_a[last] == 0 || plan.stride_a[last] == 1);
    EXPECT_TRUE(plan.stride_b[last] == 0 || plan.stride_b[last] == 1);
    ASSERT_EQ(plan_walk(plan, plan.stride_a), brute_force_walk(a, result));
    ASSERT_EQ(plan_walk(plan, plan.stride_b), brute_force_walk(b, result));
  }
}

TEST(BroadcastPlans, MergeWhatCanBeMerged) {
  const auto rank = [](const Shape& a, const Shape& b) {
    return broadcast_plan(a, b, broadcast("add", a, b)).rank;
  };
  EXPECT_EQ(rank({2, 3, 4}, {2, 3, 4}), 1);
  EXPECT_EQ(rank({2, 3, 4}, {}), 1);
  EXPECT_EQ(rank({2, 3, 4}, {4}), 2);
  EXPECT_EQ(rank({2, 3, 4}, {3, 4}), 2);
  EXPECT_EQ(rank({2, 3, 4}, {2, 1, 1}), 2);
  EXPECT_EQ(rank({2, 1, 4}, {1, 3, 1}), 3);
  EXPECT_EQ(rank({2, 1, 3, 4}, {1, 3, 4}), 2);
}

TEST(BroadcastPlans, SumToShapeIsTheTranspose) {  // Σ sum_to_shape(g)·a = Σ g·broadcast(a)
  Random random(4, "shapes");
  for (int i = 0; i < 500; ++i) {
    const auto [a, b] = random_pair(random);
    const Shape result = broadcast("add", a, b);
    const Tensor gradient = randint(result, -9, 9, random);
    const Tensor sums = sum_to_shape(cast(gradient, DType::f64), a);
    SCOPED_TRACE(concat_message(result, " to ", a));
    ASSERT_EQ(sums.shape(), a);
    std::vector<double> expected(static_cast<size_t>(a.numel()), 0.0);
    const std::vector<int64_t> from = brute_force_walk(a, result);
    for (size_t at = 0; at < from.size(); ++at)
      expected[static_cast<size_t>(from[at])] += gradient.data<int32_t>()[at];
    ASSERT_EQ(sums.to_vector<double>(), expected);
  }
}

}  // namespace
}  // namespace unroll
