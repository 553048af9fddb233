// Names along a horizontal axis: level if they fit, else in two lines, slanted, or upright.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/canvas.h"

namespace unroll::lessons {

class NameRow {
 public:
  /// Names under slots of `slot` points each.
  NameRow(const std::vector<std::string>& names, double slot);

  /// Room that the names take under the axis.
  double height() const;

  /// How far slanted names reach to the left of the first slot.
  double overhang() const;

  /// Draws them with their upper edge at `top`, the first slot beginning at `left`.
  void draw(Canvas& canvas, double left, double top) const;

 private:
  double slot_;
  double degrees_ = 0;                           // 0, 45 or 90
  std::size_t stride_ = 1;                       // every how many names one is written
  std::vector<std::vector<std::string>> lines_;  // of each name
};

}  // namespace unroll::lessons
