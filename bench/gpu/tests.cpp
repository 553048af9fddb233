// gpu_tests: every op, and every rung of the recurrent ladder, on a GPU against the cpu and simt.
//
//   gpu_tests [--device cuda|simt] [--small] [--part ops|1|2|…|8] [PART_OF_A_NAME]
//
// It needs no library but ours, so that it runs where GoogleTest is missing. Prints what it is
// about to do (a kernel that hangs is the last one named), failures, and last how many comparisons
// there were. After some errors a process cannot use the GPU any more, so the parts, the ops and
// each rung, can be run apart.
#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/error.h"
#include "tests/compare.h"
#include "tests/evaluate.h"
#include "tests/on_device.h"
#include "tests/op_cases.h"

namespace unroll::op_cases {
namespace {

using kernels::Operands;

const std::vector<int64_t> kSizes{1, 3, 31, 33, 257};

struct Options {
  Device device = Device::cuda;
  bool small = false;  // for tools that make everything a hundred times slower
  std::string part;    // "ops", the number of a rung, or "" for all
  std::string wanted;  // part of a name
};

constexpr const char* kUsage =
    "usage: gpu_tests [--device cuda|simt] [--small] [--part ops|1|2|…|8] [PART_OF_A_NAME]";

int passed = 0, failed = 0, refused = 0;

void report(const std::string& what, const std::string& difference) {
  difference.empty() ? ++passed : ++failed;
  if (!difference.empty()) std::cout << "FAILED: " << what << ": " << difference << std::endl;
}

// How near two devices have to be.
struct Tolerance {
  double relative, absolute;
};

Tolerance tolerance(const OpCase& c, DType dtype) {
  return dtype == DType::f32 ? Tolerance{c.f32_tolerance, 1e-6} : Tolerance{1e-11, 1e-12};
}

Evaluated evaluate_on(Device device, const OpCase& c, int64_t n, DType dtype) {
  const testing::OnDevice on(device);
  return evaluate(c, cast_floats(c.make_inputs(n), dtype));
}

void compare(const std::string& what, const Evaluated& actual, const Evaluated& expected,
             const std::function<std::string(const Tensor&, const Tensor&)>& difference) {
  for (const auto& [kind, got, wanted] :
       {std::tuple("output ", &actual.outputs, &expected.outputs),
        std::tuple("gradient ", &actual.gradients, &expected.gradients)}) {
    if (got->size() != wanted->size())
      report(what, std::string("not as many as expected: ") + kind);
    for (size_t i = 0; i < std::min(got->size(), wanted->size()); ++i)
      report(what + ", " + kind + std::to_string(i), difference((*got)[i], (*wanted)[i]));
  }
}

void compare(const std::string& what, const Evaluated& actual, const Evaluated& expected,
             Tolerance allowed) {
  compare(what, actual, expected, [&](const Tensor& a, const Tensor& b) {
    return testing::difference(a, b, allowed.relative, allowed.absolute);
  });
}

std::string describe(const OpCase& c, int64_t n, DType dtype) {
  return c.name + ", N = " + std::to_string(n) + ", " + name(dtype);
}

// Against the cpu in all sizes, against simt where that is not slow, and against itself.
void check_op(const Options& options, const OpCase& c) {
  std::cout << c.name << std::endl;
  const Device device = options.device;
  std::vector<int64_t> sizes{1};
  if (c.scales()) sizes = options.small ? std::vector<int64_t>{33} : kSizes;
  for (const DType dtype : {DType::f32, DType::f64})
    for (const int64_t n : sizes) {
      const std::string what = describe(c, n, dtype);
      const Evaluated actual = evaluate_on(device, c, n, dtype);
      compare(what + " against cpu", actual, evaluate_on(Device::cpu, c, n, dtype),
              tolerance(c, dtype));
      if (device != Device::simt && n <= 33)
        compare(what + " against simt", actual, evaluate_on(Device::simt, c, n, dtype),
                tolerance(c, dtype));
      compare(what + " once more", evaluate_on(device, c, n, dtype), actual,
              testing::bit_difference);
    }
}

// The whole sequences of the table, and sizes that several blocks share.
std::vector<OpCase> sequences(const Options& options) {
  std::vector<OpCase> all;
  for (OpCase& c : op_cases::all())
    if (c.name.find("_cell") == c.name.npos &&
        (c.name.starts_with("rnn") || c.name.starts_with("lstm") || c.name.starts_with("gru")))
      all.push_back(std::move(c));
  if (options.small) return all;
  constexpr int64_t T = 40, I = 96;
  for (const auto& [B, H] : {std::pair<int64_t, int64_t>{1, 64}, {5, 200}, {16, 512}, {33, 768}}) {
    const double bound = 1 / std::sqrt(static_cast<double>(H));
    const auto small = [bound](Input input) { return between(-bound, bound, std::move(input)); };
    all.emplace_back(
        "rnn_tanh/large", [](In x) { return outputs(rnn(x[0], x[1], weights(x, 2))); },
        std::vector<Input>{{T, B, I}, {B, H}, small({H, I}), small({H, H}), {H}, {H}}, 1e-4);
    all.emplace_back(
        "lstm/large", [](In x) { return outputs(lstm(x[0], x[1], x[2], weights(x, 3))); },
        std::vector<Input>{
            {T, B, I}, {B, H}, {B, H}, small({4 * H, I}), small({4 * H, H}), {4 * H}, {4 * H}},
        1e-4);
    all.emplace_back(
        "gru/large", [](In x) { return outputs(gru(x[0], x[1], weights(x, 2))); },
        std::vector<Input>{
            {T, B, I}, {B, H}, small({3 * H, I}), small({3 * H, H}), {3 * H}, {3 * H}},
        1e-4);
  }
  return all;
}

// One rung where it can run, within the rounding of its operands.
void check_rung(Device device, const OpCase& c, kernels::RecurrentPlan plan,
                const std::string& operands, Tolerance allowed, DType dtype) {
  for (const int64_t n : c.scales() ? std::vector<int64_t>{3, 33} : std::vector<int64_t>{1}) {
    const std::string what =
        "rung " + std::to_string(plan.rung) + operands + ": " + describe(c, n, dtype);
    std::cout << what << std::endl;
    const Evaluated expected = evaluate_on(Device::cpu, c, n, dtype);
    set_recurrent_plan(plan);
    try {
      const Evaluated actual = evaluate_on(device, c, n, dtype);
      compare(what, actual, expected, allowed);
      compare(what + " once more", evaluate_on(device, c, n, dtype), actual,
              testing::bit_difference);
    } catch (const Error& error) {
      if (std::string(error.what()).find("cannot run this") == std::string::npos) throw;
      ++refused;
    }
    set_recurrent_plan({});
  }
}

void check_rung(Device device, const OpCase& c, int rung) {
  if (rung == 7) {
    check_rung(device, c, {7, Operands::kTf32}, " (tf32)", {5e-3, 1e-4}, DType::f32);
    check_rung(device, c, {7, Operands::kBf16}, " (bf16)", {4e-2, 1e-3}, DType::f32);
    return;
  }
  check_rung(device, c, {.rung = rung}, "", {c.f32_tolerance, 1e-6}, DType::f32);
  if (rung <= 3) check_rung(device, c, {.rung = rung}, "", {1e-11, 1e-12}, DType::f64);
}

// Runs one of the checks; an exception is a failure, and the next goes on.
void guarded(const OpCase& c, const std::function<void()>& check) {
  try {
    check();
  } catch (const std::exception& error) {
    report(c.name, error.what());
    set_recurrent_plan({});
  }
}

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--small")
      options.small = true;
    else if (arguments[i] == "--device" && i + 1 < arguments.size())
      options.device = parse_device(arguments[++i]);
    else if (arguments[i] == "--part" && i + 1 < arguments.size())
      options.part = arguments[++i];
    else if (arguments[i].starts_with("-") || !options.wanted.empty())
      throw input_error(kUsage);
    else
      options.wanted = arguments[i];
  }
  const bool is_rung = options.part.size() == 1 && '1' <= options.part[0] &&
                       options.part[0] <= '0' + kernels::kRungs;
  if (!options.part.empty() && options.part != "ops" && !is_rung) throw input_error(kUsage);
  set_default_device(options.device);  // says if it cannot be used
  set_default_device(Device::cpu);
  return options;
}

