// The settings of the tagging lesson and its command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/training_recipe.h"

namespace unroll::lessons {

struct TaggingOptions : CommonOptions, TrainingRecipe {
  TaggingOptions() {
    hidden = 32;
    epochs = 20;
  }

  std::string directions = "all";  // all, forward, backward, both
  std::int64_t sentences = 2000, min_count = 1;
  std::int64_t embedding = 32, letters = 16;
  double word_dropout = 0.25;

  /// Those that are trained: "forward", "backward", "both".
  std::vector<std::string> networks() const;

  void add_to(CommandLine& command_line);
  /// After `parse`: what is usual with --data instead, where the user did not say otherwise.
  void adapt_to_data(const CommandLine& command_line);
};

}  // namespace unroll::lessons
