#include "bench/workload.h"

#include <algorithm>
#include <benchmark/benchmark.h>

#include "engine/allocator.h"
#include "engine/autograd.h"
#include "engine/device.h"
#include "engine/error.h"
#include "engine/random.h"
#include "kernels/gpu_runtime.h"
#include "lessons/support/interrupt.h"

namespace unroll::bench {
namespace {

using benchmark::Counter;

int64_t gates(nn::Cell cell) {
  if (cell == nn::Cell::kLstm) return 4;
  return cell == nn::Cell::kGru ? 3 : 1;
}

const char* short_name(nn::Cell cell) {
  if (cell == nn::Cell::kLstm) return "lstm";
  return cell == nn::Cell::kGru ? "gru" : "rnn";
}

// Times what `run` computes. On a GPU events say how long its work took there; elsewhere the clock
// runs until an element of the result can be read.
template <class Run>
void time_runs(benchmark::State& state, const Run& run) {
  for ([[maybe_unused]] auto _ : state) {
#ifdef UNROLL_HAS_CUDA
    if (times_with_events()) {
      state.SetIterationTime(kernels::gpu_seconds(kernels::Cuda{}, [&] { (void)run(); }));
      continue;
    }
#endif
    const Tensor result = run();
    benchmark::DoNotOptimize(result.view({result.numel()}).at({0}));
  }
}

}  // namespace

bool times_with_events() { return default_device() == Device::cuda; }

const char* name(Pass pass) { return pass == Pass::kForward ? "forward" : "training"; }

const char* title(nn::Cell cell) {
  if (cell == nn::Cell::kLstm) return "LSTM";
  return cell == nn::Cell::kGru ? "GRU" : "RNN";
}

std::string Workload::name() const {
  return concat_message(short_name(cell), '/', bench::name(pass), "/hidden:", sizes.hidden,
                        "/batch:", sizes.batch, "/length:", sizes.length);
}

double Workload::flops_per_token() const {
  const int64_t inputs = sizes.hidden;
  const int64_t multiplications = gates(cell) * sizes.hidden * (inputs + sizes.hidden);
  return 2.0 * static_cast<double>(multiplications) * (pass == Pass::kForward ? 1 : 3);
}

int64_t Workload::needed_bytes() const {
  const int64_t H = sizes.hidden, I = H, G = gates(cell), T = sizes.length, B = sizes.batch;
  const int64_t parameters = G * H * (I + H) + 2 * G * H;
  const int64_t states = (cell == nn::Cell::kLstm ? 2 : 1) * (T + 1) * B * H;
  // The GRU's gradients do not fit in the place of its gates: those of x- and h-gates differ.
  const bool apart = cell == nn::Cell::kGru;
  const int64_t saved = (apart ? 4 + 2 * G : G) * T * B * H;
  const int64_t packed = G * H * H;
  const int64_t d_output = T * B * H, x_and_dx = 2 * T * B * I;
  return 4 * (2 * parameters + states + saved + packed + d_output + x_and_dx);
}

void Workload::measure(benchmark::State& state) const {
  if (lessons::interrupted()) throw lessons::Interrupted("no results were written");
  nn::Module root(1);
  nn::Recurrent layer(root, "layer", cell, sizes.hidden, sizes.hidden);
  Random random(1, "bench");
  const Shape shape{sizes.length, sizes.batch, sizes.hidden};
  Tensor x = randn(shape, random);
  if (pass == Pass::kForward) {
    const NoGrad no_grad;
    time_runs(state, [&] { return layer(x).output; });
  } else {
    x.set_requires_grad();
    Tensors inputs{x};
    for (const NamedTensor& parameter : layer.parameters()) inputs.push_back(parameter.tensor);
    const Tensor d_output = randn(shape, random);
    const auto step = [&] { return grad({layer(x).output}, inputs, {d_output}).back(); };
    Pool& memory = pool(default_device());
    memory.reset_peak();
    step();
    state.counters["peak_bytes"] = static_cast<double>(memory.stats().peak);
    state.counters["needed_bytes"] = static_cast<double>(needed_bytes());
    time_runs(state, step);
  }
  const double tokens = static_cast<double>(this->tokens());
  const auto rate = Counter::kIsIterationInvariantRate;
  state.counters["tokens_per_second"] = Counter(tokens, rate);
  state.counters["gflop_per_second"] = Counter(tokens * flops_per_token() / 1e9, rate);
}

Sizes Plan::sizes(const Sweep& sweep, int64_t value) const {
  Sizes sizes = centre;
  sizes.*sweep.size = value;
  return sizes;
}

std::string Plan::fixed(const Sweep& sweep) const {
  std::string text;
  for (const Sweep& other : sweeps)
    if (other.size != sweep.size)
      text += concat_message(text.empty() ? "" : ", ", other.factor, ' ', centre.*other.size);
  return text;
}

std::vector<Workload> Plan::workloads() const {
  std::vector<Sizes> all;
  for (const Sweep& sweep : sweeps)
    for (const int64_t value : sweep.values) {
      const Sizes one = sizes(sweep, value);
      if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
    }
  std::vector<Workload> workloads;
  for (const nn::Cell cell : kCells)
    for (const Pass pass : kPasses)
      for (const Sizes& one : all) workloads.push_back({cell, pass, one});
  return workloads;
}

Plan make_plan(bool quick) {
  if (quick)
    return {{32, 8, 16},
            {{"hidden", "hidden size", &Sizes::hidden, {16, 32, 64}},
             {"batch", "batch size", &Sizes::batch, {1, 8, 16}},
             {"length", "sequence length", &Sizes::length, {4, 16, 32}}}};
  return {{128, 16, 64},
          {{"hidden", "hidden size", &Sizes::hidden, {32, 64, 128, 256, 512}},
           {"batch", "batch size", &Sizes::batch, {1, 4, 16, 64}},
           {"length", "sequence length", &Sizes::length, {4, 16, 64, 256}}}};
}

}  // namespace unroll::bench
