// Optimizers, clipping and schedules against PyTorch's numbers.
#include <gtest/gtest.h>
#include <memory>

#include "engine/autograd.h"
#include "engine/optim.h"
#include "tests/expect_tensor.h"
#include "tests/golden_file.h"

namespace unroll {
namespace {

using nlohmann::json;
using testing::close;
using testing::golden_cases;
using testing::GoldenCase;

// Sets `value` to the option called `name`, if the case has it; `used` counts the options found.
struct OptionReader {
  const json& options;
  size_t used = 0;
  template <class T>
  void operator()(const char* name, T& value) {
    if (!options.contains(name)) return;
    value = options[name].get<T>();
    ++used;
  }
};

template <class Options>
void read_adam(OptionReader& read, Options& options) {
  std::vector<double> betas{options.beta1, options.beta2};
  read("lr", options.lr);
  read("betas", betas);
  read("eps", options.eps);
  read("weight_decay", options.weight_decay);
  options.beta1 = betas[0];
  options.beta2 = betas[1];
}

std::unique_ptr<optim::Optimizer> make_optimizer(const GoldenCase& golden,
                                                 const NamedTensors& parameters) {
  OptionReader read{golden.options};
  std::unique_ptr<optim::Optimizer> optimizer;
  if (golden.name.starts_with("sgd")) {
    optim::SgdOptions options;
    read("lr", options.lr);
    read("momentum", options.momentum);
    read("nesterov", options.nesterov);
    read("weight_decay", options.weight_decay);
    optimizer = std::make_unique<optim::SGD>(parameters, options);
  } else if (golden.name.starts_with("rmsprop")) {
    optim::RmspropOptions options;
    read("lr", options.lr);
    read("alpha", options.alpha);
    read("eps", options.eps);
    read("momentum", options.momentum);
    read("centered", options.centered);
    read("weight_decay", options.weight_decay);
    optimizer = std::make_unique<optim::RMSprop>(parameters, options);
  } else if (golden.name.starts_with("adamw")) {
    optim::AdamWOptions options;
    read_adam(read, options);
    optimizer = std::make_unique<optim::AdamW>(parameters, options);
  } else if (golden.name.starts_with("adam")) {
    optim::AdamOptions options;
    read_adam(read, options);
    optimizer = std::make_unique<optim::Adam>(parameters, options);
  }
  EXPECT_EQ(read.used, golden.options.size()) << "an option of the case was not read";
  return optimizer;
}

TEST(OptimGolden, StepsEqualPyTorch) {
  int compared = 0;
  for (const DType dtype : {DType::f64, DType::f32})
    for (const GoldenCase& golden : golden_cases("optimizers.json")) {
      if (golden.name.starts_with("clip")) continue;
      SCOPED_TRACE(golden.name);
      NamedTensors parameters;
      for (const char* name : {"w", "b"}) {
        parameters.push_back({name, cast(golden.inputs.at(name), dtype)});
        parameters.back().tensor.set_requires_grad();
      }
      const auto optimizer = make_optimizer(golden, parameters);
      ASSERT_TRUE(optimizer);
      for (int64_t step = 0; step < golden.outputs.at("w").size(0); ++step) {
        const auto of_step = [&](const Tensor& all, const Shape& shape) {
          return cast(all.view_rows(step, step + 1).view(shape), dtype);
        };
        for (NamedTensor& parameter : parameters)
          parameter.tensor.set_grad(
              of_step(golden.inputs.at("d" + parameter.name), parameter.tensor.shape()));
        optimizer->step();
        for (const NamedTensor& parameter : parameters)
          EXPECT_TRUE(close(parameter.tensor,
                            of_step(golden.outputs.at(parameter.name), parameter.tensor.shape()),
                            dtype == DType::f64 ? 1e-12 : 2e-6))
              << parameter.name << ", step " << step << ", " << name(dtype);
      }
      ++compared;
    }
  EXPECT_EQ(compared, 28);
}

TEST(OptimGolden, ClippingEqualsPyTorch) {
  int compared = 0;
  for (const GoldenCase& golden : golden_cases("optimizers.json")) {
    if (!golden.name.starts_with("clip")) continue;
    SCOPED_TRACE(golden.name);
    NamedTensors parameters;
    for (const char* name : {"dw", "db"}) {
      parameters.push_back({name, zeros_like(golden.inputs.at(name))});
      parameters.back().tensor.set_requires_grad().set_grad(golden.inputs.at(name));
    }
    const double norm = optim::clip_grad_norm(parameters, golden.options["max_norm"]);
    EXPECT_NEAR(norm, golden.outputs.at("norm").item(), 1e-12);
    for (const NamedTensor& parameter : parameters)
      EXPECT_TRUE(close(parameter.tensor.grad(), golden.outputs.at(parameter.name)));
    ++compared;
  }
  EXPECT_EQ(compared, 2);
}

std::vector<double> rates(const GoldenCase& golden, size_t count) {
  OptionReader read{golden.options};
  double lr = 0.0;
  read("lr", lr);
  std::vector<double> found;
  if (golden.name.starts_with("plateau")) {
    optim::PlateauOptions options;
    std::string mode = "min", threshold_mode = "rel";
    read("mode", mode);
    read("threshold_mode", threshold_mode);
    options.maximize = mode == "max";
    options.absolute = threshold_mode == "abs";
    read("factor", options.factor);
    read("patience", options.patience);
    read("threshold", options.threshold);
    read("cooldown", options.cooldown);
    read("min_lr", options.minimum);
    optim::PlateauSchedule schedule(options);
    for (double metric : golden.inputs.at("metrics").to_vector<double>())
      found.push_back(lr = schedule.next(metric, lr));
  } else if (golden.name.starts_with("cosine")) {
    optim::CosineSchedule schedule{.lr = lr, .steps = 0};
    read("T_max", schedule.steps);
    read("eta_min", schedule.minimum);
    for (size_t step = 1; step <= count; ++step)
      found.push_back(schedule.at(static_cast<int64_t>(step)));
  } else {
    optim::StepSchedule schedule{.lr = lr, .period = 0};
    read("step_size", schedule.period);
    read("gamma", schedule.gamma);
    for (size_t step = 1; step <= count; ++step)
      found.push_back(schedule.at(static_cast<int64_t>(step)));
  }
  EXPECT_EQ(read.used, golden.options.size()) << "an option of the case was not read";
  return found;
}

TEST(OptimGolden, SchedulesEqualPyTorch) {
  for (const GoldenCase& golden : golden_cases("schedules.json")) {
    SCOPED_TRACE(golden.name);
    const std::vector<double> expected = golden.outputs.at("lr").to_vector<double>();
    const std::vector<double> actual = rates(golden, expected.size());
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(actual[i], expected[i], 1e-14) << "step " << i + 1;
  }
}

}  // namespace
}  // namespace unroll
