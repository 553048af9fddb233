// The settings of the lesson of named entities and its command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/entity_data.h"
#include "lessons/support/training_recipe.h"

namespace unroll::lessons {

struct EntityOptions : CommonOptions, TrainingRecipe {
  EntityOptions() {
    hidden = 32;
    epochs = 12;
  }

  EntityChoice texts{.sentences = 1200};
  std::string decoder = "both";  // both, crf, softmax
  std::int64_t embedding = 32, letters = 16;
  double word_dropout = 1.0;
  bool interactive = false;

  /// Those that are trained: "softmax", "crf".
  std::vector<std::string> decoders() const;

  void add_to(CommandLine& command_line);
  /// After `parse`: what is usual with --data instead, where the user did not say otherwise.
  void adapt_to_data(const CommandLine& command_line);
};

}  // namespace unroll::lessons
