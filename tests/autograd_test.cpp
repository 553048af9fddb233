// The tape: what is recorded, how gradients flow back and add up, and what is refused.
#include "engine/autograd.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include "engine/ops.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

using testing::close;
using testing::same_bits;

Tensor leaf(std::initializer_list<double> values) {
  return tensor(values, DType::f64).set_requires_grad();
}

void expect_error(const std::function<void()>& action, const std::string& part) {
  testing::expect_error(action, Error::Cause::kMachine, part);
}

// ---- depth

// Runs `body` on a thread with a small stack, where recursion into a deep graph would crash.
void on_small_stack(void (*body)()) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256 * 1024), 0);
  pthread_t thread;
  const auto run = [](void* f) -> void* {
    reinterpret_cast<void (*)()>(f)();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, reinterpret_cast<void*>(body)), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

constexpr int kDeep = 200000;

TEST(Deep, ForwardBackwardAndTeardown) {
  on_small_stack([] {
    const Tensor x = leaf({0.5});
    Tensor y = x;
    for (int i = 0; i < kDeep; ++i) y = y + 1e-6;
    sum(y).backward();
    EXPECT_EQ(x.grad().item(), 1.0);
  });
}

TEST(Deep, TeardownWithoutBackward) {
  on_small_stack([] {
    const Tensor x = leaf({0.5});
    Tensor y = x;
    for (int i = 0; i < kDeep; ++i) y = tanh(y);
    y = Tensor();
    EXPECT_EQ(x.impl().node->references(), 1);
  });
}

TEST(Deep, SavedInputsKeepTheirOriginsAlive) {
  // mul saves its inputs, whose handles hold the nodes before: a second way to recurse.
  on_small_stack([] {
    const Tensor x = leaf({0.5});
    const Tensor one = leaf({1.0});
    Tensor y = x;
    for (int i = 0; i < kDeep; ++i) y = mul(y, one);
    y.backward();
    EXPECT_EQ(x.grad().item(), 1.0);
    EXPECT_EQ(one.grad().item(), 0.5 * kDeep);
    Tensor z = x;
    for (int i = 0; i < kDeep; ++i) z = mul(one, z);
  });
}

TEST(Deep, EachStepIsADiamond) {  // 2^1000 paths, 1000 nodes
  const Tensor x = leaf({0.5});
  Tensor y = x;
  for (int i = 0; i < 1000; ++i) y = (y + y) * 0.5;
  y.backward();
  EXPECT_EQ(x.grad().item(), 1.0);
}

TEST(Deep, ErasedGraphsLeaveNoMemory) {
  const size_t before = pool(Device::cpu).stats().in_use;
  {
    const Tensor x = leaf({0.5, 1.0});
    Tensor y = x;
    for (int i = 0; i < 1000; ++i) y = tanh(mul(y, x));
    sum(y).backward();
    const Tensor kept = exp(y);
  }
  EXPECT_EQ(pool(Device::cpu).stats().in_use, before);
}

// ---- sums of gradients

TEST(Backward, AddsOverAllPaths) {
  const Tensor x = leaf({2.0, 3.0});
  const Tensor a = square(x), b = x * 3.0;
  sum(mul(a, b) + a).backward();  // 3x³ + x²
  EXPECT_TRUE(close(x.grad(), tensor({9 * 4 + 4, 9 * 9 + 6}, DType::f64)));
}

TEST(Backward, AccumulatesOverCalls) {
  const Tensor x = leaf({2.0, 3.0});
  sum(square(x)).backward();
  sum(x * 10.0).backward();
  EXPECT_TRUE(close(x.grad(), tensor({14, 16}, DType::f64)));
}

TEST(Backward, OfALeafItself) {
  Tensor x = leaf({2.0});
  x.backward();
  EXPECT_EQ(x.grad().item(), 1.0);
  x.zero_grad();
  EXPECT_FALSE(x.grad().defined());
}

TEST(Backward, TakesSeveralOutputsAndTheirGradients) {
  const Tensor x = leaf({2.0, 3.0});
  const Tensor y = square(x), z = sum(x);
  backward({y, z}, {tensor({1, 10}, DType::f64), {}});
  EXPECT_TRUE(close(x.grad(), tensor({5, 61}, DType::f64)));
}

