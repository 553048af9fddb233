// Lesson 04 · Time series · about half a minute
//
// A recurrent network reads the last months of a series and forecasts the next ones: sunspots,
// airline passengers, the carbon dioxide of the air, or a table of yours. You will learn
//   - sliding windows: u_{t−L+1} … u_t are read, x_{t+1} … x_{t+H} are to be said, for every t
//   - what to feed: changes, u_t = (w_t − w_{t−1})/s, where w is the series, its logarithm, or its
//     difference to the same month of the last year; a network that says 0 says "as it is now"
//   - to look ahead H steps: directly (one network, H outputs) or recursively (a network for one
//     step, fed with what it said itself), and how the second way collapses
//   - to measure without cheating: split by time, scale with the past only, choose on a validation
//     part, roll the origin of the forecasts through the test part, look at that once
//   - what to beat: the last value, the last season, and a linear autoregression AR(p)
//   - MSE, MAE, RMSE, MASE, and a test of whether a difference is more than chance
//   - an interval around a forecast from the errors that were made before
//
// Try next: --cell rnn; --lookback 12 and 120; --horizon 24; --season 1 (no help with the year);
// --data eu_stock_markets (can anything beat "as it is now"?); --data with a table of yours.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/autograd.h"
#include "engine/nn.h"
#include "engine/optim.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/metrics.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/series_windows.h"
#include "lessons/support/time_series_report.h"

namespace unroll::lessons {
namespace {

struct Settings : CommonOptions {
  std::string columns;
  int64_t lookback = 36, horizon = 12, season = 0;
  int64_t steps = 800, batch = 32;
  double lr = 2e-3, clip = 1.0, weight_decay = 0.01;
};

// A recurrent network reads a window of changes; a linear layer turns its last state into how far
// each column will have moved after 1 … horizon steps.
struct Forecaster : nn::Module {
  Forecaster(const Settings& settings, uint64_t seed, int64_t width, int64_t steps_ahead)
      : Module(seed),
        horizon(steps_ahead),
        rnn(*this, "rnn", parse_cell(settings.cell), width, settings.hidden,
            {.num_layers = static_cast<int>(settings.layers)}),
        head(*this, "head", settings.hidden, horizon * width) {}

  // (lookback, batch, width) to (batch, horizon*width)
  Tensor operator()(const Tensor& changes) {
    return head(select(rnn(changes).state.h, rnn.num_layers() - 1));
  }

  int64_t horizon;
  nn::Recurrent rnn;
  nn::Linear head;
};

// One look: all steps ahead at once.
Forecasts forecast_directly(Forecaster& model, const SeriesTransform& transform,
                            const std::vector<int64_t>& origins, int64_t lookback) {
  const NoGrad no_grad;
  const Tensor moved = model(windows(transform, origins, lookback));
  return to_values(transform, origins, model.horizon, moved.to_vector<float>());
}

// Step by step: what the network says becomes the newest thing that it reads.
Forecasts forecast_recursively(Forecaster& one_step, const SeriesTransform& transform,
                               const std::vector<int64_t>& origins, int64_t lookback,
                               int64_t horizon) {
  const NoGrad no_grad;
  const auto batch = static_cast<int64_t>(origins.size()), width = transform.width();
  const auto line_size = static_cast<size_t>(batch * width);  // one step of every origin
  std::vector<float> read = windows(transform, origins, lookback).to_vector<float>();
  std::vector<float> moved(line_size * static_cast<size_t>(horizon));  // (batch, horizon, width)
  for (int64_t h = 0; h < horizon; ++h) {
    const std::vector<float> window(read.begin() + h * batch * width, read.end());
    const Tensor said = one_step(from_vector(window, {lookback, batch, width}));
    const std::vector<float> change = said.to_vector<float>();
    read.insert(read.end(), change.begin(), change.end());
    for (int64_t i = 0; i < batch; ++i)
      for (int64_t column = 0; column < width; ++column) {
        const auto at = static_cast<size_t>((i * horizon + h) * width + column);
        const float before = h > 0 ? moved[at - static_cast<size_t>(width)] : 0.0f;
        moved[at] = before + change[static_cast<size_t>(i * width + column)];
      }
  }
  return to_values(transform, origins, horizon, moved);
}

// Trains a forecaster on windows that lie in `past`, which the scale is fitted on, too.
class Training {
 public:
  Training(const Settings& settings, uint64_t seed, const ForecastPlan& plan, IndexRange past,
           int64_t horizon)
      : transform(plan.series, past, plan.transform),
        model(settings, seed, plan.series.width(), horizon),
        settings_(settings),
        origins_(training_origins(transform, past, settings.lookback, horizon)),
        random_(seed, "batches") {}

