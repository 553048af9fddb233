#include "lessons/support/gru_pictures.h"

#include <algorithm>
#include <numeric>

#include "engine/error.h"
#include "lessons/support/figure.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {

namespace {

// LSTM and GRU as in the other lessons.
Color color_of(const std::string& network) {
  if (network == "LSTM") return palette(0);
  if (network == "GRU") return palette(2);
  return network == "GRU, reset before" ? palette(3) : palette(4);
}

Names task_titles(const GruReport& report) {
  Names names;
  for (const TaskComparison& task : report.tasks) names.push_back(task.task.title());
  return names;
}

// The validation score of a network by step or, with the time that a step takes, by second.
void draw_course(Panel& panel, const Contender& contender, double seconds_a_step) {
  Values x, middle, deviation;
  for (std::size_t look = 0; look < contender.courses[0].steps.size(); ++look) {
    const std::vector<double> scores =
        collect(contender.courses, [look](const Course& run) { return run.validation[look]; });
    x.push_back(contender.courses[0].steps[look] * seconds_a_step);
    middle.push_back(mean(scores));
    deviation.push_back(scores.size() > 1 ? standard_deviation(scores) : 0.0);
  }
  const LineStyle style{.label = contender.costs.network,
                        .color = color_of(contender.costs.network)};
  if (contender.courses.size() > 1)
    panel.line_with_band(x, middle, deviation, style);
  else
    panel.line(x, middle, style);
}

// The units whose states move furthest in the first sequence, the furthest first.
std::vector<std::int64_t> busiest_units(const GateRecord& record, std::int64_t steps) {
  constexpr std::size_t kMost = 16;
  std::vector<double> range(static_cast<std::size_t>(record.units));
  std::vector<std::int64_t> order(range.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (const std::int64_t unit : order) {
    double low = 0, high = 0;
    for (std::int64_t t = 0; t < steps; ++t) {
      low = std::min(low, record.state(t * record.sequences, unit));
      high = std::max(high, record.state(t * record.sequences, unit));
    }
    range[static_cast<std::size_t>(unit)] = high - low;
  }
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return range[static_cast<std::size_t>(a)] > range[static_cast<std::size_t>(b)];
  });
  order.resize(std::min(order.size(), kMost));
  return order;
}

// The numbers that the first sequence reads: a row for each.
void draw_numbers(Panel& panel, const GateRecord& record, std::int64_t steps) {
  const std::vector<float> read = record.sample.inputs.to_vector<float>();
  const auto inputs = static_cast<std::int64_t>(read.size()) / record.rows();
  Values values;
  for (std::int64_t k = 0; k < inputs; ++k)
    for (std::int64_t t = 0; t < steps; ++t)
      values.push_back(
          static_cast<double>(read[static_cast<std::size_t>(t * record.sequences * inputs + k)]));
  const bool is_marked = inputs == 2;
  HeatMapStyle style{.row_labels = {"change"}, .map = ColorMap::kDiverging};
  if (is_marked) style = {.row_labels = {"number", "mark"}, .low = 0, .high = 1};
  panel.title("What it reads").x_label("step t");
  panel.heat_map(values, static_cast<int>(inputs), static_cast<int>(steps), style);
}

void draw_gates_of(const GruReport& report, const TaskComparison& task,
                   const std::string& caption) {
  const GateRecord& record = *task.gates;
  const bool is_text = !record.sample.symbols.empty();
  const std::int64_t steps = std::min<std::int64_t>(record.steps, is_text ? 44 : 200);
  const std::vector<std::int64_t> shown = busiest_units(record, steps);
  Figure figure("The gates of a GRU: " + task.task.title(),
                {.rows = is_text ? 3 : 4,
                 .caption = concat_message(caption, "; the first seed, the ", shown.size(), " of ",
                                           record.units, " units that move most"),
                 .row_height = 200});
  int row = 0;
  if (!is_text) draw_numbers(figure.panel(row++, 0), record, steps);
  const auto map = [&](const std::string& title, auto value, HeatMapStyle style) {
    Values values;
    for (const std::int64_t unit : shown) {
      style.row_labels.push_back(std::to_string(unit));
      for (std::int64_t t = 0; t < steps; ++t) values.push_back(value(t * record.sequences, unit));
    }
    if (is_text)
      for (std::int64_t t = 0; t < steps; ++t)
        style.column_labels.push_back(visible(record.sample.symbols[static_cast<std::size_t>(t)]));
    Panel& panel = figure.panel(row++, 0).title(title).y_label("unit");
    panel.x_label(is_text ? "character read" : "step t");
    panel.heat_map(values, static_cast<int>(shown.size()), static_cast<int>(steps), style);
  };
  const auto gate = [&](GateRecord::Gate which) {
    return [&record, which](std::int64_t at, std::int64_t unit) {
      return record.gate(which, at, unit);
    };
  };
  map("Update gate z: dark is kept, light is written over", gate(GateRecord::kUpdate),
      {.low = 0, .high = 1});
  map("Reset gate r: dark is seen by what is written", gate(GateRecord::kReset),
      {.low = 0, .high = 1});
  map("State h", [&](std::int64_t at, std::int64_t unit) { return record.state(at, unit); },
      {.map = ColorMap::kDiverging});
  figure.save(report.out.file("gates_" + task.task.name() + ".png"));
}

}  // namespace

