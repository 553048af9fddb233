// What the golden values do not show of optimizers, clipping and schedules.
#include "engine/optim.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "engine/autograd.h"
#include "engine/nn.h"
#include "engine/ops.h"
#include "kernels/parallel.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

using testing::close;
using testing::expect_error;
using testing::same_bits;

constexpr auto kMachine = Error::Cause::kMachine;

NamedTensors leaves(const Tensors& values) {
  NamedTensors parameters;
  for (const Tensor& value : values) {
    parameters.push_back({"p" + std::to_string(parameters.size()), value});
    parameters.back().tensor.set_requires_grad();
  }
  return parameters;
}

TEST(Optim, LeavesParametersWithoutAGradientAlone) {
  NamedTensors parameters = leaves({ones({2}), ones({2})});
  optim::AdamW adam(parameters, {.lr = 0.5, .weight_decay = 0.5});
  parameters[0].tensor.set_grad(ones({2}));
  adam.step();
  EXPECT_LT(parameters[0].tensor.at({0}), 1.0);
  EXPECT_TRUE(same_bits(parameters[1].tensor, ones({2})));
  // The first step of the second parameter is its own first step: Adam moves it by lr.
  parameters[1].tensor.set_grad(full({2}, 1e-3));
  adam.step();
  EXPECT_NEAR(parameters[1].tensor.at({0}), 1.0 - 0.25 - 0.5, 1e-4);
}

TEST(Optim, DropsGradients) {
  NamedTensors parameters = leaves({ones({2}), ones({2})});
  optim::SGD sgd(parameters);
  parameters[0].tensor.set_grad(ones({2}));
  parameters[1].tensor.set_requires_grad(false);
  sgd.zero_grad();
  sgd.step();
  EXPECT_TRUE(same_bits(parameters[0].tensor, ones({2})));
}

TEST(Optim, ABackwardPassAfterAStepIsRefused) {
  NamedTensors parameters = leaves({ones({2})});
  const Tensor loss = sum(square(parameters[0].tensor));
  optim::SGD sgd(parameters);
  parameters[0].tensor.set_grad(ones({2}));
  sgd.step();
  expect_error([&] { loss.backward(); }, kMachine, "changed in place");
}

TEST(Optim, ChecksItsOptions) {
  const NamedTensors parameters = leaves({ones({2})});
  expect_error([&] { optim::SGD({}); }, kMachine, "no parameters");
  expect_error([&] { optim::SGD(parameters, {.lr = -1.0}); }, kMachine, ">= 0, got -1");
  expect_error([&] { optim::SGD(parameters, {.nesterov = true}); }, kMachine, "needs a momentum");
  expect_error([&] { optim::SGD(parameters, {.momentum = 1.0}); }, kMachine, "0 <= momentum < 1");
  expect_error([&] { optim::Adam(parameters, {.beta2 = 1.0}); }, kMachine, "0 <= beta2 < 1");
  expect_error([&] { optim::RMSprop(parameters, {.alpha = -0.1}); }, kMachine, "0 <= alpha < 1");
}

TEST(Optim, EachFindsAMinimum) {
  const auto distance_after = [](auto make) {
    NamedTensors parameters = leaves({tensor({5.0, -3.0}, DType::f64)});
    auto optimizer = make(parameters);
    for (int step = 0; step < 500; ++step) {
      optimizer.zero_grad();
      sum(square(parameters[0].tensor - tensor({1.0, 2.0}, DType::f64))).backward();
      optimizer.step();
    }
    NoGrad no_grad;
    return sum(abs(parameters[0].tensor - tensor({1.0, 2.0}, DType::f64))).item();
  };
  EXPECT_LT(distance_after([](auto& p) { return optim::SGD(p, {.lr = 0.1}); }), 1e-6);
  EXPECT_LT(distance_after([](auto& p) {
              return optim::SGD(p, {.lr = 0.05, .momentum = 0.9, .nesterov = true});
            }),
            1e-6);
  EXPECT_LT(distance_after([](auto& p) { return optim::RMSprop(p, {.lr = 0.05}); }), 0.1);
  EXPECT_LT(distance_after([](auto& p) { return optim::Adam(p, {.lr = 0.1}); }), 1e-3);
}

