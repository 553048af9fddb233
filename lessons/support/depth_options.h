// The settings of the lesson on depth and its command line.
#pragma once

#include <cstdint>
#include <string>

#include "lessons/support/command_line.h"
#include "lessons/support/depth_grid.h"

namespace unroll::lessons {

struct DepthOptions : CommonOptions {
  DepthOptions() {
    cell = "gru";
    hidden = 64;
    epochs = 6;
    seeds = 1;
  }

  std::int64_t deepest = 4;
  std::string variants = "some";  // plain, some, all
  std::int64_t characters = 100'000;
  std::int64_t batch = 4, window = 48, patience = 3;
  double lr = 6e-3, clip = 1.0, dropout = 0.25;

  /// What `variants` names.
  DepthVariants chosen_variants() const;

  void add_to(CommandLine& command_line);
};

}  // namespace unroll::lessons
