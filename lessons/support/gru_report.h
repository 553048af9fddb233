// What a run of the GRU lesson leaves: tables, verdicts, pictures, metrics.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lessons/support/gru_options.h"
#include "lessons/support/run_directory.h"

namespace unroll::lessons {

/// What one step of training takes.
struct StepCosts {
  std::string network;  // LSTM
  std::int64_t units = 0, parameters = 0;
  double milliseconds = 0;
  double megabytes = 0;  // most that was in use at once, weights and Adam's included
};

/// One training, looked at now and then.
struct Course {
  std::vector<double> steps = {}, loss = {};  // the loss is that of the batches since the last look
  std::vector<double> validation = {};        // scores
  /// The score on the test part of the weights that are best on the validation part up to here.
  /// Nothing is chosen by it: whoever stops at this look has this.
  std::vector<double> test = {};
};

/// A network on a task.
struct Contender {
  StepCosts costs;
  bool is_fused = true;              // else its time says nothing about the cell
  std::vector<Course> courses = {};  // one a seed
};

/// The gates of a GRU that reads.
struct GateRecord {
  std::int64_t steps = 0, sequences = 0, units = 0;
  GateSample sample = {};          // what is read
  std::vector<float> gates = {};   // (steps, sequences, 3*units): r, z, n
  std::vector<float> states = {};  // (steps, sequences, units)

  enum Gate { kReset, kUpdate };
  /// Of a unit at a row, step*sequences + sequence.
  double gate(Gate gate, std::int64_t row, std::int64_t unit) const {
    return static_cast<double>(gates[static_cast<std::size_t>((3 * row + gate) * units + unit)]);
  }
  double state(std::int64_t row, std::int64_t unit) const {
    return static_cast<double>(states[static_cast<std::size_t>(row * units + unit)]);
  }
  std::int64_t rows() const { return steps * sequences; }

  /// The mean over all units and rows, or over those rows that have a mark or those that have none.
  double mean_gate(Gate gate, std::optional<bool> marked = {}) const;
  /// After how many steps a unit has half of a state left, judged by its update gate's mean ln z;
  /// ascending.
  std::vector<double> half_lives() const;
};

struct TaskComparison {
  const ComparisonTask& task;
  std::vector<Contender> contenders = {};  // the first is what the others are compared with
  std::vector<StepCosts> only_timed = {};
  std::optional<GateRecord> gates = {};  // of the GRU of the first seed

  /// The baseline with the best score on the test part: harder to beat than any that was chosen
  /// beforehand.
  const TaskBaseline& hardest_baseline() const;
  /// What the quickest fused network takes for all its steps: the time that all are given.
  double milliseconds() const;
  /// The last look of a network within that time; at least the first.
  std::size_t look_in_time(const Contender& contender) const;
  /// The test scores at a look, one a seed.
  static std::vector<double> test_scores(const Contender& contender, std::size_t look);
  static std::vector<double> last_scores(const Contender& contender);
  /// The steps at the first look at which the goal was reached, of the seeds that did.
  std::vector<double> steps_to_goal(const Contender& contender) const;
};

struct GruReport {
  const RunDirectory& out;
  std::vector<TaskComparison> tasks;
  RunRecord
      record;  // lesson, settings, threads, timings and scores of part 1; the rest is filled in
};

/// Draws the pictures, prints the tables and verdicts, writes metrics.json.
void report_gru(GruReport report);

}  // namespace unroll::lessons
