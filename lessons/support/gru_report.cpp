#include "lessons/support/gru_report.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/gru_pictures.h"
#include "lessons/support/metrics.h"
#include "lessons/support/seed_comparison.h"
#include "lessons/support/table.h"
#include "lessons/support/time_series_scores.h"

namespace unroll::lessons {

double GateRecord::mean_gate(Gate which, std::optional<bool> marked) const {
  RunningMean all;
  for (std::int64_t row = 0; row < rows(); ++row) {
    if (marked && sample.marks[static_cast<std::size_t>(row)] != *marked) continue;
    for (std::int64_t unit = 0; unit < units; ++unit) all.add(gate(which, row, unit));
  }
  return all.value();
}

std::vector<double> GateRecord::half_lives() const {
  std::vector<double> half_lives;
  for (std::int64_t unit = 0; unit < units; ++unit) {
    RunningMean logarithms;
    for (std::int64_t row = 0; row < rows(); ++row)
      logarithms.add(std::log(gate(kUpdate, row, unit)));
    half_lives.push_back(std::log(0.5) / logarithms.value());
  }
  std::sort(half_lives.begin(), half_lives.end());
  return half_lives;
}

const TaskBaseline& TaskComparison::hardest_baseline() const {
  return *std::min_element(task.baselines().begin(), task.baselines().end(),
                           [](const auto& a, const auto& b) { return a.test < b.test; });
}

double TaskComparison::milliseconds() const {
  double least = std::numeric_limits<double>::infinity();
  for (const Contender& contender : contenders)
    if (contender.is_fused)
      least = std::min(least, contender.costs.milliseconds * contender.courses[0].steps.back());
  return least;
}

std::size_t TaskComparison::look_in_time(const Contender& contender) const {
  const std::vector<double>& steps = contender.courses[0].steps;
  // A step more or less than the time allows is no matter; the quickest must reach its last look.
  const double possible = milliseconds() / contender.costs.milliseconds + 0.5;
  const auto after = std::upper_bound(steps.begin(), steps.end(), possible) - steps.begin();
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(after, 1) - 1);
}

std::vector<double> TaskComparison::test_scores(const Contender& contender, std::size_t look) {
  return collect(contender.courses, [look](const Course& course) { return course.test[look]; });
}

std::vector<double> TaskComparison::last_scores(const Contender& contender) {
  return test_scores(contender, contender.courses[0].test.size() - 1);
}

std::vector<double> TaskComparison::steps_to_goal(const Contender& contender) const {
  std::vector<double> steps;
  for (const Course& course : contender.courses)
    for (std::size_t look = 0; look < course.steps.size(); ++look)
      if (course.validation[look] < task.goal()) {
        steps.push_back(course.steps[look]);
        break;
      }
  return steps;
}

