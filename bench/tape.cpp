// What an op costs besides its arithmetic, and how near to the memory's speed large ops come:
// ./unroll bench tape.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <vector>

#include "bench/machine.h"
#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/ops.h"
#include "engine/optim.h"
#include "engine/random.h"
#include "kernels/parallel.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/program.h"
#include "lessons/support/table.h"

namespace unroll::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using lessons::format_fixed;

constexpr Seconds kTime{0.4};  // for each line of a table

constexpr const char* kHelp = R"(Usage: ./unroll bench tape

Measures single ops, in some seconds: what the tape costs on tensors of 32 elements, where arithmetic
is next to nothing, and how many bytes a second go through ops and optimizers on tensors that fit no
cache. Times are medians. OMP_NUM_THREADS sets the number of threads.
)";

template <class Run>
double seconds(const Run& run) {
  const Clock::time_point start = Clock::now();
  run();
  return Seconds(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

// Calls run() again and again for a while.
template <class Run>
void repeat(const Run& run) {
  const Clock::time_point end = Clock::now() + std::chrono::duration_cast<Clock::duration>(kTime);
  do {
    if (lessons::interrupted()) throw lessons::Interrupted("the rest was not measured");
    run();
  } while (Clock::now() < end);
}

// ---- the tape: tensors so small that nearly all the time is for making and recording them

// Medians for a forward pass that records nothing, for one that records, and for the backward pass
// and the end of the graph. They are timed in turn, so that a disturbance falls on all three.
struct Times {
  double forward, recorded, backward;
};

template <class Forward>
Times measure(const Forward& forward, const Tensors& leaves) {
  std::vector<double> forward_times, recorded_times, backward_times;
  repeat([&] {
    Tensor result;
    forward_times.push_back(seconds([&] {
      const NoGrad no_grad;
      result = forward();
    }));
    result = Tensor();
    recorded_times.push_back(seconds([&] { result = forward(); }));
    backward_times.push_back(seconds([&] {
      result.backward();
      result = Tensor();
      for (Tensor leaf : leaves) leaf.zero_grad();
    }));
  });
  return {median(forward_times), median(recorded_times), median(backward_times)};
}

void add_row(lessons::Table& table, const char* name, const Times& times, double unit) {
  table.add_row({name, format_fixed(times.forward / unit, 0),
                 format_fixed(times.recorded / unit, 0), format_fixed(times.backward / unit, 0)});
}

template <class Op>
void add_op(lessons::Table& table, const char* name, const Op& op) {
  constexpr int kOps = 1000;
  Random random(1, "bench");
  const Tensor x = randn({1, 32}, random).set_requires_grad();
  const auto chain = [&] {
    Tensor y = x;
    for (int i = 0; i < kOps; ++i) y = op(y);
    return sum(y);
  };
  add_row(table, name, measure(chain, {x}), kOps * 1e-9);
}

std::string ops_table() {
  Random random(1, "bench");
  const Tensor ones_like_x = ones({1, 32}), bias = randn({32}, random);
  lessons::Table table({"ns for one op on (1, 32)", "forward", "recorded", "backward"});
  add_op(table, "tanh(x)", [](const Tensor& x) { return tanh(x); });
  add_op(table, "2x", [](const Tensor& x) { return scale(x, 1.001); });
  add_op(table, "x + y", [&](const Tensor& x) { return x + ones_like_x; });
  add_op(table, "x * y", [&](const Tensor& x) { return x * ones_like_x; });
  add_op(table, "x + bias", [&](const Tensor& x) { return x + bias; });
  return concat_message(table);
}

// A vanilla RNN of primitive ops, h = tanh(x·W_x + h·W_h + b): five a step.
std::string rnn_table() {
  constexpr int64_t kHidden = 32, kSteps = 64;
  Random random(1, "bench");
  Tensors x;
  for (int64_t t = 0; t < kSteps; ++t) x.push_back(randn({1, kHidden}, random));
  const auto weight = [&](int64_t rows) {
    return scale(randn({rows, kHidden}, random), 0.1).set_requires_grad();
  };
  const Tensor w_x = weight(kHidden), w_h = weight(kHidden), bias = weight(1);
  const auto unrolled = [&] {
    Tensor h = zeros({1, kHidden});
    for (const Tensor& x_t : x) h = tanh(matmul(x_t, w_x) + matmul(h, w_h) + bias);
    return sum(h);
  };
  lessons::Table table({"us for 64 steps, 322 ops", "forward", "recorded", "backward"});
  add_row(table, "RNN of primitive ops", measure(unrolled, {w_x, w_h, bias}), 1e-6);
  return concat_message(table);
}

// ---- memory: tensors so large that they come from there

constexpr int64_t kElements = int64_t{1} << 24;

// `arrays` of 4 bytes an element are read or written.
template <class Run>
void add_rate(lessons::Table& table, const char* name, int arrays, const Run& run) {
  std::vector<double> times;
  run();
  repeat([&] { times.push_back(seconds(run)); });
  const double bytes = 4.0 * arrays * static_cast<double>(kElements);
  table.add_row({name, std::to_string(arrays), format_fixed(median(times) * 1e3, 1),
                 format_fixed(bytes / median(times) / 1e9, 1)});
}

std::string memory_table() {
  const NoGrad no_grad;
  const Tensor x = full({kElements}, 0.5), y = full({kElements}, 0.25);
  Tensor to = zeros({kElements}), parameter = zeros({kElements});
  parameter.set_requires_grad().set_grad(x);
  const NamedTensors parameters{{"parameter", parameter}};
  optim::SGD sgd(parameters);
  optim::Adam adam(parameters);
  lessons::Table table({"16 Mi elements", "arrays", "ms", "GB/s"});
  add_rate(table, "x += y", 3, [&] { add_in_place(to, y); });
  add_rate(table, "x + y", 3, [&] { return x + y; });
  add_rate(table, "tanh(x)", 2, [&] { return tanh(x); });
  add_rate(table, "SGD", 3, [&] { sgd.step(); });
  add_rate(table, "Adam", 7, [&] { adam.step(); });
  add_rate(table, "Adam, clipped", 8, [&] { adam.step({.max_norm = 1.0}); });
  add_rate(table, "clipping, then Adam", 10, [&] {
    optim::clip_grad_norm(parameters, 1.0);
    adam.step();
    parameter.set_grad(x);
  });
  return concat_message(table);
}

}  // namespace
}  // namespace unroll::bench

int main(int argc, char** argv) {
  using namespace unroll;
  return lessons::run_program("unroll bench tape", [&] {
    if (argc == 2 && (argv[1] == std::string("--help") || argv[1] == std::string("-h"))) {
      std::cout << bench::kHelp;
      return;
    }
    if (argc > 1) throw input_error("unexpected argument ", argv[1], "; it takes none");
    std::cout << bench::describe_machine(kernels::num_threads()).str() << "; " << bench::today()
              << "\n\n"
              << bench::ops_table() << '\n'
              << bench::rnn_table() << '\n'
              << bench::memory_table();
  });
}