void GruPictures::draw_curves() const {
  const bool has_seeds = report.tasks[0].contenders[0].courses.size() > 1;
  Figure figure("Score on the validation part, by step and by time",
                {.rows = static_cast<int>(report.tasks.size()),
                 .columns = 2,
                 .caption = caption + (has_seeds ? "; bands: deviation over seeds" : "")});
  for (std::size_t k = 0; k < report.tasks.size(); ++k) {
    const TaskComparison& task = report.tasks[k];
    for (const bool by_time : {false, true}) {
      Panel& panel = figure.panel(static_cast<int>(k), by_time ? 1 : 0);
      panel.title(task.task.title()).y_label(task.task.score_name());
      panel.x_label(by_time ? "seconds of training" : "training step");
      if (task.task.goal() < task.task.best_baseline().validation / 2) panel.y_log();
      for (const Contender& contender : task.contenders)
        if (!by_time || contender.is_fused)
          draw_course(panel, contender, by_time ? contender.costs.milliseconds / 1000 : 1);
      panel.horizontal(task.task.best_baseline().validation,
                       {.label = task.task.best_baseline().name});
      if (by_time) panel.vertical(task.milliseconds() / 1000, {.label = "equal time"});
    }
  }
  figure.save(report.out.file("curves.png"));
}

void GruPictures::draw_scores() const {
  Figure figure("Test score, in % of the best baseline's: lower is better",
                {.rows = 2, .caption = caption + "; mean ± standard deviation over seeds"});
  for (const bool by_time : {false, true}) {
    Panel& panel = figure.panel(by_time ? 1 : 0, 0);
    panel.title(by_time ? "After as much time" : "After as many steps");
    panel.y_label("% of the baseline").categories(task_titles(report));
    for (std::size_t i = 0; i < report.tasks[0].contenders.size(); ++i) {
      const Contender& network = report.tasks[0].contenders[i];
      if (by_time && !network.is_fused) continue;
      Values means, deviations;
      for (const TaskComparison& task : report.tasks) {
        const Contender& contender = task.contenders[i];
        std::vector<double> scores =
            by_time ? TaskComparison::test_scores(contender, task.look_in_time(contender))
                    : TaskComparison::last_scores(contender);
        for (double& score : scores) score *= 100 / task.hardest_baseline().test;
        means.push_back(mean(scores));
        if (scores.size() > 1) deviations.push_back(standard_deviation(scores));
      }
      panel.bars(means, {.label = network.costs.network,
                         .color = color_of(network.costs.network),
                         .errors = deviations,
                         .values = true});
    }
    panel.horizontal(100, {.label = "best baseline"});
  }
  figure.save(report.out.file("scores.png"));
}

void GruPictures::draw_costs() const {
  Figure figure("What a step of training takes", {.rows = 2, .caption = caption});
  const auto draw = [&](int row, const std::string& title, const std::string& unit,
                        double StepCosts::*cost) {
    Panel& panel = figure.panel(row, 0).title(title).y_label(unit).categories(task_titles(report));
    const auto bars = [&](const std::string& network, auto pick) {
      Values heights;
      for (const TaskComparison& task : report.tasks) heights.push_back(pick(task).*cost);
      panel.bars(heights, {.label = network, .color = color_of(network), .values = true});
    };
    for (std::size_t i = 0; i < report.tasks[0].contenders.size(); ++i)
      if (report.tasks[0].contenders[i].is_fused)
        bars(report.tasks[0].contenders[i].costs.network,
             [i](const TaskComparison& task) { return task.contenders[i].costs; });
    for (std::size_t i = 0; i < report.tasks[0].only_timed.size(); ++i)
      bars(report.tasks[0].only_timed[i].network,
           [i](const TaskComparison& task) { return task.only_timed[i]; });
  };
  draw(0, "Time, medians of interleaved steps", "milliseconds", &StepCosts::milliseconds);
  draw(1, "Memory, most at once", "megabytes", &StepCosts::megabytes);
  figure.save(report.out.file("costs.png"));
}

void GruPictures::draw_gates() const {
  for (const TaskComparison& task : report.tasks)
    if (task.gates) draw_gates_of(report, task, caption);
}

}  // namespace unroll::lessons
