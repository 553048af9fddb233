// Confusion matrices and ROC curves as panels of a figure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lessons/support/classification.h"
#include "lessons/support/figure.h"

namespace unroll::lessons {

/// What share of each true class (a row) was taken for which class (a column), in percent, averaged
/// over `runs` on the same items.
void draw_confusion(Panel& panel, const std::vector<Predictions>& runs,
                    std::span<const std::int32_t> targets, const Names& classes);

/// A classifier's line in a panel of ROC curves.
struct RocLine {
  std::string name;
  std::vector<Predictions> runs;  // one a seed, each drawn; the legend has the mean area
  Color color;
};

/// The ROC curves of one class against the rest, with the line of chance.
void draw_roc(Panel& panel, const std::vector<RocLine>& lines,
              std::span<const std::int32_t> targets, std::int64_t label);

}  // namespace unroll::lessons
