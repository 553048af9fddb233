// The pictures of the LSTM lesson.
#pragma once

#include <string>

#include "lessons/support/memory_report.h"

namespace unroll::lessons {

struct MemoryPictures {
  const MemoryReport& report;
  std::string caption;

  void draw_curves() const;
  void draw_solved() const;
  void draw_reach() const;
  void draw_gates() const;
};

}  // namespace unroll::lessons
