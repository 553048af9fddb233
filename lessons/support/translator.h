// What a network that translates offers to those who train it and ask it.
#pragma once

#include <cstdint>
#include <span>

#include "engine/nn/module.h"
#include "lessons/support/padded_batches.h"

namespace unroll::lessons {

/// What a network knows of some sentences that it has read and is writing the translations of, side
/// by side. All tensors are (any, sentences, features), so that one sentence's part can be picked.
struct TranslatorState {
  Tensors memory = {};   // of the source: stays as it is while the translation is written
  Tensors writing = {};  // of what is written so far: the states of the decoder
};

/// The columns `sentences` of the state, in that order; one may come several times.
TranslatorState pick(const TranslatorState& state, std::span<const std::int64_t> sentences);

class Translator : public nn::Module {
 public:
  using Module::Module;

  /// Reads sentences, (longest, batch): the encoder.
  virtual TranslatorState read(const PaddedBatch& source) = 0;

  struct Written {
    Tensor scores;          // (steps, batch, symbols): logits of the symbol after each
    TranslatorState state;  // after the last step
    Tensor attention = {};  // (steps, batch, longest source), where there is such a thing
  };
  /// Goes on writing where `state` has ended, and is told the last written symbol of each step:
  /// `symbols`, (steps, batch). All steps at once when these are known, as in training; one at a
  /// time when each is chosen by the scores of the step before: the decoder.
  virtual Written write(const TranslatorState& state, const Tensor& symbols) = 0;
};

}  // namespace unroll::lessons
