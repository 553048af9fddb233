// The settings of the lesson on character language models.
#pragma once

#include "lessons/support/command_line.h"
#include "lessons/support/sampling.h"

namespace unroll::lessons {

struct LanguageModelOptions : CommonOptions {
  LanguageModelOptions() {
    layers = 2;
    epochs = 6;
    seeds = 1;
  }

  /// Adds all options, with their values for --quick and --full.
  void add_to(CommandLine& command_line);

  /// Those that a resumed run must share with the one that was stopped.
  Json that_matter(std::uint64_t own_seed) const;

  std::int64_t characters = 0;
  std::int64_t batch = 16, window = 64;
  double minutes = 0;
  double lr = 6e-3, clip = 1.0, dropout = 0.0;

  std::string prompt;
  std::int64_t length = 300;
  Sampling sampling{.temperature = 0.8};
  std::int64_t beam = 8;
  std::int64_t samples = 48;
  bool interactive = false;
};

}  // namespace unroll::lessons
