// The pictures of the GRU lesson.
#pragma once

#include <string>

#include "lessons/support/gru_report.h"

namespace unroll::lessons {

struct GruPictures {
  const GruReport& report;
  std::string caption;

  void draw_curves() const;
  void draw_scores() const;
  void draw_costs() const;
  /// One for each task whose gates were recorded: gates_adding.png.
  void draw_gates() const;
};

}  // namespace unroll::lessons