  // One step down the gradient; returns the loss of its batch.
  double step() {
    std::vector<int64_t> batch;
    const auto size = std::min(settings_.batch, static_cast<int64_t>(origins_.size()));
    while (static_cast<int64_t>(batch.size()) < size) {
      if (order_.empty()) order_ = random_.permutation(static_cast<int64_t>(origins_.size()));
      batch.push_back(origins_[static_cast<size_t>(order_.back())]);
      order_.pop_back();
    }
    optimizer_.set_learning_rate(rate_.at(done_));
    optimizer_.zero_grad();
    const Tensor loss = mse(model(windows(transform, batch, settings_.lookback)),
                            targets(transform, batch, model.horizon));
    check_finite_loss(loss.item(), done_);
    loss.backward();
    check_finite_loss(optimizer_.step({.max_norm = settings_.clip}).item(), done_);
    ++done_;
    if (interrupted())
      throw Interrupted("the networks are short-lived and nothing was saved; start again");
    return loss.item();
  }

  // The loss over windows whose targets lie in `part`.
  double loss(IndexRange part) {
    const NoGrad no_grad;
    std::vector<int64_t> origins = rolling_origins(part);
    origins.resize(origins.size() - static_cast<size_t>(model.horizon - 1));
    return mse(model(windows(transform, origins, settings_.lookback)),
               targets(transform, origins, model.horizon))
        .item();
  }

  SeriesTransform transform;
  Forecaster model;