TEST(Backward, TheSameOutputTwiceCountsTwice) {
  const Tensor x = leaf({2.0});
  const Tensor y = square(x);
  backward({y, y});
  EXPECT_EQ(x.grad().item(), 8.0);
}

TEST(Backward, GradientsOfUsersAreNeverWrittenTo) {
  const Tensor x = leaf({1.0, 2.0});
  const Tensor seed = tensor({1, 1}, DType::f64);
  backward({x + 0.0}, {seed});
  const Tensor first = x.grad();
  const Tensor copy = copy_to(first, Device::cpu);
  backward({x * 5.0}, {seed});
  sum(square(x)).backward();
  EXPECT_TRUE(same_bits(first, copy));
  EXPECT_TRUE(same_bits(seed, tensor({1, 1}, DType::f64)));
  EXPECT_TRUE(close(x.grad(), tensor({8, 10}, DType::f64)));
}

TEST(Backward, GradientsOfTwoLeavesDoNotShareMemory) {  // or scaling one would scale the other
  const Tensor a = leaf({1.0, 2.0}), b = leaf({3.0, 4.0}), c = leaf({5.0, 6.0});
  sum(a + b + reshape(c, {2})).backward();
  EXPECT_FALSE(a.grad().shares_storage(b.grad()));
  EXPECT_FALSE(a.grad().shares_storage(c.grad()));
  EXPECT_FALSE(b.grad().shares_storage(c.grad()));
}

TEST(Backward, RetainGradKeepsWhatPassesThrough) {
  const Tensor x = leaf({2.0});
  Tensor y = square(x);
  y.retain_grad();
  const Tensor other = square(x);
  (y * 3.0 + other).backward();
  EXPECT_EQ(y.grad().item(), 3.0);
  EXPECT_FALSE(other.grad().defined());
  EXPECT_EQ(x.grad().item(), 16.0);
}

TEST(Backward, SlicesAddIntoTheirRange) {
  const Tensor x = from_vector<double>({1, 2, 3, 4, 5, 6}, {3, 2}).set_requires_grad();
  (sum(select(x, 0)) + sum(slice(x, 0, 0, 2)) * 10.0 + sum(slice(x, 0, 2, 3)) * 100.0).backward();
  EXPECT_TRUE(close(x.grad(), from_vector<double>({11, 11, 10, 10, 100, 100}, {3, 2})));
}

// ---- what is recorded

TEST(Tape, NoGradRecordsNothing) {
  const Tensor x = leaf({2.0});
  {
    NoGrad no_grad;
    EXPECT_FALSE(grad_enabled());
    EXPECT_FALSE(square(x).requires_grad());
    { NoGrad nested; }
    EXPECT_FALSE(grad_enabled());
  }
  EXPECT_TRUE(grad_enabled());
  EXPECT_TRUE(square(x).requires_grad());
  EXPECT_FALSE(square(tensor({2})).requires_grad());
}

TEST(Tape, NoGradEndsWithAnException) {
  EXPECT_THROW(
      {
        NoGrad no_grad;
        throw Error("");
      },
      Error);
  EXPECT_TRUE(grad_enabled());
}

TEST(Tape, DetachStopsGradients) {
  const Tensor x = leaf({2.0});
  const Tensor y = square(x);
  EXPECT_FALSE(y.detach().requires_grad());
  EXPECT_TRUE(y.detach().shares_storage(y));
  mul(y.detach(), x).backward();
  EXPECT_EQ(x.grad().item(), 4.0);
}

TEST(Tape, LeavesCanBeTakenOff) {
  Tensor x = leaf({2.0});
  const Tensor y = square(x);
  x.set_requires_grad(false);
  EXPECT_FALSE(x.requires_grad());
  EXPECT_FALSE(square(x).requires_grad());
  y.backward();  // the recorded graph is as it was
  EXPECT_FALSE(x.grad().defined());
}

TEST(Tape, IntegersHaveNoGradient) {
  Tensor x = tensor({1, 2}, DType::i32);
  expect_error([&] { x.set_requires_grad(); }, "i32");
  const Tensor index = argmax(leaf({1.0, 2.0}), 0);
  EXPECT_FALSE(index.requires_grad());
}

