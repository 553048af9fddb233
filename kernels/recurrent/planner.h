// Which rung of the ladder (rungs.h) to run a sequence with: a model of the time that a step takes.
//
// The model is arithmetic on a few rates and latencies of Hopper and Ampere GPUs as published; it
// has not been fitted to measurements of these kernels. It is there to put the rungs in order, to
// within some 40 %, and not to predict a benchmark. `RecurrentPlan::rung` overrules it.
//
// T, B, H, G as in recurrent.h; s bytes of a weight; n multiprocessors. A step's recurrent product,
// h·W_hhᵀ or backward dr·W_hh, is B·G·H² multiply-adds.
#pragma once

#include <string>
#include <vector>

#include "kernels/recurrent/rungs.h"

namespace unroll::kernels {

/// What a GPU does in a microsecond.
struct GpuRates {
  double multiply_adds;  // of all multiprocessors together
  double l2_bytes;       // that they read from the L2 cache together
  double memory_bytes;   // that they read from the GPU's memory together
  double shared_bytes;   // that one of them reads from its shared memory
};

/// A multiprocessor does 128 multiply-adds a clock in f32, 64 in f64, and on its tensor cores 512
/// in tf32 and 1024 in bf16. It reads 32 bytes a clock from L2 and 128 from shared memory; memory
/// gives a third of what L2 does.
GpuRates gpu_rates(const GpuProperties& gpu, int element_bytes, Operands operands);

/// Microseconds that a step takes with one of the rungs 1 to 4, which launch kernels in every step.
///
/// A product takes max(B·G·H² / multiply_adds, G·H²·s / l2_bytes, 2.5 µs): weights come from L2 at
/// best, and nothing so small is faster. That with the input counts as much. Another kernel takes
/// 1.75 µs. From one kernel to the next the GPU loses 0.3 µs in a graph and 0.8 µs otherwise; then
/// a launch also takes 2.5 µs of the host's time. A step takes the longer of the host's time and
/// the GPU's.
double launched_step_us(int rung, bool backward, const RungProblem& problem,
                        const GpuProperties& gpu);

/// The same with one of the rungs 5 to 8, which keep the weights on the chip.
///
/// The batch is cut into groups. Each has all weights, spread over its m multiprocessors, and B_g
/// of the rows: m = 1 for rung 5, 8 for rung 8, else as few as hold the weights in their shared
/// memory, with no more than B/8 groups. A step is the sum of
///   product   max(B_g·G·H²/m at a multiprocessor's rate, G·H²·s/m from its shared memory)
///   exchange  what the n multiprocessors read of their groups' states: n·B_g·H·4 bytes from L2;
///             backward G times as many, the gates' gradients; none in rung 5
///   wait      for the group: 0.05 µs in a block, 0.35 µs in a cluster, else 1 µs
///   gates     0.2 µs
/// and of the start, a launch and the weights' way from memory, divided by T.
double persistent_step_us(int rung, bool backward, const RungProblem& problem,
                          const GpuProperties& gpu);

/// What to expect of a rung.
struct Forecast {
  int rung;
  const char* name;
  std::string refusal;             // "" if it can run the problem
  double forward_us, backward_us;  // a step; 0 where it refuses
};

Forecast forecast(int rung, const char* name, const std::string& refusal,
                  const RungProblem& problem, const GpuProperties& gpu);

/// The number of the fastest rung that does not refuse; 0 if all do.
int fastest(const std::vector<Forecast>& forecasts, bool backward);

/// Forecasts of all rungs that there are for a cell and dtype, for the device at hand.
template <class Cell, class Device, class T>
std::vector<Forecast> forecasts(Device, const RecurrentShape& shape);

}  // namespace unroll::kernels
