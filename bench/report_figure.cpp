#include <algorithm>

#include "bench/report.h"
#include "engine/error.h"
#include "lessons/support/colors.h"
#include "lessons/support/figure.h"

namespace unroll::bench {
namespace {

using lessons::Panel;
using lessons::Values;

void draw(Panel& panel, const Plan& plan, const Sweep& sweep, Pass pass, const Results& results,
          bool legend) {
  for (size_t i = 0; i < kCells.size(); ++i) {
    Values x, median, low, high;
    for (const int64_t value : sweep.values)
      if (const auto speed = results.of({kCells[i], pass, plan.sizes(sweep, value)})) {
        x.push_back(static_cast<double>(value));
        median.push_back(speed->median / 1e3);
        low.push_back(speed->lower_quartile / 1e3);
        high.push_back(speed->upper_quartile / 1e3);
      }
    if (x.empty()) continue;
    panel.band(x, low, high, {.color = lessons::palette(i)});
    panel.line(
        x, median,
        {.label = legend ? title(kCells[i]) : "", .color = lessons::palette(i), .markers = true});
  }
}

}  // namespace

void save_figure(const std::filesystem::path& path, const Plan& plan, const Results& results,
                 const std::string& caption) {
  lessons::Figure figure("Speed of vanilla RNN, LSTM and GRU",
                         {.rows = static_cast<int>(kPasses.size()),
                          .columns = static_cast<int>(plan.sweeps.size()),
                          .caption = caption});
  for (size_t row = 0; row < kPasses.size(); ++row)
    for (size_t column = 0; column < plan.sweeps.size(); ++column) {
      const Sweep& sweep = plan.sweeps[column];
      Panel& panel = figure.panel(static_cast<int>(row), static_cast<int>(column));
      panel.title(concat_message(kPasses[row] == Pass::kForward ? "Forward" : "Training", ", ",
                                 plan.fixed(sweep)));
      panel.x_label(sweep.title).x_log().y_log();
      if (column == 0) panel.y_label("thousand tokens per second");
      draw(panel, plan, sweep, kPasses[row], results, column == 0);
    }
  figure.save(path);
}

}  // namespace unroll::bench
