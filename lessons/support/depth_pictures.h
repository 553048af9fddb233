// The pictures of the lesson on depth.
#pragma once

#include <string>

#include "lessons/support/depth_report.h"

namespace unroll::lessons {

struct DepthPictures {
  const DepthReport& report;
  std::string caption;  // how many seeds, and what was left out
  double ngram;         // validation loss of the best one
  std::string ngram_name;

  void draw_depth() const;        // depth.png: validation and training loss by number of layers
  void draw_gap() const;          // gap.png: how far both are apart, and how it came to that
  void draw_activations() const;  // activations.png: what each layer does as it reads
  void draw_gradients() const;    // gradients.png: how much gradient reaches each layer
};

}  // namespace unroll::lessons