 private:
  const Settings& settings_;
  std::vector<int64_t> origins_, order_;
  Random random_;
  optim::AdamW optimizer_{model.parameters(),
                          {.lr = settings_.lr, .weight_decay = settings_.weight_decay}};
  optim::CosineSchedule rate_{settings_.lr, settings_.steps, settings_.lr / 20,
                              settings_.steps / 50};
  int64_t done_ = 0;
};

constexpr int64_t kLooks = 25;  // at the validation part, during one training

int64_t steps_a_look(const Settings& settings) {
  return std::min(settings.steps, std::max<int64_t>(10, settings.steps / kLooks));
}

// Trains on the first part and watches the second: how many steps are best? The forecasts of the
// second part that the best network made, for the interval, go to `said`.
ForecastCourse choose_steps(Training& training, const Settings& settings, const ForecastPlan& plan,
                            Progress& progress, Forecasts* said) {
  ForecastCourse course;
  double best = std::numeric_limits<double>::infinity();
  RunningMean recent;
  for (int64_t step = 1; step <= settings.steps; ++step) {
    recent.add(training.step());
    progress.advance(1, recent.value());
    if (step % steps_a_look(settings) != 0) continue;
    course.steps.push_back(static_cast<double>(step));
    course.training.push_back(std::exchange(recent, {}).value());
    course.validation.push_back(training.loss(plan.split.validation));
    if (course.validation.back() >= best) continue;
    best = course.validation.back();
    course.best_step = step;
    if (said)
      *said = forecast_directly(training.model, training.transform,
                                rolling_origins(plan.split.validation), settings.lookback);
  }
  return course;
}

// The two networks of one seed: chosen on the validation part, trained again on all that precedes
// the test part, asked about the test part.
ForecastRun run_seed(const Settings& settings, uint64_t seed, const ForecastPlan& plan,
                     Progress& progress) {
  const auto again = [&](const ForecastCourse& course, Training& training) {
    for (int64_t step = 0; step < course.best_step; ++step) training.step();
    progress.advance(settings.steps);
  };
  const std::vector<int64_t> origins = rolling_origins(plan.split.test);
  const int64_t lookback = settings.lookback, far = far_horizon(plan);

  Training first(settings, seed, plan, plan.split.train, settings.horizon);
  Forecasts validation({}, settings.horizon, plan.series.width());
  const ForecastCourse course = choose_steps(first, settings, plan, progress, &validation);
  Training direct(settings, seed, plan, plan.past(), settings.horizon);
  again(course, direct);

  Training first_one_step(settings, seed, plan, plan.split.train, 1);
  const ForecastCourse one_step_course =
      choose_steps(first_one_step, settings, plan, progress, nullptr);
  Training one_step(settings, seed, plan, plan.past(), 1);
  again(one_step_course, one_step);

  const auto recursive = [&](const std::vector<int64_t>& from, int64_t horizon) {
    return forecast_recursively(one_step.model, one_step.transform, from, lookback, horizon);
  };
  return {course,
          one_step_course,
          validation,
          forecast_directly(direct.model, direct.transform, origins, lookback),
          recursive(origins, settings.horizon),
          recursive(far_origins(plan), far),
          recursive({origins.front()}, 2 * far)};
}

// How long the whole run will take, judged by a few steps and one look.
double expected_seconds(const Settings& settings, const std::vector<ForecastPlan>& plans) {
  const auto start = std::chrono::steady_clock::now();
  for (const ForecastPlan& plan : plans) {
    Training training(settings, settings.seed, plan, plan.split.train, settings.horizon);
    for (int64_t step = 0; step < steps_a_look(settings); ++step) training.step();
    training.loss(plan.split.validation);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return seconds.count() * kLooks * 4 * static_cast<double>(settings.seeds);
}

std::vector<ForecastPlan> make_plans(const Settings& settings) {
  std::vector<std::string> files;
  if (!settings.data.empty()) {
    files.push_back(find_series(settings.data));
  } else {
    for (const char* name : {"sunspots_monthly", "air_passengers", "co2_mauna_loa"})
      files.push_back(fact_file(name));
    if (settings.full) files.push_back(fact_file("eu_stock_markets"));
  }
  std::vector<ForecastPlan> plans;
  for (const std::string& file : files)
    plans.push_back(plan_forecast(read_time_series(file, settings.columns), settings.lookback,
                                  settings.horizon, settings.season));
  return plans;
}

void run(const Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  const std::vector<ForecastPlan> plans = make_plans(settings);
  const RunDirectory out(settings.out);
  for (const ForecastPlan& plan : plans) std::cout << plan.describe();
  const auto trainings = static_cast<int64_t>(plans.size()) * settings.seeds * 4;
  std::cout << "Training " << trainings << " networks (" << cell_title(settings.cell) << ", "
            << settings.hidden << " units), " << settings.seeds << " seed(s), " << threads
            << " thread(s): at most " << format_duration(expected_seconds(settings, plans)) << "\n";

  TimeSeriesReport report{out,
                          {},
                          cell_title(settings.cell),
                          command_line.lesson().command(),
                          {.lesson = command_line.lesson().file_name(),
                           .settings = command_line.settings(),
                           .threads = threads}};
  Progress progress("training", trainings * settings.steps, "steps");
  for (const ForecastPlan& plan : plans) {
    report.results.push_back({plan, {}});
    for (int64_t i = 0; i < settings.seeds; ++i) {
      progress.note(plan.series.name + ", seed " + std::to_string(i + 1));
      report.results.back().runs.push_back(
          run_seed(settings, settings.seed + static_cast<uint64_t>(i), plan, progress));
    }
  }
  progress.finish();
  report_time_series(std::move(report));
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  settings.hidden = 32;
  CommandLine command_line({4,
                            "time_series",
                            "Train networks to forecast, and see whether they beat simple rules.",
                            {"", "--full", "--data eu_stock_markets --horizon 5",
                             "--data prices.csv --columns Close,Volume --season 5"}});
  command_line.add_common(
      settings, {"--cell", "--hidden", "--layers", "--seed", "--seeds", "--full", "--quick",
                 "--data", "--out", "--device", "--threads"});
  command_line.group("Forecasts");
  command_line.add("--columns", settings.columns,
                   "the columns of --data to read and to forecast, with commas; empty: all",
                   "NAMES");
  command_line.add("--lookback", settings.lookback, "steps that are read", 1, 10000);
  command_line.add("--horizon", settings.horizon, "steps that are forecast", 1, 1000);
  command_line.add("--season", settings.season,
                   "steps after which the series may repeat itself; 1: none, 0: as dates suggest",
                   0, 10000);
  command_line.group("Training");
  command_line.add("--steps", settings.steps, "steps of each training", 1, 1'000'000);
  command_line.add("--batch", settings.batch, "windows in a step", 1, 4096);
  command_line.add("--lr", settings.lr, "learning rate of AdamW at its highest", 1e-7, 10.0);
  command_line.add("--clip", settings.clip, "largest norm of the gradient", 1e-3, 1e6);
  command_line.add("--weight-decay", settings.weight_decay, "pull of the weights towards 0", 0.0,
                   10.0);
  command_line.when_quick("--steps", settings.steps, 25);
  command_line.when_quick("--hidden", settings.hidden, 8);
  command_line.when_quick("--lookback", settings.lookback, 12);
  command_line.when_quick("--seeds", settings.seeds, 1);
  command_line.when_full("--seeds", settings.seeds, 10);
  command_line.when_full("--steps", settings.steps, 1500);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
