#include "lessons/support/translation_training.h"

#include <algorithm>
#include <chrono>

#include "engine/autograd.h"
#include "engine/ops.h"
#include "lessons/support/bleu.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/metrics.h"
#include "lessons/support/resume.h"
#include "lessons/support/stopwatch.h"
#include "lessons/support/translating.h"

namespace unroll::lessons {

TranslationTraining::TranslationTraining(Translator& model, const TranslationOptions& settings,
                                         std::uint64_t seed, const TranslationData& data)
    : model_(model),
      settings_(settings),
      data_(data),
      batches_(seed, "batches"),
      own_words_(seed, "own words"),
      steps_(settings.epochs * steps_an_epoch(settings, data)),
      optimizer_(model.parameters(), {.lr = settings.lr, .weight_decay = settings.weight_decay}),
      rate_{settings.lr, steps_, settings.lr / 20, steps_ / 50} {}

std::int64_t TranslationTraining::steps_an_epoch(const TranslationOptions& settings,
                                                 const TranslationData& data) {
  return (data.train.size() + settings.batch - 1) / settings.batch;
}

// The reference's words, of which each is with probability `share` replaced by the one that the
// network itself would have written there, after the reference's words before it. S. Bengio et al.,
// "Scheduled sampling for sequence prediction with recurrent neural networks", NeurIPS 2015; all
// steps at once as D. Duckworth et al., "Parallel scheduled sampling", 2019.
Tensor TranslationTraining::with_own_words(const TranslatorState& read,
                                           const TranslationBatch& batch, double share) {
  const NoGrad no_grad;
  const std::vector<std::int32_t> own =
      argmax(model_.write(read, batch.inputs).scores, -1).to_vector<std::int32_t>();
  std::vector<std::int32_t> inputs = batch.inputs.to_vector<std::int32_t>();
  const auto columns = static_cast<std::size_t>(batch.inputs.size(1));
  for (std::size_t i = columns; i < inputs.size(); ++i)
    if (own_words_.next_uniform() < share) inputs[i] = own[i - columns];
  return from_vector(inputs, batch.inputs.shape());
}

double TranslationTraining::step(std::span<const std::int64_t> pairs) {
  const TranslationBatch batch = make_batch(data_, data_.train, pairs);
  const double share =
      settings_.own_share(static_cast<double>(done_) / static_cast<double>(steps_));
  optimizer_.set_learning_rate(rate_.at(done_));
  optimizer_.zero_grad();
  const TranslatorState read = model_.read(batch.source);
  const Tensor inputs = share > 0 ? with_own_words(read, batch, share) : batch.inputs;
  const Tensor loss =
      cross_entropy(model_.write(read, inputs).scores, batch.targets,
                    {.ignore_index = kNoWord, .label_smoothing = settings_.label_smoothing});
  check_finite_loss(loss.item(), done_);
  loss.backward();
  check_finite_loss(optimizer_.step({.max_norm = settings_.clip}).item(), done_);
  ++done_;
  return loss.item();
}

void TranslationTraining::look(TranslationRun& run) {
  run.validation_loss.push_back(teacher_forced_loss(model_, data_, data_.validation));
  const std::vector<std::string> texts = translate_to_text(model_, data_, data_.validation.source);
  run.validation_bleu.push_back(
      corpus_bleu(texts, data_.validation.target_texts, settings_.bleu_tokenizer()).score);
}

// All that a later run needs to go on as if nothing had happened.
Training TranslationTraining::snapshot(TranslationRun& run, std::string& name,
                                       const BestWeights& best) {
  return {model_,
          optimizer_,
          {{"run", &name},
           {"steps", &done_},
           {"batches", &batches_},
           {"own_words", &own_words_},
           {"training_loss", &run.training_loss},
           {"validation_loss", &run.validation_loss},
           {"validation_bleu", &run.validation_bleu},
           {"own_share", &run.own_share},
           {"attention_entropy", &run.attention_entropy},
           {"best_epoch", &run.best_epoch},
           {"seconds", &run.seconds}},
          best.kept()};
}

TranslationRun TranslationTraining::train(Progress& progress, const SavedTraining& saved,
                                          const std::function<void(TranslationRun&)>& after_epoch) {
  TranslationRun run;
  BestWeights best(model_);
  std::string name = saved.run;
  if (saved.resume) resume_training(saved.file, snapshot(run, name, best), saved.run);
  progress.skip(done_);
  const auto start = std::chrono::steady_clock::now();
  const double seconds_before = run.seconds;
  const auto epochs = [&run] { return static_cast<std::int64_t>(run.training_loss.size()); };
  while (epochs() < settings_.epochs && epochs() - run.best_epoch < settings_.patience) {
    RunningMean loss;
    for (const auto& pairs : random_batches(data_.train.target, settings_.batch, batches_)) {
      loss.add(step(pairs), static_cast<double>(pairs.size()));
      progress.advance(1, loss.value());
      if (interrupted())
        throw Interrupted("stopped in epoch " + std::to_string(epochs() + 1) +
                          ", those before it are saved in " + saved.file.parent_path().string() +
                          "; the same command with --resume goes on");
    }
    run.training_loss.push_back(loss.value());
    run.own_share.push_back(
        settings_.own_share(static_cast<double>(done_) / static_cast<double>(steps_)));
    look(run);
    const auto& bleu = run.validation_bleu;
    if (std::max_element(bleu.begin(), bleu.end()) == bleu.end() - 1) {
      run.best_epoch = epochs();
      best.keep();
    }
    if (after_epoch) after_epoch(run);
    run.seconds = seconds_before +
                  std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    save(saved.file, snapshot(run, name, best));
  }
  progress.advance(steps_ - done_);
  best.restore();
  return run;
}

double TranslationTraining::expected_seconds() {
  TranslationRun run;
  return static_cast<double>(settings_.epochs) *
         seconds_an_epoch(
             random_batches(data_.train.target, settings_.batch, batches_),
             [&](const auto& pairs) { step(pairs); }, [&] { look(run); });
}

double teacher_forced_loss(Translator& model, const TranslationData& data,
                           const TranslationPart& part) {
  const NoGrad no_grad;
  const bool was_training = model.training();
  model.eval();
  RunningMean loss;
  for (const auto& pairs : sorted_batches(part.target, 128)) {
    const TranslationBatch batch = make_batch(data, part, pairs);
    std::int64_t words = 0;
    for (const std::int64_t i : pairs)
      words += static_cast<std::int64_t>(part.target[static_cast<std::size_t>(i)].size()) + 1;
    const Tensor scores = model.write(model.read(batch.source), batch.inputs).scores;
    loss.add(cross_entropy(scores, batch.targets, {.ignore_index = kNoWord}).item(),
             static_cast<double>(words));
  }
  model.train(was_training);
  return loss.value();
}

}  // namespace unroll::lessons
