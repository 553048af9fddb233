// What is measured: one recurrent layer of some size, run forward or trained for a step.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/nn/recurrent.h"

namespace benchmark {
class State;
}

namespace unroll::bench {

/// The forward pass alone, without the tape; or a training step: the forward pass, then the
/// gradients of all weights and of the input. No loss and no optimizer.
enum class Pass { kForward, kTraining };

inline constexpr std::array kPasses = {Pass::kForward, Pass::kTraining};
inline constexpr std::array kCells = {nn::Cell::kRnnTanh, nn::Cell::kLstm, nn::Cell::kGru};

/// "forward" or "training".
const char* name(Pass pass);
/// "RNN", "LSTM" or "GRU".
const char* title(nn::Cell cell);

/// Whether `Workload::measure` sets the time of an iteration itself, to that of the GPU's work.
bool times_with_events();

/// The layer has as many inputs as hidden units.
struct Sizes {
  int64_t hidden, batch, length;

  friend bool operator==(const Sizes&, const Sizes&) = default;
};

struct Workload {
  nn::Cell cell;
  Pass pass;
  Sizes sizes;

  /// Google Benchmark's name for it, "lstm/training/hidden:128/batch:16/length:64".
  std::string name() const;
  /// Steps of all sequences together.
  int64_t tokens() const { return sizes.batch * sizes.length; }
  /// Multiplications and additions of the matrix products for one token. With G gates, I inputs and
  /// H hidden units there are G·H·(I + H) of each in the forward pass; the gradients of input and
  /// state take as many again, and so do those of the weights.
  double flops_per_token() const;

  /// Bytes that must be there at the same time in a training step; README.md says of what.
  int64_t needed_bytes() const;

  /// Google Benchmark's function: sets the counters tokens_per_second and gflop_per_second, in
  /// training peak_bytes, the most that the pool gave out at a time, and needed_bytes. Throws
  /// `Interrupted` once the program was asked to stop.
  void measure(benchmark::State& state) const;
};

/// One factor varied, the others as in the centre.
struct Sweep {
  const char* factor;  // "hidden"
  const char* title;   // "hidden size"
  int64_t Sizes::*size;
  std::vector<int64_t> values;
};

struct Plan {
  Sizes centre;
  std::vector<Sweep> sweeps;

  Sizes sizes(const Sweep& sweep, int64_t value) const;
  /// The factors that a sweep leaves alone, "batch 16, length 64".
  std::string fixed(const Sweep& sweep) const;
  /// Every cell, pass and size, each once.
  std::vector<Workload> workloads() const;
};

/// What is measured by default, or the small sizes of --quick.
Plan make_plan(bool quick);

}  // namespace unroll::bench
