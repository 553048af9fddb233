#include "lessons/support/classification_pictures.h"

#include "lessons/support/format.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

void draw_confusion(Panel& panel, const std::vector<Predictions>& runs,
                    std::span<const std::int32_t> targets, const Names& classes) {
  const auto size = static_cast<std::int64_t>(classes.size());
  std::vector<double> shares(static_cast<std::size_t>(size * size));
  for (const Predictions& run : runs) {
    const ConfusionMatrix confusion(run.labels(), targets, size);
    for (std::int64_t target = 0; target < size; ++target) {
      std::int64_t present = 0;
      for (std::int64_t said = 0; said < size; ++said) present += confusion.count(target, said);
      for (std::int64_t said = 0; said < size && present > 0; ++said)
        shares[static_cast<std::size_t>(target * size + said)] +=
            100.0 * static_cast<double>(confusion.count(target, said)) /
            static_cast<double>(present) / static_cast<double>(runs.size());
    }
  }
  panel.x_label("taken for").y_label("is");
  panel.heat_map(shares, static_cast<int>(size), static_cast<int>(size),
                 {.row_labels = classes,
                  .column_labels = classes,
                  .low = 0,
                  .high = 100,
                  .bar_label = "share of the row (%)",
                  .values = true});
}

void draw_roc(Panel& panel, const std::vector<RocLine>& lines,
              std::span<const std::int32_t> targets, std::int64_t label) {
  panel.x_label("share of the others taken for it (%)").y_label("share of its own found (%)");
  panel.x_range(0, 100).y_range(0, 100);
  const auto percent = [](std::vector<double> shares) {
    for (double& share : shares) share *= 100;
    return shares;
  };
  panel.line({0, 100}, {0, 100},
             {.label = "chance", .color = kQuietInk, .dashed = true, .width = 1});
  for (const RocLine& line : lines) {
    std::vector<RocCurve> curves;
    std::vector<double> areas;
    for (const Predictions& run : line.runs) {
      curves.push_back(roc_curve(run, targets, label));
      areas.push_back(curves.back().auc);
    }
    for (std::size_t i = 0; i < curves.size(); ++i)
      panel.line(percent(curves[i].false_positive_rate), percent(curves[i].true_positive_rate),
                 {.label = i == 0 ? line.name + " " + format_fixed(mean(areas), 3) : "",
                  .color = line.color,
                  .width = i == 0 ? 1.6 : 0.8});
  }
}

}  // namespace unroll::lessons
