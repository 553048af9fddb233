// The settings of the GRU lesson and its command line.
#pragma once

#include <cstdint>
#include <string>

#include "lessons/support/command_line.h"
#include "lessons/support/comparison_tasks.h"

namespace unroll::lessons {

/// How networks are trained on one kind of task.
struct TaskTraining {
  std::int64_t steps, batch;
  double lr;
};

struct GruOptions : CommonOptions {
  GruOptions() { hidden = 112; }

  std::string tasks = "adding,text,series", networks = "lstm,gru";
  std::int64_t distance = 50, characters = 100'000, window = 48, lookback = 36, horizon = 12;
  std::string series = "sunspots_monthly,air_passengers,co2_mauna_loa";
  TaskTraining adding{400, 32, 1e-2}, text{1500, 8, 4e-3}, forecast{200, 16, 2e-3};
  std::string start = "task";
  double clip = 1.0;

  void add_to(CommandLine& command_line);
};

/// A task and how to learn it.
struct PlannedTask {
  std::unique_ptr<ComparisonTask> task;
  TaskTraining training;
  std::string start;      // how long cells remember at first: see `start_memory`
  std::int64_t distance;  // up to how many steps have to be remembered, where that is known
};
/// Those that --tasks names. Throws an input error for others than adding, text and series, and for
/// none.
std::vector<PlannedTask> plan_tasks(const GruOptions& options);

/// The names in --networks: lstm, gru, gru-before. Throws an input error for others, for one that
/// comes twice, and for none.
std::vector<std::string> parse_networks(const std::string& networks);
/// What they are called in tables and pictures: LSTM; GRU; GRU, reset before.
std::string network_title(const std::string& network);

}  // namespace unroll::lessons
