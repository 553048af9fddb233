// What a run of the time series lesson leaves: tables, verdicts, pictures, metrics.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/forecast_plan.h"
#include "lessons/support/forecasts.h"
#include "lessons/support/run_directory.h"

namespace unroll::lessons {

/// The loss of one network while it was trained on the first part, in scaled units squared.
struct ForecastCourse {
  std::vector<double> steps, training, validation;
  std::int64_t best_step = 0;  // where the validation loss was lowest
};

/// All that the networks of one seed said about one series.
struct ForecastRun {
  ForecastCourse direct_course, one_step_course;
  Forecasts validation;  // direct, by the network that has seen the training part only
  Forecasts direct;      // of the test part, by the network trained on all before it
  Forecasts recursive;   // the same by the one-step network, its forecasts fed back
  Forecasts far;         // recursive, many steps, from `far_origins`
  Forecasts path;        // recursive, from the first origin of the test part alone
};

/// How far the recursive network is followed: half of the test part, at most 120 steps; its path
/// twice that.
std::int64_t far_horizon(const ForecastPlan& plan);
/// At most 64 origins of the test part that have so many steps after them.
std::vector<std::int64_t> far_origins(const ForecastPlan& plan);

struct SeriesResult {
  ForecastPlan plan;
  std::vector<ForecastRun> runs;  // one a seed
};

struct TimeSeriesReport {
  const RunDirectory& out;
  std::vector<SeriesResult> results;
  std::string network;  // LSTM
  std::string command;  // that the user types
  RunRecord record;     // lesson, settings, threads; the rest is filled in
};

/// Draws the pictures, prints the tables and verdicts, writes metrics.json. This is where the test
/// part is looked at, once.
void report_time_series(TimeSeriesReport report);

}  // namespace unroll::lessons