TEST(Tape, ResultsAreNotLeaves) {
  Tensor y = square(leaf({2.0}));
  expect_error([&] { y.set_requires_grad(false); }, "computed by 'square'; detach() it first");
}

// ---- grad()

TEST(Grad, OfLeavesAndOfWhatIsBetween) {
  const Tensor x = leaf({2.0}), w = leaf({3.0});
  const Tensor h = mul(x, w);
  const Tensor y = square(h);
  const Tensors d = grad({y}, {h, x, w});
  EXPECT_EQ(d[0].item(), 12.0);
  EXPECT_EQ(d[1].item(), 36.0);
  EXPECT_EQ(d[2].item(), 24.0);
  EXPECT_FALSE(x.grad().defined());
  EXPECT_FALSE(w.grad().defined());
}

TEST(Grad, LeavesGradientsAlone) {
  const Tensor x = leaf({2.0});
  Tensor h = square(x);
  h.retain_grad();
  h.backward(/*keep_graph=*/true);
  EXPECT_EQ(grad({h * 5.0}, {x})[0].item(), 20.0);
  EXPECT_EQ(x.grad().item(), 4.0);
  EXPECT_EQ(h.grad().item(), 1.0);
}

TEST(Grad, OfStateByEarlierState) {  // ∂h_T/∂h_t for all t over one kept graph
  const Tensor x = leaf({0.3});
  Tensors states{x};
  for (int t = 0; t < 5; ++t) states.push_back(states.back() * 2.0);
  for (size_t t = 0; t < 5; ++t)
    EXPECT_EQ(grad({states[5]}, {states[t]}, {}, true)[0].item(), std::pow(2.0, 5.0 - double(t)));
  EXPECT_EQ(grad({states[5]}, {states[5]})[0].item(), 1.0);
}

TEST(Grad, UndefinedForWhatIsNotReached) {
  const Tensor x = leaf({2.0}), apart = leaf({1.0});
  const Tensor later = square(x);
  const Tensors d = grad({square(x)}, {x, apart, later});
  EXPECT_EQ(d[0].item(), 4.0);
  EXPECT_FALSE(d[1].defined());
  EXPECT_FALSE(d[2].defined());
}

TEST(Grad, TheSameInputTwice) {
  const Tensor x = leaf({2.0});
  const Tensors d = grad({square(x)}, {x, x});
  EXPECT_EQ(d[0].item(), 4.0);
  EXPECT_EQ(d[1].item(), 4.0);
}

TEST(Grad, StopsAtTheInputs) {  // what lies before the input is not run, and so not freed
  const Tensor x = leaf({2.0});
  const Tensor h = square(x);
  const Tensor y = square(h);
  grad({y}, {h});
  EXPECT_EQ(grad({h}, {x})[0].item(), 4.0);
}

TEST(Grad, RefusesWhatHasNoGradient) {
  const Tensor x = leaf({2.0});
  expect_error([&] { grad({square(x)}, {tensor({1}, DType::f64)}); },
               "grad: input 0 does not require a gradient");
  expect_error([&] { grad({square(x)}, {}); }, "no inputs");
}

// ---- errors

TEST(Errors, AFreedGraphIsNamed) {
  const Tensor x = leaf({2.0});
  const Tensor y = square(x);
  y.backward();
  expect_error([&] { y.backward(); },
               "[square] backward was run through this op before, which freed what it had saved; "
               "pass keep_graph = true to the first backward");
  EXPECT_EQ(x.grad().item(), 4.0);
  square(x).backward();
  EXPECT_EQ(x.grad().item(), 8.0);
}

TEST(Errors, AKeptGraphRunsAgain) {
  const Tensor x = leaf({2.0});
  const Tensor y = exp(square(x));
  y.backward(/*keep_graph=*/true);
  const double once = x.grad().item();
  y.backward();
  EXPECT_EQ(x.grad().item(), 2 * once);
}

TEST(Errors, AChangedSavedTensorIsNamed) {
  Tensor x = leaf({2.0, 3.0});
  const Tensor y = sum(mul(x, x));
  {
    NoGrad no_grad;
    x.mutable_data<double>()[0] = 7.0;
  }
  expect_error([&] { y.backward(); }, "[mul] tensor 0 of shape (2), saved for the backward pass");
  EXPECT_FALSE(x.grad().defined());
}

