// What a run of the lesson on depth leaves: tables, verdicts, pictures, metrics.json.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lessons/support/depth_grid.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/text_generation.h"

namespace unroll::lessons {

/// How much gradient reaches a layer, at some steps of a training.
struct LayerGradients {
  std::vector<double> of_weights;  // ‖∂L/∂θ‖, θ all that the layer learns
  std::vector<double> of_states;   // ‖∂L/∂h‖, h its states at all steps
};

/// The training of one network with one seed. Losses are in nats a character.
struct DepthRun {
  std::vector<double> training = {}, validation = {};  // after each epoch, without dropout
  std::int64_t best_epoch = 0;                         // counted from 1
  std::vector<double> gradient_steps = {};             // counted from 1
  std::vector<LayerGradients> gradients = {};          // one a layer

  double best_training() const { return training[static_cast<std::size_t>(best_epoch - 1)]; }
  double best_validation() const { return validation[static_cast<std::size_t>(best_epoch - 1)]; }
  double best_gap() const { return best_validation() - best_training(); }
};

/// The states of a network that reads some characters.
struct LayerStates {
  std::vector<std::int32_t> characters;
  std::int64_t width = 0;
  std::vector<std::vector<float>> layers;  // each (characters, width)
};

/// A layer's states in three numbers.
struct LayerStatistics {
  double size = 0;       // root of the mean square
  double saturated = 0;  // share of states beyond ±0.9
  /// How much of it is new at each step: √(Σ(h_t − h_{t−1})² / 2Σ(h_t − h̄)²), with h̄ the mean of a
  /// unit. 1 when a step knows nothing of the one before, near 0 when states change slowly.
  double change = 0;
};
/// `states` is (steps, width), at least 2 steps.
LayerStatistics layer_statistics(std::span<const float> states, std::int64_t width);

struct DepthResult {
  DepthNetwork network;
  std::vector<DepthRun> runs;  // one a seed
  LayerStates states;          // of the first seed; of the deepest networks only

  std::vector<double> validation() const;  // of the best epochs, one a seed; so the others
  std::vector<double> training() const;
  std::vector<double> gap() const;
};

struct DepthReport {
  const TextData& data;
  const RunDirectory& out;
  std::string cell;                       // LSTM
  std::string command;                    // that the user types
  RunRecord record;                       // lesson, settings, threads; the rest is filled in
  std::vector<DepthResult> results = {};  // the first: one layer, plain
  std::vector<double> one_layer_test = {}, best_test = {};  // one a seed

  /// Which has the lowest validation loss, on average over the seeds.
  std::size_t best() const;
  /// The result of a network, whatever its sizes; null where it was not trained.
  const DepthResult* find(const DepthNetwork& network) const;
  std::int64_t deepest() const;
};

/// Draws the pictures, prints tables and verdicts, writes metrics.json.
void report_depth(DepthReport report);

}  // namespace unroll::lessons
