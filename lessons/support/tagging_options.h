// The settings of the tagging lesson and its command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/command_line.h"

namespace unroll::lessons {

struct TaggingOptions : CommonOptions {
  TaggingOptions() {
    hidden = 32;
    epochs = 20;
  }

  std::string directions = "all";  // all, forward, backward, both
  std::int64_t sentences = 2000, min_count = 1;
  std::int64_t embedding = 32, letters = 16, batch = 16, patience = 3;
  double lr = 4e-3, clip = 1.0, dropout = 0.3, word_dropout = 0.25, weight_decay = 0.01;

  /// Those that are trained: "forward", "backward", "both".
  std::vector<std::string> networks() const;

  void add_to(CommandLine& command_line);
  /// After `parse`: what is usual with --data instead, where the user did not say otherwise.
  void adapt_to_data(const CommandLine& command_line);
};

}  // namespace unroll::lessons