TEST(Errors, AChangedOutputIsFoundThroughItsView) {
  const Tensor x = leaf({2.0, 3.0});
  const Tensor y = exp(x);  // saves y
  Tensor view = y.detach();
  view.mutable_data<double>()[1] = 0.0;
  expect_error([&] { sum(y).backward(); }, "[exp]");
}

TEST(Errors, WritingToATapedTensorIsRefused) {
  Tensor x = leaf({2.0});
  Tensor y = square(x);
  expect_error([&] { x.mutable_data<double>(); }, "do it under NoGrad");
  expect_error([&] { y.mutable_data<double>(); }, "do it under NoGrad");
  expect_error([&] { assign(x, tensor({1}, DType::f64)); }, "do it under NoGrad");
  NoGrad no_grad;
  x.mutable_data<double>()[0] = 1.0;
}

TEST(Errors, OutputsMustFit) {
  const Tensor x = leaf({2.0, 3.0});
  expect_error([&] { square(x).backward(); }, "output 0 has shape (2); give grad_outputs");
  expect_error([&] { tensor({1}).backward(); }, "does not depend on a tensor that requires");
  expect_error(
      [&] {
        backward({square(x)}, {tensor({1, 2, 3}, DType::f64)});
      },
      "grad_output 0 is f64 (3), expected f64 (2)");
  expect_error(
      [&] {
        backward({square(x)}, {tensor({1, 2})});
      },
      "grad_output 0 is f32 (2), expected f64 (2)");
  expect_error([&] { backward({square(x)}, {{}, {}}); }, "1 outputs but 2 grad_outputs");
}

TEST(Errors, GradientsMustFit) {
  Tensor x = leaf({2.0, 3.0});
  expect_error([&] { x.set_grad(tensor({1, 2, 3}, DType::f64)); }, "expected f64 (2)");
  expect_error([&] { x.set_grad(tensor({1, 2})); }, "expected f64 (2)");
  Tensor apart = tensor({1});
  expect_error([&] { apart.set_grad(tensor({1})); }, "does not require a gradient");
  expect_error([&] { apart.retain_grad(); }, "does not require a gradient");
}

// ---- ops of this test's own

struct Split {  // (x, −x)
  static constexpr const char* name = "test.split";
  static inline int defined = 0;  // bit i: gradient i had arrived
  Tensors forward(Context&, const Tensor& x) const { return {scale(x, 1.0), neg(x)}; }
  void backward(Backward& pass) const {
    defined = (pass.d_output(0).defined() ? 1 : 0) + (pass.d_output(1).defined() ? 2 : 0);
    if (pass.d_output(0).defined()) pass.add(0, pass.d_output(0));
    if (pass.d_output(1).defined()) pass.add(0, neg(pass.d_output(1)));
  }
};

TEST(OwnOp, OutputsThatNobodyUsedHaveNoGradient) {
  const Tensor x = leaf({2.0});
  Tensors y = apply(Split{}, x);
  y[1].backward(true);
  EXPECT_EQ(Split::defined, 2);
  EXPECT_EQ(x.grad().item(), -1.0);
  y[0].backward(true);
  EXPECT_EQ(Split::defined, 1);
  mul(y[0], y[1]).backward();
  EXPECT_EQ(Split::defined, 3);
  EXPECT_EQ(x.grad().item(), -4.0);
  EXPECT_EQ(grad({apply(Split{}, x)[1]}, {x})[0].item(), -1.0);
}

struct Broken {  // gives its first input a gradient, then fails while `armed`
  static constexpr const char* name = "test.broken";
  static inline bool armed = false;
  Tensor forward(Context&, const Tensor& a, const Tensor& b) const { return add(a, b); }
  void backward(Backward& pass) const {
    pass.add(0, pass.d_output());
    if (armed) throw Error("broken on purpose");
    pass.add(1, pass.d_output());
  }
};

