// The settings of the translation lessons and their command line.
#pragma once

#include <cstdint>
#include <string>

#include "lessons/support/bleu.h"
#include "lessons/support/command_line.h"
#include "lessons/support/translation_data.h"

namespace unroll::lessons {

struct TranslationOptions : CommonOptions {
  TranslationOptions() {
    cell = "gru";
    hidden = 96;
    epochs = 8;
    seeds = 1;
    texts.pairs = 8000;
  }

  TranslationChoice texts = {};
  std::string tokenize = "13a";  // of BLEU
  std::string context = "each";  // step of the decoder is given it, or only its start
  std::int64_t embedding = 64, batch = 16, patience = 4;
  double lr = 4e-3, clip = 1.0, dropout = 0.1, weight_decay = 0.01, label_smoothing = 0.0;
  std::string schedule = "linear";  // none, linear, sigmoid
  double own_words = 0.25;          // share of own words at the end of the training
  std::int64_t beam = 4;
  double length_penalty = 1.0;
  bool interactive = false;

  /// The share of the words before each that are the network's own and not the reference's, after
  /// `done` (0 to 1) of the training.
  double own_share(double done) const;

  BleuTokenizer bleu_tokenizer() const;

  /// Adds the options that all translation lessons have.
  void add_to(CommandLine& command_line);
  /// After `parse`: what is usual with files instead, where the user did not say otherwise.
  void adapt_to_data(const CommandLine& command_line);
};

}  // namespace unroll::lessons
