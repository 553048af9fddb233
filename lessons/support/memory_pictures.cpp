#include "lessons/support/memory_pictures.h"

#include <algorithm>
#include <numeric>

#include "engine/error.h"
#include "lessons/support/figure.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

constexpr std::size_t kMostUnits = 16;  // of a heat map

Color color_of(const std::string& cell) {
  if (cell == "LSTM") return palette(0);
  return cell == "GRU" ? palette(2) : palette(1);
}

// The units whose cell states move furthest, the furthest first.
std::vector<std::size_t> busiest_units(const GateRecord& record, std::size_t steps) {
  const std::size_t units = record.cells.size() / steps;
  std::vector<float> range(units);
  for (std::size_t unit = 0; unit < units; ++unit) {
    float low = 0, high = 0;
    for (std::size_t t = 0; t < steps; ++t) {
      low = std::min(low, record.cells[t * units + unit]);
      high = std::max(high, record.cells[t * units + unit]);
    }
    range[unit] = high - low;
  }
  std::vector<std::size_t> order(units);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return range[a] > range[b]; });
  order.resize(std::min(order.size(), kMostUnits));
  return order;
}

}  // namespace

void MemoryPictures::draw_curves() const {
  const auto count = static_cast<int>(report.tasks.size());
  const int columns = std::min(count, 2);
  Figure figure("Does a cell remember? Loss on sequences not yet learned from",
                {.rows = (count + columns - 1) / columns,
                 .columns = columns,
                 .caption = caption + "; each line one seed, up to where the task is solved"});
  for (int i = 0; i < count; ++i) {
    const TaskRuns& task = report.tasks[static_cast<std::size_t>(i)];
    Panel& panel = figure.panel(i / columns, i % columns);
    panel.title(task.task.title()).x_label("training step").y_log();
    panel.y_label(task.task.is_adding() ? "mean squared error" : "cross entropy (nats a step)");
    for (const CellRuns& cell : task.cells)
      for (std::size_t k = 0; k < cell.runs.size(); ++k)
        panel.line(cell.runs[k].steps, cell.runs[k].loss,
                   {.label = k == 0 ? cell.cell : "", .color = color_of(cell.cell)});
    panel.horizontal(task.task.baseline(), {.label = "no memory"});
    panel.horizontal(kSolvedShare * task.task.baseline(), {.label = "solved"});
  }
  figure.save(report.out.file("curves.png"));
}

void MemoryPictures::draw_solved() const {
  Figure figure("What is left of the loss that an answer without a memory has",
                {.caption = caption + "; test sequences; mean ± standard deviation over seeds"});
  Panel& panel = figure.panel().y_label("loss, in % of the baseline");
  Names names;
  for (const TaskRuns& task : report.tasks) names.push_back(task.task.title());
  panel.categories(names);
  for (std::size_t k = 0; k < report.tasks.front().cells.size(); ++k) {
    Values means, deviations;
    for (const TaskRuns& task : report.tasks) {
      const std::vector<double> shares = collect(task.cells[k].runs, [&](const MemoryRun& run) {
        return 100 * run.test_loss / task.test_baseline;
      });
      means.push_back(mean(shares));
      if (shares.size() > 1) deviations.push_back(standard_deviation(shares));
    }
    const std::string& cell = report.tasks.front().cells[k].cell;
    panel.bars(means,
               {.label = cell, .color = color_of(cell), .errors = deviations, .values = true});
  }
  panel.horizontal(100, {.label = "no memory"});
  figure.save(report.out.file("solved.png"));
}

void MemoryPictures::draw_reach() const {
  const TaskRuns& task = report.tasks.front();
  Figure figure("How much of a push on the state arrives, by how long ago it was",
                {.columns = 2, .caption = caption + "; the first seed, mean over 8 sequences"});
  Panel& left = figure.panel(0, 0).title("Before training").y_label("norm/√H: share that arrives");
  Panel& right = figure.panel(0, 1).title("After training: " + task.task.title());
  for (Panel* panel : {&left, &right}) {
    panel->x_label("distance T − t (steps)").y_log().y_range(1e-9, 30);
    const auto line = [&](const std::string& cell, const char* state, const auto& norms) {
      Values distances(norms);
      std::iota(distances.begin(), distances.end(), 1.0);
      panel->line(distances, norms,
                  {.label = panel == &left ? concat_message(cell, ", ∂h_T/∂", state, "_t") : "",
                   .color = color_of(cell),
                   .dashed = *state == 'c'});
    };
    for (const CellReach& cell : report.reaches) {
      const StateReach& reach = panel == &left ? cell.untrained : cell.trained;
      line(cell.cell, "h", reach.h);
      if (!reach.c.empty()) line(cell.cell, "c", reach.c);
    }
  }
  figure.save(report.out.file("reach.png"));
}

void MemoryPictures::draw_gates() const {
  if (!report.gates) return;
  const GateRecord& record = *report.gates;
  const std::size_t steps = record.numbers.size(), units = record.cells.size() / steps;
  const std::vector<std::size_t> shown = busiest_units(record, steps);
  Figure figure("An LSTM that adds: what is written, kept and shown",
                {.rows = 5,
                 .caption = concat_message(caption, "; the ", shown.size(), " of ", units,
                                           " units whose cell states move most"),
                 .row_height = 190});
  const auto map = [&](int row, const std::string& title, const std::vector<float>& all,
                       HeatMapStyle style) {
    Values values;
    for (const std::size_t unit : shown)
      for (std::size_t t = 0; t < steps; ++t)
        values.push_back(static_cast<double>(all[t * units + unit]));
    for (std::size_t i = 0; i < shown.size(); ++i)
      style.row_labels.push_back(std::to_string(shown[i]));
    figure.panel(row, 0).title(title).x_label("step t").y_label("unit").heat_map(
        values, static_cast<int>(shown.size()), static_cast<int>(steps), style);
  };
  Values read(record.numbers);
  read.insert(read.end(), record.marks.begin(), record.marks.end());
  figure.panel(0, 0)
      .title("It reads two numbers a step; it says " + format_fixed(record.answer, 2) +
             ", the sum of the marked is " + format_fixed(record.truth, 2))
      .x_label("step t")
      .heat_map(read, 2, static_cast<int>(steps),
                {.row_labels = {"number", "mark"}, .low = 0, .high = 1});
  map(1, "Input gate i: written", record.input, {.low = 0, .high = 1});
  map(2, "Forget gate f: kept", record.forget, {.low = 0, .high = 1});
  map(3, "Output gate o: shown", record.output, {.low = 0, .high = 1});
  map(4, "Cell state c", record.cells, {.map = ColorMap::kDiverging});
  figure.save(report.out.file("gates.png"));
}

}  // namespace unroll::lessons