int run(const Options& options) {
  const auto wanted = [&](const OpCase& c) {
    return c.name.find(options.wanted) != std::string::npos;
  };
  const auto is_in_part = [&](const std::string& part) {
    return options.part.empty() || options.part == part;
  };
  for (const OpCase& c : all())
    if (is_in_part("ops") && wanted(c)) guarded(c, [&] { check_op(options, c); });
  const std::vector<OpCase> layers = sequences(options);
  for (int rung = 1; rung <= kernels::kRungs; ++rung)
    for (const OpCase& c : layers)
      if (is_in_part(std::to_string(rung)) && wanted(c))
        guarded(c, [&] { check_rung(options.device, c, rung); });
  std::cout << refused << " sequences were refused by a rung\n"
            << passed << " passed, " << failed << " failed\n";
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace unroll::op_cases

int main(int argc, char** argv) {
  try {
    return unroll::op_cases::run(unroll::op_cases::parse({argv + 1, argv + argc}));
  } catch (const unroll::Error& error) {
    std::cerr << "gpu_tests: " << error.what() << '\n';
    return error.cause() == unroll::Error::Cause::kInput ? 2 : 1;
  } catch (const std::exception& error) {
    std::cerr << "gpu_tests: " << error.what() << '\n';
    return 1;
  }
}
