// Lesson 08 · Sequence to sequence · about half a minute
//
// One recurrent network reads an English sentence, another writes it in French. All that the second
// knows of the first is one vector. You will learn
//   - encoder: states f_t, b_t of two readers, left to right and right to left;
//     context c = tanh(W·[f_S; b_1] + w)
//   - decoder: s_0 = c, s_t = cell([y_{t−1}; c], s_{t−1}), p(word t) = softmax(V·s_t + v), where
//     y_{t−1} is the vector of the word before, and a border stands before the first and after the
//     last word
//   - loss −ln p(word t), mean over words; padding is masked, batches have similar lengths
//   - teacher forcing: in training y_{t−1} is the reference's word, so that all steps run at once;
//     in use it is the network's own. A schedule lets it get used to these
//     (support/translation_training.cpp)
//   - greedy and beam search, with length normalisation (support/beam_search.h)
//   - BLEU, chrF, exact matches, by length of the sentence; what to beat: no network at all
//   - why one vector is not enough: see what happens to long sentences
//
// Try next: --cell lstm; --context start; --schedule none; --pairs 2000; --bpe 300; --beam 8;
// --interactive; --data with pairs of yours; and lesson 09, which looks at the source again.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/autograd.h"
#include "engine/checkpoint.h"
#include "engine/nn.h"
#include "lessons/support/bleu.h"
#include "lessons/support/context_vectors.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/format.h"
#include "lessons/support/joined_words.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/terminal.h"
#include "lessons/support/translating.h"
#include "lessons/support/translation_model_file.h"
#include "lessons/support/translation_options.h"
#include "lessons/support/translation_report.h"
#include "lessons/support/translation_training.h"
#include "lessons/support/translator.h"

namespace unroll::lessons {
namespace {

using Settings = TranslationOptions;

struct EncoderDecoder : Translator {
  EncoderDecoder(const Settings& settings, uint64_t seed, const TranslationData& data)
      : Translator(seed),
        gives_context_at_each_step(settings.context == "each"),
        source_words(*this, "source_words", data.source.size(), settings.embedding),
        target_words(*this, "target_words", data.target.size(), settings.embedding),
        dropout(*this, "dropout", settings.dropout),
        encoder(*this, "encoder", parse_cell(settings.cell), settings.embedding, settings.hidden,
                {.num_layers = static_cast<int>(settings.layers),
                 .bidirectional = true,
                 .dropout = settings.dropout}),
        bridge(*this, "bridge", 2 * settings.hidden, settings.hidden),
        decoder(*this, "decoder", parse_cell(settings.cell),
                settings.embedding + (gives_context_at_each_step ? settings.hidden : 0),
                settings.hidden,
                {.num_layers = static_cast<int>(settings.layers), .dropout = settings.dropout}),
        head(*this, "head", settings.hidden, data.target.size()) {
    if (!has_cells()) return;
    nn::set_forget_bias(encoder, 1);
    nn::set_forget_bias(decoder, 1);
  }

  // c: the whole sentence as one vector, (batch, hidden).
  Tensor context(const PaddedBatch& source) {
    const nn::RecurrentResult read =
        encoder(dropout(source_words(source.values)), {.lengths = source.lengths});
    const int64_t top = 2 * (encoder.num_layers() - 1);
    return tanh(bridge(concat({select(read.state.h, top), select(read.state.h, top + 1)}, 1)));
  }

  TranslatorState read(const PaddedBatch& source) override {
    const Tensor c = context(source);
    const Tensors of_each_layer(static_cast<size_t>(decoder.num_layers()), c);
    TranslatorState state{.memory = {stack({c})}, .writing = {stack(of_each_layer)}};
    if (has_cells()) state.writing.push_back(zeros_like(state.writing[0]));
    return state;
  }

  // The reference's words all at once, or the own ones one by one: the same few lines do both.
  Written write(const TranslatorState& from, const Tensor& symbols) override {
    Tensor x = dropout(target_words(symbols));
    if (gives_context_at_each_step) {
      const Tensors c(static_cast<size_t>(symbols.size(0)), select(from.memory[0], 0));
      x = concat({x, stack(c)}, 2);
    }
    const nn::RecurrentState before{from.writing[0], has_cells() ? from.writing[1] : Tensor()};
    const nn::RecurrentResult wrote = decoder(x, {.initial = before});
    Written written{.scores = head(dropout(wrote.output)), .state = {from.memory, {wrote.state.h}}};
    if (has_cells()) written.state.writing.push_back(wrote.state.c);
    return written;
  }

  bool has_cells() const { return decoder.cell() == nn::Cell::kLstm; }

