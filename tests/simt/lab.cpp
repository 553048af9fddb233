// Runs kernels of this project on simt by name, for the checker, the profiler or gdb to watch.
//
// Usage: lab list | all | NAME [T=4,B=8,…]
#include "tests/simt/lab.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "engine/autograd.h"
#include "engine/device.h"
#include "engine/error.h"
#include "kernels/simt/checker/control.h"
#include "tests/op_cases.h"

namespace unroll::lab {

[[gnu::noinline]] void begin_experiment() {
  if (kernels::simt::forget_profile) kernels::simt::forget_profile();
}

namespace {

// An op of the table, forward and backward.
void run_op(const op_cases::OpCase& op, int64_t n) {
  Tensors inputs = op.make_inputs(n), leaves;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (op.inputs[i].dtype != DType::i32 && !op.inputs[i].constant)
      leaves.push_back(inputs[i].set_requires_grad());
  begin_experiment();
  Tensors outputs, gradients;
  for (const Tensor& y : op.function(inputs)) {
    if (!y.requires_grad()) continue;
    outputs.push_back(y);
    gradients.push_back(ones(y.shape(), y.dtype()));
  }
  if (!outputs.empty()) grad(outputs, leaves, gradients);
}

std::vector<Experiment> experiments() {
  std::vector<Experiment> result;
  for (const op_cases::OpCase& op : op_cases::all()) {
    Experiment experiment{op.name, "forward and backward", {}, {{}}, {}};
    if (op.scales()) {
      experiment.sizes = {{"N", 33}};
      experiment.small = {{{"N", 1}}, {{"N", 5}}, {{"N", 33}}};
    }
    experiment.run = [op](const Sizes& sizes) { run_op(op, op.scales() ? sizes.at("N") : 1); };
    result.push_back(std::move(experiment));
  }
  for (Experiment& rung : ladders()) result.push_back(std::move(rung));
  return result;
}

std::string describe(const Sizes& sizes) {
  std::string text;
  for (const auto& [letter, size] : sizes)
    text += (text.empty() ? "" : ",") + letter + "=" + std::to_string(size);
  return text;
}

// "T=4,B=8": the experiment's sizes with those changed.
Sizes parse(const Experiment& experiment, const std::string& text) {
  Sizes sizes = experiment.sizes;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    char letter = 0, equals = 0, rest = 0;
    int64_t size = 0;
    std::istringstream assignment(part);
    assignment >> letter >> equals >> size;
    const auto found = sizes.find(std::string(1, letter));
    if (!assignment || equals != '=' || assignment >> rest || size < 1 || found == sizes.end())
      throw input_error("shape: expected ",
                        sizes.empty() ? "none" : "sizes such as " + describe(experiment.sizes),
                        " for ", experiment.name, ", got '", part, "'");
    found->second = size;
  }
  return sizes;
}

void list(const std::vector<Experiment>& all) {
  for (const Experiment& experiment : all)
    std::printf("  %-28s %-40s %s\n", experiment.name.c_str(), experiment.about.c_str(),
                describe(experiment.sizes).c_str());
}

void run_all(const std::vector<Experiment>& all) {
  for (const Experiment& experiment : all) {
    std::string refused;
    size_t done = 0;
    for (const Sizes& sizes : experiment.small) {
      try {
        experiment.run(sizes);
        ++done;
      } catch (const Error& error) {  // a rung may want sizes of a certain kind
        refused = error.what();
      }
    }
    if (done == 0) throw Error(refused);
  }
  std::printf("%zu ops and rungs ran\n", all.size());
}

int run_program(int argc, char** argv) {
  const std::vector<Experiment> all = experiments();
  const std::string name = argc > 1 ? argv[1] : "";
  if (name == "list" && argc == 2) {
    list(all);
    return 0;
  }
  set_default_device(Device::simt);
  if (name == "all" && argc == 2) {
    run_all(all);
    return 0;
  }
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Experiment& e) { return e.name == name; });
  if (found == all.end() || argc > 3)
    throw input_error("no op or rung '", name, "'; './unroll simt list' shows what there is");
  found->run(parse(*found, argc > 2 ? argv[2] : ""));
  return 0;
}

}  // namespace
}  // namespace unroll::lab

int main(int argc, char** argv) {
  try {
    return unroll::lab::run_program(argc, argv);
  } catch (const unroll::Error& error) {
    std::fprintf(stderr, "simt: %s\n", error.what());
    return error.cause() == unroll::Error::Cause::kInput ? 2 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "simt: %s\n", error.what());
    return 1;
  }
}
