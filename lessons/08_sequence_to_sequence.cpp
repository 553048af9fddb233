// Lesson 08 · Sequence to sequence · about 1 minute
#include <iostream>
#include <memory>

#include "engine/autograd.h"
#include "engine/checkpoint.h"
#include "engine/error.h"
#include "engine/nn.h"
#include "engine/nn/init.h"
#include "lessons/support/bleu.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/format.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/translating.h"
#include "lessons/support/translation_options.h"
#include "lessons/support/translation_training.h"
#include "lessons/support/translator.h"

namespace unroll::lessons {
namespace {

using Settings = TranslationOptions;

struct EncoderDecoder : Translator {
  EncoderDecoder(const Settings& settings, uint64_t seed, int64_t source_symbols,
                 int64_t target_symbols)
      : Translator(seed),
        source_words(*this, "source_words", source_symbols, settings.embedding),
        target_words(*this, "target_words", target_symbols, settings.embedding),
        dropout(*this, "dropout", settings.dropout),
        encoder(*this, "encoder", parse_cell(settings.cell), settings.embedding, settings.hidden,
                {.num_layers = static_cast<int>(settings.layers),
                 .bidirectional = true,
                 .dropout = settings.dropout}),
        bridge(*this, "bridge", 2 * settings.hidden, settings.hidden),
        decoder(*this, "decoder", parse_cell(settings.cell), settings.embedding + settings.hidden,
                settings.hidden,
                {.num_layers = static_cast<int>(settings.layers), .dropout = settings.dropout}),
        head(*this, "head", settings.hidden, target_symbols) {
    Random random_source = random("source_words"), random_target = random("target_words");
    nn::init::normal(source_words.weight, 0.0, 0.1, random_source);
    nn::init::normal(target_words.weight, 0.0, 0.1, random_target);
  }

  // The whole sentence as one vector: (batch, hidden).
  Tensor context(const PaddedBatch& source) {
    const nn::RecurrentResult read =
        encoder(dropout(source_words(source.values)), {.lengths = source.lengths});
    const int64_t last = 2 * (encoder.num_layers() - 1);
    return tanh(bridge(concat({select(read.state.h, last), select(read.state.h, last + 1)}, 1)));
  }

  TranslatorState read(const PaddedBatch& source) override {
    const Tensor c = context(source);
    const Tensors layers(static_cast<size_t>(decoder.num_layers()), c);
    TranslatorState state{.memory = {stack({c})}, .writing = {stack(layers)}};
    if (decoder.cell() == nn::Cell::kLstm) state.writing.push_back(zeros_like(state.writing[0]));
    return state;
  }

  Written write(const TranslatorState& from, const Tensor& symbols) override {
    const Tensor c = from.memory[0];
    const Tensors at_each_step(static_cast<size_t>(symbols.size(0)), select(c, 0));
    const Tensor x = concat({dropout(target_words(symbols)), stack(at_each_step)}, 2);
    nn::RecurrentState state{.h = from.writing[0]};
    if (from.writing.size() > 1) state.c = from.writing[1];
    nn::RecurrentResult wrote = decoder(x, {.initial = state});
    Written written{.scores = head(dropout(wrote.output)), .state = {from.memory, {wrote.state.h}}};
    if (wrote.state.c.defined()) written.state.writing.push_back(wrote.state.c);
    return written;
  }

  nn::Embedding source_words, target_words;
  nn::Dropout dropout;
  nn::Recurrent encoder;
  nn::Linear bridge;
  nn::Recurrent decoder;
  nn::Linear head;
};

void run(Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  settings.adapt_to_data(command_line);
  const TranslationData data = read_translation_data(settings.texts);
  std::cout << data.describe() << threads << " threads\n";
  for (size_t i = 0; i < 12; ++i)
    std::cout << data.test.source_texts[i] << "\n  " << data.test.target_texts[i] << "\n";
  Progress progress("training",
                    settings.epochs * TranslationTraining::steps_an_epoch(settings, data), "steps");
  EncoderDecoder model(settings, settings.seed, data.source.size(), data.target.size());
  std::cout << model.num_parameters() << " parameters\n";
  TranslationTraining training(model, settings, settings.seed, data);
  const TranslationRun run = training.train(progress, [&](int64_t) {});
  for (size_t i = 0; i < run.training_loss.size(); ++i)
    std::cout << i + 1 << " " << format_fixed(run.training_loss[i], 3) << " "
              << format_fixed(run.validation_loss[i], 3) << " "
              << format_fixed(run.validation_bleu[i], 2) << "\n";
  progress.finish();
  const auto greedy = translate_to_text(model, data, data.test.source);
  const auto beam =
      translate_to_text(model, data, data.test.source, {settings.beam, settings.length_penalty});
  std::cout << "greedy " << corpus_bleu(greedy, data.test.target_texts).text() << "\nbeam "
            << corpus_bleu(beam, data.test.target_texts).text() << "\n"
            << "seconds " << run.seconds << "\n";
  for (size_t i = 0; i < 12; ++i)
    std::cout << data.test.source_texts[i] << "\n  " << data.test.target_texts[i] << "\n  "
              << greedy[i] << "\n";
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  CommandLine command_line({8,
                            "sequence_to_sequence",
                            "Translate: one network reads a sentence, another writes it.",
                            {"", "--full", "--data pairs.tsv", "--interactive"}});
  settings.add_to(command_line);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