namespace {

bool is_preliminary(const GruReport& report) {
  return report.tasks[0].contenders[0].courses.size() < 3;
}

void print_costs(const GruReport& report) {
  Table table({"a step of training", "units", "parameters", "MB", "ms", "of the first's"});
  for (const TaskComparison& task : report.tasks) {
    table.add_row({task.task.title(), "", "", "", "", ""});
    const double first = task.contenders[0].costs.milliseconds;
    const auto row = [&](const StepCosts& costs, const std::string& mark) {
      table.add_row({"  " + costs.network + mark, std::to_string(costs.units),
                     format_count(costs.parameters), format_fixed(costs.megabytes, 2),
                     format_fixed(costs.milliseconds, 2),
                     format_fixed(100 * costs.milliseconds / first, 0) + " %"});
    };
    for (const Contender& contender : task.contenders)
      row(contender.costs, contender.is_fused ? "" : " (written out)");
    for (const StepCosts& costs : task.only_timed) row(costs, " (only timed)");
  }
  std::cout << "\nMB: the most memory in use at once. ms: medians of steps taken in turns.\n\n"
            << table;
}

// With three or four significant digits of the baseline, and another for scores far below it.
int decimals_of(const TaskComparison& task) {
  const double baseline = task.hardest_baseline().test;
  const bool is_far_above = task.task.goal() < task.task.best_baseline().validation / 2;
  return std::max(decimals_for(baseline), 1) + (is_far_above ? 1 : 0);
}

std::string time_of(const TaskComparison& task) {
  const double seconds = task.milliseconds() / 1000;
  return format_fixed(seconds, seconds < 1 ? 2 : 1) + " s";
}

std::vector<double> seconds_to_goal(const TaskComparison& task, const Contender& contender) {
  std::vector<double> seconds = task.steps_to_goal(contender);
  for (double& value : seconds) value *= contender.costs.milliseconds / 1000;
  return seconds;
}

void print_scores(const TaskComparison& task) {
  const int decimals = decimals_of(task);
  const auto& first = task.contenders[0].courses[0];
  Table table({task.task.title() + ": " + task.task.score_name(),
               concat_message("in ", static_cast<std::int64_t>(first.steps.back()), " steps"),
               "in " + time_of(task), "steps then", "steps to goal", "seconds"});
  for (const TaskBaseline& baseline : task.task.baselines())
    table.add_row({baseline.name, format_fixed(baseline.test, decimals), "", "", "", ""});
  for (const Contender& contender : task.contenders) {
    const std::vector<double> steps = task.steps_to_goal(contender);
    std::string to_goal = steps.empty() ? "–" : mean_and_deviation(steps, 0);
    if (steps.size() < contender.courses.size())
      to_goal += concat_message(" (", steps.size(), " of ", contender.courses.size(), ")");
    const std::string in_steps =
        mean_and_deviation(TaskComparison::last_scores(contender), decimals);
    if (!contender.is_fused) {
      table.add_row({contender.costs.network, in_steps, "", "", to_goal, ""});
      continue;
    }
    const std::size_t look = task.look_in_time(contender);
    table.add_row({contender.costs.network, in_steps,
                   mean_and_deviation(TaskComparison::test_scores(contender, look), decimals),
                   format_fixed(contender.courses[0].steps[look], 0), to_goal,
                   steps.empty() ? "–" : mean_and_deviation(seconds_to_goal(task, contender), 2)});
  }
  std::cout << '\n' << table;
}

// What `a` is, compared with `b`, in steps and in time.
Json compare(const TaskComparison& task, const Contender& a, const Contender& b) {
  const int decimals = decimals_of(task);
  Json said = {{"steps", describe_difference(TaskComparison::last_scores(a),
                                             TaskComparison::last_scores(b), decimals)}};
  if (a.is_fused && b.is_fused)
    said["time"] =
        describe_difference(TaskComparison::test_scores(a, task.look_in_time(a)),
                            TaskComparison::test_scores(b, task.look_in_time(b)), decimals);
  const std::vector<double> steps_a = task.steps_to_goal(a), steps_b = task.steps_to_goal(b);
  if (steps_a.size() == a.courses.size() && steps_b.size() == b.courses.size())
    said["steps_to_goal"] = describe_difference(steps_a, steps_b, 0);
  return said;
}

std::string against_baseline(const TaskComparison& task, const Contender& contender) {
  const std::vector<double> baseline{task.hardest_baseline().test};
  const std::vector<double> scores = TaskComparison::last_scores(contender);
  const int outcome = compare_losses(scores, baseline);
  const std::string by = describe_difference(scores, baseline, decimals_of(task));
  return contender.costs.network + (outcome < 0 ? " beats it, " : " did not beat it, ") + by;
}

void print_verdicts(const TaskComparison& task, bool is_preliminary) {
  const std::string mark = is_preliminary ? " (preliminary: few seeds)" : "";
  const Contender& first = task.contenders[0];
  for (std::size_t i = 1; i < task.contenders.size(); ++i) {
    const Contender& other = task.contenders[i];
    const Json said = compare(task, other, first);
    std::cout << "  " << other.costs.network << " against " << first.costs.network
              << ": in as many steps " << said.at("steps").get<std::string>();
    if (said.contains("time"))
      std::cout << "; in as much time " << said.at("time").get<std::string>();
    if (said.contains("steps_to_goal"))
      std::cout << ";\n    steps to the goal " << said.at("steps_to_goal").get<std::string>();
    std::cout << mark << ".\n";
  }
  std::cout << "  The best baseline is " << task.hardest_baseline().name << ": ";
  for (std::size_t i = 0; i < task.contenders.size(); ++i)
    std::cout << (i > 0 ? "; " : "") << against_baseline(task, task.contenders[i]);
  std::cout << mark << ".\n  The goal: a validation score below " << task.task.goal_name() << ".\n";
}

void print_gates(const GruReport& report) {
  Table table({"", "z: mean", "half-life: shortest", "median", "longest", "r: mean"});
  std::string marks;
  bool has_gates = false;
  for (const TaskComparison& task : report.tasks) {
    if (!task.gates) continue;
    has_gates = true;
    const GateRecord& record = *task.gates;
    const std::vector<double> lives = record.half_lives();
    table.add_row({task.task.title(), format_fixed(record.mean_gate(GateRecord::kUpdate), 2),
                   format_fixed(lives.front(), 1), format_fixed(lives[lives.size() / 2], 1),
                   format_fixed(lives.back(), 1),
                   format_fixed(record.mean_gate(GateRecord::kReset), 2)});
    if (record.sample.marks.empty()) continue;
    const auto both = [&](GateRecord::Gate gate) {
      return format_fixed(record.mean_gate(gate, true), 2) + " and " +
             format_fixed(record.mean_gate(gate, false), 2);
    };
    marks += task.task.title() + ": at " + record.sample.marks_name + " and elsewhere z is " +
             both(GateRecord::kUpdate) + ", r " + both(GateRecord::kReset) + ".\n";
  }
  if (!has_gates) return;
  std::cout << "\n4. The gates of the GRU, first seed. By its z alone a unit halves what it holds "
               "in so many\n   steps:\n\n"
            << table << marks;
}

std::string caption(const GruReport& report) {
  const Json& settings = report.record.settings;
  const std::size_t seeds = report.tasks[0].contenders[0].courses.size();
  return concat_message("as many parameters as the ", report.tasks[0].contenders[0].costs.network,
                        " of ", settings.at("hidden").get<int>(), " units; ", seeds,
                        seeds == 1 ? " seed" : " seeds", seeds < 3 ? " (preliminary)" : "",
                        settings.at("full").get<bool>() ? "" : " (--full: longer, more)");
}

Json size_json(const StepCosts& costs) {
  return {{"units", costs.units}, {"parameters", costs.parameters}};
}
Json costs_json(const StepCosts& costs) {
  return {{"milliseconds", costs.milliseconds}, {"megabytes", costs.megabytes}};
}

void fill_record(GruReport& report) {
  RunRecord& record = report.record;
  for (const TaskComparison& task : report.tasks) {
    const std::string name = task.task.name();
    record.data[name] = task.task.data();
    for (const TaskBaseline& baseline : task.task.baselines())
      record.baselines[name][baseline.name] = {{"validation", baseline.validation},
                                               {"test", baseline.test}};
    Json& scores = record.scores[name];
    Json& timings = record.timings[name];
    timings["equal_seconds"] = task.milliseconds() / 1000;
    for (const Contender& contender : task.contenders) {
      const std::string& network = contender.costs.network;
      scores[network] = size_json(contender.costs);
      scores[network]["test"] = TaskComparison::last_scores(contender);
      scores[network]["steps_to_goal"] = task.steps_to_goal(contender);
      for (const Course& course : contender.courses)
        scores[network]["seeds"].push_back({{"steps", course.steps},
                                            {"training_loss", course.loss},
                                            {"validation", course.validation},
                                            {"test_of_best", course.test}});
      timings[network] = costs_json(contender.costs);
      if (contender.is_fused) {
        const std::size_t look = task.look_in_time(contender);
        timings[network]["steps_in_equal_time"] = contender.courses[0].steps[look];
        timings[network]["test_in_equal_time"] = TaskComparison::test_scores(contender, look);
      }
      if (&contender != &task.contenders[0]) {
        Json said = compare(task, contender, task.contenders[0]);
        if (said.contains("time")) timings[network]["verdict"] = said["time"];
        said.erase("time");
        scores[network]["verdict"] = said;
      }
    }
    for (const StepCosts& costs : task.only_timed) {
      scores[costs.network] = size_json(costs);
      timings[costs.network] = costs_json(costs);
    }
    scores["preliminary"] = is_preliminary(report);
    if (task.gates)
      scores["gates"] = {{"update_mean", task.gates->mean_gate(GateRecord::kUpdate)},
                         {"reset_mean", task.gates->mean_gate(GateRecord::kReset)},
                         {"half_lives", task.gates->half_lives()}};
  }
}

}  // namespace

void report_gru(GruReport report) {
  print_costs(report);
  std::cout << "\n3. Scores on the test part, of the weights that validation chose:\n";
  for (const TaskComparison& task : report.tasks) {
    print_scores(task);
    print_verdicts(task, is_preliminary(report));
  }
  print_gates(report);
  const GruPictures pictures{report, caption(report)};
  pictures.draw_curves();
  pictures.draw_scores();
  pictures.draw_costs();
  pictures.draw_gates();
  fill_record(report);
  report.out.write_metrics(report.record);
  std::string gates;
  for (const TaskComparison& task : report.tasks)
    if (task.gates) gates += ", gates_" + task.task.name();
  std::cout << "\nPictures (curves, scores, costs" << gates << ") and metrics.json are in "
            << report.out.path().string() << "\n";
}

}  // namespace unroll::lessons
