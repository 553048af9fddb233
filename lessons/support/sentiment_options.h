// The settings of the sentiment lesson and its command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/sentiment_data.h"
#include "lessons/support/training_recipe.h"

namespace unroll::lessons {

struct SentimentOptions : CommonOptions, TrainingRecipe {
  SentimentOptions() : TrainingRecipe{.batch = 32, .patience = 4, .lr = 3e-3, .dropout = 0.5} {
    hidden = 32;
    epochs = 20;
  }

  SentimentChoice texts;
  std::string directions = "both";   // forward, both
  std::string pooling = "max";       // last, mean, max
  std::string compare = "poolings";  // none, poolings, all
  std::string embeddings;            // a file
  std::int64_t embedding = 64;
  double word_dropout = 0.1;
  bool interactive = false;

  /// "LSTM, both directions, max pooling".
  std::string network() const;
  /// The networks that are trained beside this one, as `compare` says: the others of each pooling
  /// and direction, and with "all" of each cell.
  std::vector<SentimentOptions> others() const;

  void add_to(CommandLine& command_line);
  /// After `parse`: what is usual with --data instead, where the user did not say otherwise.
  void adapt_to_data(const CommandLine& command_line);
};

}  // namespace unroll::lessons