// ---- the same for any number of threads, and for sizes around a vector's and a block's

class Threads {
 public:
  explicit Threads(int n) : before_(kernels::num_threads()) { kernels::set_num_threads(n); }
  ~Threads() { kernels::set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

TEST(OptimThreads, AnyNumberGivesTheSameBits) {
  const auto run = [](int threads) {
    const Threads limit(threads);
    Random random(3, "threads");
    NamedTensors parameters = leaves({randn({100003}, random), randn({257, 129}, random)});
    optim::Adam adam(parameters);
    Tensors results;
    for (int step = 0; step < 2; ++step) {
      for (NamedTensor& parameter : parameters)
        parameter.tensor.set_grad(randn(parameter.tensor.shape(), random));
      results.push_back(adam.step({.max_norm = 1.0}));
    }
    for (NamedTensor& parameter : parameters) results.push_back(parameter.tensor.detach());
    return results;
  };
  const Tensors one = run(1);
  for (int threads : {2, 3, 7}) {
    const Tensors many = run(threads);
    for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(same_bits(many[i], one[i])) << threads;
  }
}

TEST(OptimClip, NormIsExactForAnySize) {
  for (int64_t n : {1, 15, 16, 17, 4095, 4096, 4097, 12289}) {
    std::vector<float> values(static_cast<size_t>(n));
    int64_t square_sum = 0;
    for (int64_t i = 0; i < n; ++i) {
      values[static_cast<size_t>(i)] = static_cast<float>(i % 7 - 3);
      square_sum += (i % 7 - 3) * (i % 7 - 3);
    }
    NamedTensors parameters = leaves({zeros({n})});
    parameters[0].tensor.set_grad(from_vector(values, {n}));
    EXPECT_EQ(optim::clip_grad_norm(parameters, 1e9), std::sqrt(static_cast<double>(square_sum)));
  }
}

TEST(OptimClip, ASharedGradientIsScaledOnce) {
  NamedTensors parameters = leaves({ones({2}, DType::f64), ones({2}, DType::f64)});
  sum(parameters[0].tensor + parameters[1].tensor).backward();
  EXPECT_NEAR(optim::clip_grad_norm(parameters, 1.0), 2.0, 1e-12);
  for (const NamedTensor& parameter : parameters)
    EXPECT_TRUE(close(parameter.tensor.grad(), full({2}, 0.5, DType::f64), 1e-6));
  EXPECT_NEAR(optim::clip_grad_norm(parameters, 1.0), 1.0, 1e-6);
}

// Two steps with gradients whose norm is above and below the limit; returns the norms, too.
template <class Make>
Tensors after_two_steps(const Make& make, bool together, Device device) {
  Random random(5, "clip");
  NamedTensors parameters =
      leaves({copy_to(randn({130}, random, DType::f64), device), ones({3}, DType::f64, device)});
  auto optimizer = make(parameters);
  Tensors results;
  for (const double size : {3.0, 0.01}) {
    for (NamedTensor& parameter : parameters)
      parameter.tensor.set_grad(
          copy_to(scale(randn(parameter.tensor.shape(), random, DType::f64), size), device));
    if (together) {
      results.push_back(optimizer.step({.max_norm = 1.0}));
    } else {
      results.push_back(scalar(optim::clip_grad_norm(parameters, 1.0), DType::f64));
      optimizer.step();
    }
  }
  for (const NamedTensor& parameter : parameters) results.push_back(parameter.tensor.detach());
  for (Tensor& result : results) result = copy_to(result, Device::cpu);
  return results;
}

TEST(OptimClip, AsPartOfAStepIsTheSameAsBeforeIt) {
  const auto check = [](auto make) {
    const Tensors expected = after_two_steps(make, false, Device::cpu);
    for (const Device device : {Device::cpu, Device::simt}) {
      const Tensors actual = after_two_steps(make, true, device);
      for (size_t i = 0; i < expected.size(); ++i)
        EXPECT_TRUE(close(actual[i], expected[i], 1e-12)) << i << " on " << name(device);
    }
  };
  check([](auto& p) { return optim::SGD(p, {.lr = 0.1, .weight_decay = 0.1}); });
  check([](auto& p) { return optim::SGD(p, {.lr = 0.1, .momentum = 0.9, .nesterov = true}); });
  check([](auto& p) { return optim::RMSprop(p, {.momentum = 0.5, .centered = true}); });
  check([](auto& p) { return optim::RMSprop(p); });
  check([](auto& p) { return optim::Adam(p, {.lr = 0.1, .weight_decay = 0.1}); });
  check([](auto& p) { return optim::AdamW(p, {.lr = 0.1}); });
}

TEST(OptimClip, AStepWithoutAFiniteNormChangesNothing) {
  for (const Device device : {Device::cpu, Device::simt}) {
    NamedTensors parameters = leaves({ones({2}, DType::f32, device)});
    optim::Adam adam(parameters);
    for (double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
      parameters[0].tensor.set_grad(copy_to(tensor({3.0, bad}), device));
      EXPECT_FALSE(std::isfinite(adam.step({.max_norm = 1.0}).item()));
      EXPECT_TRUE(same_bits(copy_to(parameters[0].tensor.detach(), Device::cpu), ones({2})));
      EXPECT_EQ(adam.state()[2].tensor.at({0}), 0.0);
    }
    expect_error([&] { adam.step({.max_norm = 0.0}); }, kMachine, "max_norm > 0");
    adam.zero_grad();
    EXPECT_EQ(adam.step({.max_norm = 1.0}).item(), 0.0);
  }
}

TEST(OptimClip, ReportsWhatIsNotFinite) {
  NamedTensors parameters = leaves({ones({2}), ones({1})});
  for (double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    parameters[0].tensor.set_grad(tensor({3.0, bad}));
    EXPECT_FALSE(std::isfinite(optim::clip_grad_norm(parameters, 1.0)));
    EXPECT_EQ(parameters[0].tensor.grad().at({0}), 3.0);
  }
  // Squares that overflow f32 do not overflow the sum.
  parameters[0].tensor.set_grad(tensor({3e30, 4e30}));
  EXPECT_NEAR(optim::clip_grad_norm(parameters, 1.0) / 5e30, 1.0, 1e-6);
  EXPECT_NEAR(parameters[0].tensor.grad().at({1}), 0.8, 1e-6);
  expect_error([&] { optim::clip_grad_norm(parameters, 0.0); }, kMachine, "max_norm > 0");
}

// ---- schedules

TEST(OptimSchedule, CosineWarmsUpAndEndsAtTheMinimum) {
  const optim::CosineSchedule schedule{.lr = 1.0, .steps = 10, .minimum = 0.1, .warmup = 4};
  EXPECT_NEAR(schedule.at(0), 0.2, 1e-12);
  EXPECT_NEAR(schedule.at(3), 0.8, 1e-12);
  EXPECT_NEAR(schedule.at(4), 1.0, 1e-12);
  EXPECT_NEAR(schedule.at(7), 0.55, 1e-12);
  EXPECT_NEAR(schedule.at(10), 0.1, 1e-12);
  EXPECT_NEAR(schedule.at(1000), 0.1, 1e-12);
  const optim::CosineSchedule wrong{.lr = 1.0, .steps = 4, .warmup = 4};
  expect_error([&] { wrong.at(0); }, kMachine, "warmup < steps, got 4 and 4");
}

TEST(OptimSchedule, PlateauNeverRaisesTheRate) {
  optim::PlateauSchedule schedule({.factor = 0.5, .patience = 0, .minimum = 0.01});
  EXPECT_EQ(schedule.next(1.0, 0.004), 0.004);
  EXPECT_EQ(schedule.next(1.0, 0.004), 0.004);
  EXPECT_EQ(schedule.next(std::numeric_limits<double>::quiet_NaN(), 1.0), 0.5);
  expect_error([] { optim::PlateauSchedule({.factor = 1.0}); }, kMachine, "factor < 1, got 1");
}

}  // namespace
}  // namespace unroll