TEST(OwnOp, AnErrorOnTheWayLeavesNoGradientsBehind) {
  const Tensor a = leaf({2.0}), b = leaf({3.0});
  const Tensor left = a * 2.0, right = b * 3.0;
  const Tensor y = apply(Broken{}, left, right) + right;
  Broken::armed = true;
  expect_error([&] { y.backward(true); }, "broken on purpose");
  EXPECT_FALSE(a.grad().defined());
  EXPECT_FALSE(b.grad().defined());
  Broken::armed = false;
  EXPECT_TRUE(grad_enabled());
  y.backward();
  EXPECT_EQ(a.grad().item(), 2.0);
  EXPECT_EQ(b.grad().item(), 6.0);
}

struct WrongShape {
  static constexpr const char* name = "test.wrong_shape";
  Tensor forward(Context&, const Tensor& x) const { return scale(x, 2.0); }
  void backward(Backward& pass) const { pass.add(0, tensor({1, 2, 3}, DType::f64)); }
};

TEST(OwnOp, AGradientOfAnotherShapeIsNamed) {
  const Tensor x = leaf({2.0});
  expect_error([&] { apply(WrongShape{}, x).backward(); },
               "[test.wrong_shape] backward gave input 0 a gradient of shape (3), expected (1)");
}

struct JoinAll {  // the sum of a list of tensors
  static constexpr const char* name = "test.join_all";
  Tensor forward(Context& context, const Tensors& list, const Tensor& factor) const {
    Tensor total = zeros_like(list[0]);
    for (const Tensor& x : list) total = add(total, mul(x, factor));
    context.save(factor);
    return total;
  }
  void backward(Backward& pass) const {
    for (size_t i = 0; i < 5; ++i)
      if (pass.needs(i)) pass.add(i, mul(pass.d_output(), pass.saved(0)));
    EXPECT_FALSE(pass.needs(5));
  }
};

TEST(OwnOp, ListsOfInputsAreNumberedThrough) {
  Tensors list;
  for (int i = 0; i < 5; ++i) list.push_back(i == 2 ? tensor({1}, DType::f64) : leaf({double(i)}));
  apply(JoinAll{}, list, tensor({4}, DType::f64)).backward();
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(list[i].grad().defined(), i != 2);
    if (i != 2) {
      EXPECT_EQ(list[i].grad().item(), 4.0);
    }
  }
}

struct Half {  // the second output is marked as not differentiable
  static constexpr const char* name = "test.half";
  Tensors forward(Context& context, const Tensor& x) const {
    Tensors y{scale(x, 0.5), scale(x, 0.25)};
    context.no_gradient(y[1]);
    return y;
  }
  void backward(Backward& pass) const { pass.add(0, scale(pass.d_output(), 0.5)); }
};

TEST(OwnOp, SomeOutputsCarryNoGradient) {
  const Tensor x = leaf({2.0});
  const Tensors y = apply(Half{}, x);
  EXPECT_TRUE(y[0].requires_grad());
  EXPECT_FALSE(y[1].requires_grad());
  mul(y[0], y[1]).backward();
  EXPECT_EQ(x.grad().item(), 0.25);
}

TEST(OwnOp, IsRegistered) {
  EXPECT_TRUE(registered_ops().count("test.half"));
  EXPECT_TRUE(registered_ops().count("tanh"));
}

// ---- messages of ops with two arguments

TEST(BinaryErrors, NameTheOpAndBothShapes) {
  expect_error([] { add(zeros({2, 3}), zeros({2, 4})); }, "[add]");
  expect_error([] { add(zeros({2, 3}), zeros({2, 4})); }, "(2, 3)");
  expect_error([] { add(zeros({2, 3}), zeros({2, 4})); }, "(2, 4)");
  expect_error(
      [] {
        mul(zeros({2, 3}), zeros({3}, DType::f64));
      },
      "[mul] second argument: expected f32 on cpu as the first argument, got f64 on cpu");
  expect_error([] { sub(zeros({2}, DType::i32), zeros({2}, DType::i32)); }, "[sub]");
  expect_error([] { tanh(zeros({2}, DType::i32)); },
               "[tanh] expected a tensor of dtype f32 or f64, got i32");
  expect_error([] { add(zeros({2}), Tensor()); }, "undefined");
  expect_error([] { clamp(zeros({2}), 1, 0); }, "[clamp] expected low <= high");
}

}  // namespace
}  // namespace unroll
