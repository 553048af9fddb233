// What a run of the LSTM lesson leaves: tables, verdicts, pictures, metrics.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lessons/support/run_directory.h"
#include "lessons/support/sequence_tasks.h"
#include "lessons/support/state_reach.h"

namespace unroll::lessons {

/// One training of one cell on one task.
struct MemoryRun {
  std::vector<double> steps, loss;  // the mean loss of the batches since the entry before
  std::int64_t solved_after = 0;    // steps; 0: training ended before it was solved
  double test_loss = 0;             // on sequences drawn for the test alone
};

struct CellRuns {
  std::string cell;  // LSTM
  std::int64_t parameters = 0;
  std::vector<MemoryRun> runs = {};  // one a seed
};

struct TaskRuns {
  SequenceTask task;
  double test_baseline = 0;  // of the best answer without a memory, on the test sequences
  std::string test_sha256;   // of the test sequences
  std::vector<CellRuns> cells;
};

/// The reach of a cell's state, before training and after it.
struct CellReach {
  std::string cell;  // LSTM
  StateReach untrained, trained;
};

/// What an LSTM does while it reads one sequence of the adding task.
struct GateRecord {
  std::vector<float> numbers = {}, marks = {};              // (steps), what it reads
  std::vector<float> input = {}, forget = {}, output = {};  // (steps, units), the gates
  std::vector<float> cells = {};                            // (steps, units)
  double answer = 0, truth = 0;
};

struct MemoryReport {
  const RunDirectory& out;
  std::vector<TaskRuns> tasks;
  std::vector<CellReach> reaches;   // on the first task, the first seed
  std::optional<GateRecord> gates;  // of the LSTM of the first task, if that is to add
  RunRecord record;                 // lesson, settings, threads, data; the rest is filled in
};

/// Draws the pictures, prints the tables and verdicts, writes metrics.json.
void report_memory(MemoryReport report);

}  // namespace unroll::lessons
