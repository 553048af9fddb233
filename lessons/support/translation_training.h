// How the translation lessons train: teacher forcing with a schedule, padding masked, batches of
// similar lengths, and the weights of the epoch whose own translations were best.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/checkpoint.h"
#include "engine/optim.h"
#include "lessons/support/best_weights.h"
#include "lessons/support/progress.h"
#include "lessons/support/resume.h"
#include "lessons/support/translation_data.h"
#include "lessons/support/translation_options.h"
#include "lessons/support/translator.h"

namespace unroll::lessons {

/// One training, by epoch.
struct TranslationRun {
  std::vector<double> training_loss, validation_loss;  // −ln p of a word
  std::vector<double> validation_bleu;                 // of greedy translations
  std::vector<double> own_share;                       // of the words that were given
  std::vector<double> attention_entropy;               // of the validation part, in nats
  std::int64_t best_epoch = 0;                         // from 1: the weights of that one were kept
  double seconds = 0;
};

class TranslationTraining {
 public:
  TranslationTraining(Translator& model, const TranslationOptions& settings, std::uint64_t seed,
                      const TranslationData& data);

  static std::int64_t steps_an_epoch(const TranslationOptions& settings,
                                     const TranslationData& data);

  /// Trains until the BLEU of the validation part has not improved for some epochs; the best
  /// weights stay. After each epoch `after_epoch` may add to the run, and all is saved. Throws
  /// `Interrupted` when asked to stop, and an input error when there is nothing to resume.
  TranslationRun train(Progress& progress, const SavedTraining& saved,
                       const std::function<void(TranslationRun&)>& after_epoch = {});

  /// One step down the gradient of some training pairs; returns their loss.
  double step(std::span<const std::int64_t> pairs);
  /// Loss and BLEU of the validation part, added to `run`.
  void look(TranslationRun& run);
  /// How long `train` will take at most, judged by some steps and one look; to be thrown away.
  double expected_seconds();

 private:
  Training snapshot(TranslationRun& run, std::string& name, const BestWeights& best);
  Tensor with_own_words(const TranslatorState& read, const TranslationBatch& batch, double share);

  Translator& model_;
  const TranslationOptions& settings_;
  const TranslationData& data_;
  Random batches_, own_words_;
  std::int64_t steps_, done_ = 0;
  optim::AdamW optimizer_;
  optim::CosineSchedule rate_;
};

/// The mean of −ln p over the words of a part, when each is told the reference's words before it.
double teacher_forced_loss(Translator& model, const TranslationData& data,
                           const TranslationPart& part);

}  // namespace unroll::lessons
