#include "bench/report.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/table.h"

namespace unroll::bench {
namespace {

using lessons::format_count;
using lessons::format_fixed;

// The value below which a share of the `sorted` ones lies, between two of them where need be.
double quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const size_t below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - std::floor(position));
}

std::string percent(double share) { return format_fixed(100 * share, 0) + " %"; }

// Three significant digits, so that slow ones are not shown as 0.
std::string gflops(double per_second) {
  return format_fixed(per_second, per_second < 1 ? 3 : per_second < 10 ? 2 : 1);
}

// The row of one pass at one size; nothing when no cell was measured.
std::optional<std::vector<std::string>> row(const Results& results, Pass pass, const Sizes& sizes,
                                            const std::string& heading) {
  std::vector<std::string> tokens_cells, gflops_cells;
  std::optional<double> spread;
  for (const nn::Cell cell : kCells) {
    const Workload workload{cell, pass, sizes};
    const std::optional<Speed> speed = results.of(workload);
    tokens_cells.push_back(speed ? format_count(std::llround(speed->median)) : "–");
    gflops_cells.push_back(speed ? gflops(speed->median * workload.flops_per_token() / 1e9) : "–");
    if (speed) spread = std::max(spread.value_or(0), speed->spread());
  }
  if (!spread) return std::nullopt;
  std::vector<std::string> cells{heading};
  cells.insert(cells.end(), tokens_cells.begin(), tokens_cells.end());
  cells.insert(cells.end(), gflops_cells.begin(), gflops_cells.end());
  cells.push_back(percent(*spread));
  return cells;
}

}  // namespace

std::optional<Speed> Results::of(const Workload& workload) const {
  const auto found = repetitions_.find(workload.name());
  if (found == repetitions_.end()) return std::nullopt;
  std::vector<double> sorted = found->second;
  std::sort(sorted.begin(), sorted.end());
  return Speed{quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75)};
}

std::optional<double> Results::peak(const Workload& workload) const {
  const auto found = peaks_.find(workload.name());
  return found == peaks_.end() ? std::nullopt : std::optional(found->second);
}

size_t Results::repetitions() const {
  size_t most = 0;
  for (const auto& [name, values] : repetitions_) most = std::max(most, values.size());
  return most;
}

std::string tables(const Plan& plan, const Results& results) {
  std::string text;
  for (const Sweep& sweep : plan.sweeps) {
    std::vector<std::string> header{sweep.title};
    for (const char* unit : {"tok/s", "GFLOP/s"})
      for (const nn::Cell cell : kCells) header.push_back(concat_message(title(cell), ' ', unit));
    header.push_back("spread");
    lessons::Table table(header);
    bool empty = true;
    for (const Pass pass : kPasses)
      for (const int64_t value : sweep.values)
        if (const auto cells = row(results, pass, plan.sizes(sweep, value),
                                   concat_message(name(pass), ' ', value))) {
          table.add_row(*cells);
          empty = false;
        }
    if (!empty)
      text += concat_message("\nBy ", sweep.title, ", at ", plan.fixed(sweep), "\n", table);
  }
  return text;
}

std::string memory_table(const Plan& plan, const Results& results) {
  lessons::Table table({"training", "peak MB", "needed MB", "ratio"});
  bool empty = true;
  for (const nn::Cell cell : kCells) {
    const Workload workload{cell, Pass::kTraining, plan.centre};
    const std::optional<double> peak = results.peak(workload);
    if (!peak) continue;
    const double needed = static_cast<double>(workload.needed_bytes());
    table.add_row({title(cell), format_fixed(*peak / 1e6, 2), format_fixed(needed / 1e6, 2),
                   format_fixed(*peak / needed, 2)});
    empty = false;
  }
  if (empty) return "";
  return concat_message("\nMemory at hidden ", plan.centre.hidden, ", batch ", plan.centre.batch,
                        ", length ", plan.centre.length, "\n", table);
}

std::string conclusion(const Plan& plan, const Results& results) {
  std::map<std::pair<Pass, nn::Cell>, double> seconds;  // a token
  for (const Pass pass : kPasses)
    for (const nn::Cell cell : kCells)
      if (const auto speed = results.of({cell, pass, plan.centre}))
        seconds[{pass, cell}] = 1 / speed->median;
  if (seconds.size() < kPasses.size() * kCells.size()) return "";
  const auto against_rnn = [&](Pass pass, nn::Cell cell) {
    return format_fixed(seconds[{pass, cell}] / seconds[{pass, nn::Cell::kRnnTanh}], 1);
  };
  const auto against_forward = [&](nn::Cell cell) {
    return format_fixed(seconds[{Pass::kTraining, cell}] / seconds[{Pass::kForward, cell}], 1);
  };
  return concat_message(
      "\nAt hidden ", plan.centre.hidden, ", batch ", plan.centre.batch, ", length ",
      plan.centre.length, " a GRU takes ", against_rnn(Pass::kForward, nn::Cell::kGru),
      " times as long as the vanilla RNN forward\nand ",
      against_rnn(Pass::kTraining, nn::Cell::kGru), " times in training (3 by its FLOPs), an LSTM ",
      against_rnn(Pass::kForward, nn::Cell::kLstm), " and ",
      against_rnn(Pass::kTraining, nn::Cell::kLstm),
      " times (4 by its FLOPs);\na training step takes ", against_forward(nn::Cell::kRnnTanh),
      " (RNN), ", against_forward(nn::Cell::kLstm), " (LSTM) and ", against_forward(nn::Cell::kGru),
      " (GRU) times as long as its forward\npass (3 by its FLOPs).\n");
}

std::string warning(const Plan& plan, const Results& results) {
  std::vector<double> spreads;
  for (const Workload& workload : plan.workloads())
    if (const auto speed = results.of(workload)) spreads.push_back(speed->spread());
  std::sort(spreads.begin(), spreads.end());
  const double usual = quantile(spreads, 0.5);
  if (usual <= 0.1) return "";
  return concat_message("\nThe quartiles of the repetitions are ", percent(usual),
                        " apart in the median: the machine was busy. Measure again\nwhen it is "
                        "idle.\n");
}

}  // namespace unroll::bench