  bool gives_context_at_each_step;
  nn::Embedding source_words, target_words;
  nn::Dropout dropout;
  nn::Recurrent encoder;
  nn::Linear bridge;
  nn::Recurrent decoder;
  nn::Linear head;
};

// The context vectors of some sentences.
std::vector<std::vector<float>> contexts_of(EncoderDecoder& model, const TranslationData& data,
                                            const std::vector<std::string>& texts) {
  const NoGrad no_grad;
  model.eval();
  std::vector<std::vector<int32_t>> sentences;
  std::vector<int64_t> all;
  for (const std::string& text : texts) {
    all.push_back(static_cast<int64_t>(all.size()));
    sentences.push_back(data.source.encode(split_joined_words(text)));
  }
  const Tensor contexts = model.context(pad(sentences, all));
  std::vector<std::vector<float>> vectors;
  for (const int64_t i : all) vectors.push_back(select(contexts, i).to_vector<float>());
  return vectors;
}

// BLEU of the first validation sentences with beams of several widths.
std::vector<BeamCurve> try_beams(EncoderDecoder& model, const TranslationData& data,
                                 const Settings& settings) {
  constexpr size_t kSentences = 200;
  const size_t count = std::min(kSentences, data.validation.source.size());
  const TranslationPart::Numbers source(data.validation.source.begin(),
                                        data.validation.source.begin() + static_cast<long>(count));
  const std::vector<std::string> references(
      data.validation.target_texts.begin(),
      data.validation.target_texts.begin() + static_cast<long>(count));
  std::vector<BeamCurve> curves;
  for (const double length_penalty : {0.0, 1.0}) {
    BeamCurve& curve = curves.emplace_back(BeamCurve{.length_penalty = length_penalty});
    for (const int64_t width : {1, 2, 4, 8}) {
      const auto texts = translate_to_text(model, data, source, {width, length_penalty});
      curve.widths.push_back(width);
      curve.bleu.push_back(corpus_bleu(texts, references, settings.bleu_tokenizer()).score);
    }
  }
  return curves;
}

// Reads sentences from the terminal until it ends, and translates each with the saved model.
void interact(Settings& settings, const std::filesystem::path& file) {
  const TranslationData data = read_translation_model(file, settings);
  EncoderDecoder model(settings, settings.seed, data);
  load(file, model);
  std::cout << "Write a sentence; an empty line or Ctrl-D ends.\n";
  for (auto line = ask_line("> "); line && !line->empty(); line = ask_line("> ")) {
    const std::vector<std::string> words = split_joined_words(*line);
    if (words.empty()) continue;
    const TranslationPart::Numbers source{data.source.encode(words)};
    std::cout << "  greedy  " << translate_to_text(model, data, source)[0] << "\n  beam "
              << settings.beam << "  "
              << translate_to_text(model, data, source, {settings.beam, settings.length_penalty})[0]
              << "\n";
    const auto unknown =
        std::count(source[0].begin(), source[0].end(), TranslationVocabulary::kUnknown);
    if (unknown > 0) std::cout << "  (" << unknown << " word(s) were not known)\n";
  }
}

void run(Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  const std::filesystem::path model_file =
      std::filesystem::path(settings.out) / "model.safetensors";
  if (settings.interactive) return interact(settings, model_file);

  settings.adapt_to_data(command_line);
  const TranslationData data = read_translation_data(settings.texts);
  const RunDirectory out(settings.out);
  EncoderDecoder untrained(settings, settings.seed, data);
  const double seconds =
      static_cast<double>(settings.seeds) *
      TranslationTraining(untrained, settings, settings.seed, data).expected_seconds();
  const std::string network =
      cell_title(settings.cell) + ", " + std::to_string(settings.hidden) + " units";
  std::cout << data.describe() << "Training " << settings.seeds << " network(s), " << network
            << ", " << format_count(untrained.num_parameters()) << " parameters, " << threads
            << " thread(s): at most " << format_duration(seconds) << "\n";

  TranslationReport report{.data = data,
                           .out = out,
                           .network = network,
                           .command = command_line.lesson().command(),
                           .tokenizer = settings.bleu_tokenizer(),
                           .beam = settings.beam,
                           .parameters = untrained.num_parameters(),
                           .record = {.lesson = command_line.lesson().file_name(),
                                      .settings = command_line.settings(),
                                      .threads = threads}};
  Progress progress(
      "training",
      settings.seeds * settings.epochs * TranslationTraining::steps_an_epoch(settings, data),
      "steps");
  const std::string identity = settings_that_matter(
      command_line, {"beam", "interactive", "length-penalty"}, {{"sha256", data.sha256}});
  for (int64_t i = 0; i < settings.seeds; ++i) {
    progress.note("seed " + std::to_string(i + 1));
    const uint64_t seed = settings.seed + static_cast<uint64_t>(i);
    EncoderDecoder model(settings, seed, data);
    TranslatedRun& run = report.runs.emplace_back();
    const std::filesystem::path saved =
        out.file("training" + (i == 0 ? "" : "_" + std::to_string(i + 1)) + ".safetensors");
    run.training =
        TranslationTraining(model, settings, seed, data)
            .train(progress, {saved, identity, settings.resume && (i == 0 || exists(saved))});
    run.greedy = translate_to_text(model, data, data.test.source);
    run.beam =
        translate_to_text(model, data, data.test.source, {settings.beam, settings.length_penalty});
    if (i > 0) continue;
    report.beam_curves = try_beams(model, data, settings);
    report.contexts = map_contexts(data, [&](const std::vector<std::string>& texts) {
      return contexts_of(model, data, texts);
    });
    save(model_file, model, translation_model_metadata(settings, data));
  }
  progress.finish();
  report_translation(std::move(report));
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
  command_line.add_choice("--context", settings.context,
                          "where the decoder gets the context vector: at each step, or only at "
                          "its start",
                          {"each", "start"});
  command_line.add_flag("--interactive", settings.interactive,
                        "translate sentences you type with the model trained before");
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
