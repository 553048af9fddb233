// The settings of a training with AdamW, dropout and early stopping, which several lessons share.
#pragma once

#include <cstdint>
#include <string>

#include "lessons/support/command_line.h"

namespace unroll::lessons {

struct TrainingRecipe {
  std::int64_t batch = 16, patience = 3;
  double lr = 4e-3, clip = 1.0, dropout = 0.3, weight_decay = 0.01;

  /// Adds these options to a group "Training". `items` are what a step takes some of ("texts"),
  /// `score` what training stops by when it gets no better ("validation loss").
  void add_to(CommandLine& command_line, const std::string& items, const std::string& score) {
    command_line.group("Training");
    command_line.add("--batch", batch, items + " in a step", 1, 4096);
    command_line.add("--lr", lr, "learning rate of AdamW at its highest", 1e-7, 10.0);
    command_line.add("--clip", clip, "largest norm of the gradient", 1e-3, 1e6);
    command_line.add("--dropout", dropout, "share of each vector that is dropped", 0.0, 0.95);
    command_line.add("--weight-decay", weight_decay, "pull of the weights towards 0", 0.0, 10.0);
    command_line.add("--patience", patience,
                     "epochs without a better " + score + " before it stops", 1, 1'000'000);
  }
};

}  // namespace unroll::lessons
