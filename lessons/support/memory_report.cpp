#include "lessons/support/memory_report.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/memory_pictures.h"
#include "lessons/support/metrics.h"
#include "lessons/support/table.h"

namespace unroll::lessons {

namespace {

std::vector<double> test_losses(const CellRuns& cell) {
  return collect(cell.runs, [](const MemoryRun& run) { return run.test_loss; });
}

bool is_solved(const TaskRuns& task, const MemoryRun& run) {
  return run.test_loss < kSolvedShare * task.test_baseline;
}

std::int64_t solved(const TaskRuns& task, const CellRuns& cell) {
  return std::count_if(cell.runs.begin(), cell.runs.end(),
                       [&](const MemoryRun& run) { return is_solved(task, run); });
}

// Steps that the seeds took that solved it.
std::vector<double> steps_taken(const TaskRuns& task, const CellRuns& cell) {
  std::vector<double> steps;
  for (const MemoryRun& run : cell.runs)
    if (run.solved_after > 0 && is_solved(task, run))
      steps.push_back(static_cast<double>(run.solved_after));
  return steps;
}

void print_task(const TaskRuns& task) {
  const int decimals = task.task.baseline() < 0.1 ? 4 : 3;
  Table table(
      {task.task.title(), "parameters", "solved", "steps to it", "test loss", "of baseline"});
  table.add_row({"no memory", "0", "", "", format_fixed(task.test_baseline, decimals), "100 %"});
  for (const CellRuns& cell : task.cells) {
    const std::vector<double> steps = steps_taken(task, cell), losses = test_losses(cell);
    table.add_row({cell.cell, format_count(cell.parameters),
                   concat_message(solved(task, cell), " of ", cell.runs.size()),
                   steps.empty() ? "–" : mean_and_deviation(steps, 0),
                   mean_and_deviation(losses, decimals),
                   format_fixed(100 * mean(losses) / task.test_baseline, 0) + " %"});
  }
  std::cout << '\n' << table;
}

// What the numbers say of one cell.
std::string verdict(const TaskRuns& task, const CellRuns& cell) {
  const std::int64_t good = solved(task, cell);
  const auto all = static_cast<std::int64_t>(cell.runs.size());
  if (good == all) return "solves it";
  if (good > 0) return concat_message("solves it with ", good, " of ", all, " seeds");
  // 2000 test sequences tell a loss from the baseline to some per cent.
  const double share = mean(test_losses(cell)) / task.test_baseline;
  return share < 0.9 ? "does not solve it, but beats the baseline" : "did not beat the baseline";
}

// Which of two cells that both always solve the task needs fewer steps. A difference of means
// counts from two of its standard errors on (B. L. Welch, 1947).
std::string compare_steps(const TaskRuns& task, const CellRuns& a, const CellRuns& b) {
  const std::vector<double> of_a = steps_taken(task, a), of_b = steps_taken(task, b);
  const auto square_error = [](const std::vector<double>& steps) {
    return std::pow(standard_deviation(steps), 2) / static_cast<double>(steps.size());
  };
  const double difference = mean(of_a) - mean(of_b);
  const double chance = 2 * std::sqrt(square_error(of_a) + square_error(of_b));
  if (std::abs(difference) <= std::max(chance, a.runs.front().steps.front()))
    return "no difference between the steps that " + a.cell + " and " + b.cell + " need";
  return difference < 0 ? a.cell + " needs fewer steps than " + b.cell
                        : b.cell + " needs fewer steps than " + a.cell;
}

void print_verdict(const TaskRuns& task) {
  const std::size_t seeds = task.cells.front().runs.size();
  std::string text;
  for (const CellRuns& cell : task.cells)
    text += (text.empty() ? "" : "; ") + cell.cell + " " + verdict(task, cell);
  for (std::size_t a = 0; a < task.cells.size(); ++a)
    for (std::size_t b = a + 1; b < task.cells.size(); ++b) {
      const auto is_quick = [&](const CellRuns& cell) {
        return steps_taken(task, cell).size() == seeds;
      };
      if (seeds > 1 && is_quick(task.cells[a]) && is_quick(task.cells[b]))
        text += "; " + compare_steps(task, task.cells[a], task.cells[b]);
    }
  std::cout << task.task.title() << ": " << text << (seeds < 3 ? " (preliminary: few seeds)" : "")
            << ".\n";
}

void print_reaches(const MemoryReport& report) {
  const std::size_t farthest = report.reaches.front().trained.h.size();
  std::cout << "\n3. How much of a push on a state arrives at h_T, " << farthest << " steps later ("
            << report.tasks.front().task.title() << "):\n\n";
  Table table({"", "before training", "after"});
  for (const CellReach& reach : report.reaches) {
    table.add_row({reach.cell + ", on h_t", format_scientific(reach.untrained.h.back()),
                   format_scientific(reach.trained.h.back())});
    if (reach.trained.c.empty()) continue;
    table.add_row({reach.cell + ", on c_t", format_scientific(reach.untrained.c.back()),
                   format_scientific(reach.trained.c.back())});
  }
  std::cout << table;
}

std::string caption(const MemoryReport& report) {
  const Json& settings = report.record.settings;
  const auto seeds = settings.at("seeds").get<int>();
  return concat_message("generated sequences; ", settings.at("hidden").get<int>(), " units, ",
                        settings.at("steps").get<int>(), " steps at most, ", seeds,
                        seeds == 1 ? " seed" : " seeds",
                        settings.at("full").get<bool>() ? "" : " (--full: longer, more seeds)");
}

void fill_record(MemoryReport& report) {
  for (const TaskRuns& task : report.tasks) {
    const std::string name = task.task.title();
    report.record.data[name] = {
        {"name", "generated"}, {"steps", task.task.steps()}, {"sha256", task.test_sha256}};
    report.record.baselines[name] = {{"analytic", task.task.baseline()},
                                     {"on_test_sequences", task.test_baseline}};
    for (const CellRuns& cell : task.cells)
      report.record.scores[name][cell.cell] = {
          {"parameters", cell.parameters},
          {"solved", solved(task, cell)},
          {"of_seeds", cell.runs.size()},
          {"test_loss", test_losses(cell)},
          {"steps_to_solve",
           collect(cell.runs, [](const auto& run) { return double(run.solved_after); })}};
  }
  for (const CellReach& reach : report.reaches) {
    Json& json = report.record.scores["reach"][reach.cell];
    json["h"] = {{"untrained", reach.untrained.h.back()}, {"trained", reach.trained.h.back()}};
    if (reach.trained.c.empty()) continue;
    json["c"] = {{"untrained", reach.untrained.c.back()}, {"trained", reach.trained.c.back()}};
  }
}

}  // namespace

void report_memory(MemoryReport report) {
  for (const TaskRuns& task : report.tasks) print_task(task);
  std::cout << "A task is solved with less than " << format_fixed(100 * kSolvedShare, 0)
            << " % of the loss that the best answer without a memory has.\n\n";
  for (const TaskRuns& task : report.tasks) print_verdict(task);
  print_reaches(report);
  const MemoryPictures pictures{report, caption(report)};
  pictures.draw_curves();
  pictures.draw_solved();
  pictures.draw_reach();
  pictures.draw_gates();
  fill_record(report);
  report.out.write_metrics(report.record);
  std::cout << "\n4. Gates and cell states of the LSTM are in gates.png"
            << (report.gates ? "" : ": none, the first task has no LSTM that adds")
            << ".\n\nPictures (curves, solved, reach" << (report.gates ? ", gates" : "")
            << ") and metrics.json are in " << report.out.path().string() << "\n";
}

}  // namespace unroll::lessons
