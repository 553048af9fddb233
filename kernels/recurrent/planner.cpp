#include "kernels/recurrent/planner.h"

#include <algorithm>
#include <cmath>

namespace unroll::kernels {
namespace {

constexpr double kLeastProduct = 2.5, kPointwise = 1.75, kLaunch = 2.5;
constexpr double kStreamGap = 0.8, kGraphGap = 0.3;
constexpr double kWaitInBlock = 0.05, kWaitInCluster = 0.35, kWaitInGrid = 1.0, kGates = 0.2;

double ceil_div(double a, double b) { return std::ceil(a / b); }

double weights(const RungProblem& problem) {
  const auto H = static_cast<double>(problem.shape.hidden_size);
  return problem.gates * H * H;
}

// What a rung launches in one step.
struct Launches {
  int products, pointwise;
};

Launches launches_of(int rung, bool backward, int gates) {
  // Rung 1's operations as counted in the cells' equations, to the nearest multiple of G. Backward,
  // the products are those of dh, d_x, d_w_ih and d_w_hh.
  if (rung == 1) return backward ? Launches{4, 10 * gates} : Launches{2, 7 * gates};
  if (rung == 2) return backward ? Launches{4, 1} : Launches{2, 1};
  return {1, 1};
}

}  // namespace

GpuRates gpu_rates(const GpuProperties& gpu, int element_bytes, Operands operands) {
  const double clocks = 1000 * gpu.clock_ghz;  // in a microsecond
  const double a_clock = element_bytes == 8            ? 64
                         : operands == Operands::kTf32 ? 512
                         : operands == Operands::kBf16 ? 1024
                                                       : 128;
  const double l2_bytes = gpu.multiprocessors * clocks * 32;
  return {gpu.multiprocessors * clocks * a_clock, l2_bytes, l2_bytes / 3, clocks * 128};
}

double launched_step_us(int rung, bool backward, const RungProblem& problem,
                        const GpuProperties& gpu) {
  const GpuRates rates = gpu_rates(gpu, problem.bytes, Operands::kF32);
  const auto B = static_cast<double>(problem.shape.batch);
  const double product =
      std::max({B * weights(problem) / rates.multiply_adds,
                weights(problem) * problem.bytes / rates.l2_bytes, kLeastProduct});
  const Launches launches = launches_of(rung, backward, problem.gates);
  const int all = launches.products + launches.pointwise;
  const double on_gpu = launches.products * product + launches.pointwise * kPointwise;
  return rung == 4 ? on_gpu + all * kGraphGap : std::max(on_gpu + all * kStreamGap, all * kLaunch);
}

double persistent_step_us(int rung, bool backward, const RungProblem& problem,
                          const GpuProperties& gpu) {
  const Operands operands = rung == 7 ? problem.shape.plan.operands : Operands::kF32;
  const GpuRates rates = gpu_rates(gpu, problem.bytes, operands);
  const double weight_bytes = weights(problem) * (operands == Operands::kBf16 ? 2 : 4);
  const auto B = static_cast<double>(problem.shape.batch);
  const auto H = static_cast<double>(problem.shape.hidden_size);
  const auto T = static_cast<double>(std::max<int64_t>(problem.shape.seq_len, 1));
  const double n = gpu.multiprocessors;

  const double hold_weights =
      std::clamp(ceil_div(weight_bytes, static_cast<double>(gpu.shared_bytes_per_block)), 1.0, n);
  const double m = rung == 5   ? 1
                   : rung == 8 ? std::min(8.0, n)
                               : std::max(hold_weights, n / std::max(ceil_div(B, 8), 1.0));
  const double rows = ceil_div(B, std::max(std::floor(n / m), 1.0));
  const double product = std::max(rows * weights(problem) / m / (rates.multiply_adds / n),
                                  weight_bytes / m / rates.shared_bytes);
  const double exchange =
      rung == 5 ? 0 : n * rows * H * 4 * (backward ? problem.gates : 1) / rates.l2_bytes;
  const double wait = rung == 5 ? kWaitInBlock : rung == 8 ? kWaitInCluster : kWaitInGrid;
  const double start = kLaunch + n / m * weight_bytes / rates.memory_bytes;
  return product + exchange + wait + kGates + start / T;
}

Forecast forecast(int rung, const char* name, const std::string& refusal,
                  const RungProblem& problem, const GpuProperties& gpu) {
  if (!refusal.empty()) return {rung, name, refusal, 0, 0};
  const auto step_us = rung <= 4 ? launched_step_us : persistent_step_us;
  return {rung, name, refusal, step_us(rung, false, problem, gpu),
          step_us(rung, true, problem, gpu)};
}

int fastest(const std::vector<Forecast>& forecasts, bool backward) {
  const Forecast* best = nullptr;
  const auto time = [=](const Forecast& f) { return backward ? f.backward_us : f.forward_us; };
  for (const Forecast& candidate : forecasts)
    if (candidate.refusal.empty() && (best == nullptr || time(candidate) < time(*best)))
      best = &candidate;
  return best ? best->rung : 0;
}

}  // namespace unroll::kernels
