// Lesson 09 · Attention · about 1 minute
//
// Lesson 08 hands each sentence over as one vector. Here the decoder may look back at all states of
// the encoder and learns where. You will learn
//   - encoder states a_1 … a_S, one a word; each has a value v_s = W_v·a_s, which can be
//     handed over, and a key k_s, by which it is found
//   - the decoder's state h_t is a query q; how well it fits a key (support/attention.h):
//       additive    wᵀ·tanh(W_q·q + W_k·v_s)     Bahdanau et al.      k_s = W_k·v_s
//       dot         q·v_s                        Luong et al.         k_s = v_s
//       general     q·W_k·v_s                    Luong et al.         k_s = W_k·v_s
//       scaled dot  W_q·q·(W_k·v_s)/√d           Vaswani et al.       k_s = W_k·v_s
//   - weights and context: α_t = softmax of the scores, 0 behind the end of the sentence (masked),
//     c_t = Σ_s α_ts·v_s
//   - what is written: h̃_t = tanh(W_c·[c_t; h_t]), p_t = softmax(W·h̃_t + b)
//   - input feeding: the decoder reads h̃_{t−1} beside word t−1, so it knows what it has looked at
//   - what it brings: BLEU against lesson 08's network at the same data, training and width, by
//     length, too; whether the weights are alignments (alignment error rate against the true ones)
//
// Try next: --attention none,general --pairs 8000; --hidden 32 (who suffers from a narrow vector?);
// --cell gru; --layers 2; --attention additive,additive+feeding --seeds 3.
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/nn.h"
#include "lessons/support/attention.h"
#include "lessons/support/attention_maps.h"
#include "lessons/support/attention_options.h"
#include "lessons/support/attention_report.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/format.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/translating.h"
#include "lessons/support/translation_training.h"
#include "lessons/support/translator.h"

namespace unroll::lessons {
namespace {

using Settings = AttentionOptions;

// Lesson 08's network; with attention, what it looks at takes the place of the one vector that
// stands for the whole sentence.
struct AttentiveTranslator : Translator {
  AttentiveTranslator(const Settings& settings, uint64_t seed, const TranslationData& data,
                      const AttentionKind& kind)
      : Translator(seed),
        hidden(settings.hidden),
        feeds(kind.feeds),
        source_words(*this, "source_words", data.source.size(), settings.embedding),
        target_words(*this, "target_words", data.target.size(), settings.embedding),
        dropout(*this, "dropout", settings.dropout),
        encoder(*this, "encoder", parse_cell(settings.cell), settings.embedding, hidden,
                {.num_layers = static_cast<int>(settings.layers),
                 .bidirectional = true,
                 .dropout = settings.dropout}),
        bridge(*this, "bridge", 2 * hidden, hidden),
        decoder(*this, "decoder", parse_cell(settings.cell),
                settings.embedding + (kind.score && !feeds ? 0 : hidden), hidden,
                {.num_layers = static_cast<int>(settings.layers), .dropout = settings.dropout}),
        head(*this, "head", hidden, data.target.size()) {
    if (encoder.cell() == nn::Cell::kLstm) {
      nn::set_forget_bias(encoder, 1);
      nn::set_forget_bias(decoder, 1);
    }
    if (!kind.score) return;
    w_v.emplace(*this, "w_v", 2 * hidden, hidden);
    attention.emplace(*this, "attention", *kind.score, hidden);
    w_c.emplace(*this, "w_c", 2 * hidden, hidden);
  }

  // What there is to look at, and what the decoder begins with.
  TranslatorState read(const PaddedBatch& source) override {
    const nn::RecurrentResult read =
        encoder(dropout(source_words(source.values)), {.lengths = source.lengths});
    const int64_t last = 2 * (encoder.num_layers() - 1);
    const Tensor c =
        tanh(bridge(concat({select(read.state.h, last), select(read.state.h, last + 1)}, 1)));
    TranslatorState state;
    state.writing = {stack(Tensors(static_cast<size_t>(decoder.num_layers()), c))};
    if (decoder.cell() == nn::Cell::kLstm) state.writing.push_back(zeros_like(state.writing[0]));
    if (!attention) {
      state.memory = {stack({c})};
      return state;
    }
    const Tensor values = (*w_v)(dropout(read.output));
    state.memory = {attention->keys(values), values,
                    attention_mask(source.lengths, source.values.size(0))};
    if (feeds) state.writing.push_back(zeros({1, source.values.size(1), hidden}));
    return state;
  }

  Written write(const TranslatorState& from, const Tensor& symbols) override {
    const Tensor words = dropout(target_words(symbols));
    Written written;
    if (!feeds) {
      written = write_words(from, words);
    } else {  // each step needs what the step before has written
      written.state = from;
      Tensors outputs, weights;
      for (int64_t t = 0; t < words.size(0); ++t) {
        written = write_words(written.state, slice(words, 0, t, t + 1));
        outputs.push_back(written.scores);
        weights.push_back(written.attention);
      }
      written.scores = concat(outputs, 0);
      written.attention = concat(weights, 0);
    }
    written.scores = head(dropout(written.scores));
    return written;
  }

  const int64_t hidden;
  const bool feeds;
  nn::Embedding source_words, target_words;
  nn::Dropout dropout;
  nn::Recurrent encoder;
  nn::Linear bridge;
  nn::Recurrent decoder;
  nn::Linear head;
  std::optional<nn::Linear> w_v, w_c;
  std::optional<Attention> attention;

 private:
  // Reads some words, (steps, batch, embedding), and returns what is to be scored in `scores`: h̃ of
  // each step, or h of the network without attention.
  Written write_words(const TranslatorState& from, const Tensor& words) {
    const bool has_cells = decoder.cell() == nn::Cell::kLstm;
    const Tensor steps_before =
        !attention ? stack(Tensors(static_cast<size_t>(words.size(0)), select(from.memory[0], 0)))
        : feeds    ? from.writing.back()
                   : Tensor();
    const Tensor x = steps_before.defined() ? concat({words, steps_before}, 2) : words;
    const nn::RecurrentState initial{from.writing[0], has_cells ? from.writing[1] : Tensor()};
    const nn::RecurrentResult wrote = decoder(x, {.initial = initial});
    Written written{.scores = wrote.output, .state = {from.memory, {wrote.state.h}}};
    if (has_cells) written.state.writing.push_back(wrote.state.c);
    if (!attention) return written;

    const Tensor queries = wrote.output;
    const Tensor &keys = from.memory[0], &values = from.memory[1], &mask = from.memory[2];
    const auto [context, weights] = (*attention)(queries, keys, values, mask);
    written.scores = tanh((*w_c)(concat({context, queries}, 2)));
    written.attention = weights;
    if (feeds) written.state.writing.push_back(written.scores);
    return written;
  }
};

// What the network looks at when it translates some sentences, and when it is told to write what
// all networks are told to.
void look_into(AttentiveTranslator& model, const TranslationData& data, AttentionNetwork& network) {
  const std::vector<size_t> sentences = sentences_of_different_lengths(data.test.source);
  TranslationPart::Numbers source;
  for (const size_t i : sentences) source.push_back(data.test.source[i]);
  network.samples = attention_samples(model, data, sentences, translate(model, data, source));
  network.reference =
      attention_samples(model, data, {sentences[0]}, {data.test.target[sentences[0]]})[0];
}

AttentionRun train(AttentiveTranslator& model, const Settings& settings, uint64_t seed,
                   const TranslationData& data, const SavedTraining& saved, Progress& progress) {
  TranslationTraining training(model, settings, seed, data);
  AttentionRun run;
  run.training = training.train(progress, saved, [&](TranslationRun& so_far) {
    if (model.attention)
      so_far.attention_entropy.push_back(mean_entropy(
          attention_maps(model, data, data.validation.source, data.validation.target)));
  });
  const TranslationPart& test = data.test;
  run.greedy = translate_to_text(model, data, test.source);
  run.beam = translate_to_text(model, data, test.source, {settings.beam, settings.length_penalty});
  if (model.attention && !test.alignments.empty() && !data.source.has_pieces())
    run.alignment =
        alignment_error(attention_maps(model, data, test.source, test.target), test.alignments);
  return run;
}

void run(Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  settings.adapt_to_data(command_line);
  const std::vector<AttentionKind> kinds = settings.kinds();
  const TranslationData data = read_translation_data(settings.texts);
  const RunDirectory out(settings.out);
  double expected = 0;  // seconds
  for (const AttentionKind& kind : kinds) {
    AttentiveTranslator model(settings, settings.seed, data, kind);
    TranslationTraining training(model, settings, settings.seed, data);
    expected += static_cast<double>(settings.seeds) * training.expected_seconds();
  }
  const auto trainings = static_cast<int64_t>(kinds.size()) * settings.seeds;
  std::cout << data.describe() << "Training " << trainings << " network(s), "
            << cell_title(settings.cell) << ", " << settings.seeds << " seed(s), " << threads
            << " thread(s): at most " << format_duration(expected) << "\n";

  AttentionReport report{data,
                         out,
                         cell_title(settings.cell),
                         settings.bleu_tokenizer(),
                         {},
                         {.lesson = command_line.lesson().file_name(),
                          .settings = command_line.settings(),
                          .threads = threads}};
  Progress progress(
      "training", trainings * settings.epochs * TranslationTraining::steps_an_epoch(settings, data),
      "steps");
  const std::string identity = settings_that_matter(
      command_line, {"attention", "beam", "length-penalty"}, {{"sha256", data.sha256}});
  for (const AttentionKind& kind : kinds) {
    AttentionNetwork& network = report.networks.emplace_back();
    network.kind = kind;
    for (int64_t i = 0; i < settings.seeds; ++i) {
      progress.note(kind.name() + ", seed " + std::to_string(i + 1));
      const uint64_t seed = settings.seed + static_cast<uint64_t>(i);
      AttentiveTranslator model(settings, seed, data, kind);
      network.parameters = model.num_parameters();
      const std::filesystem::path file =
          out.file("training_" + kind.name() + "_" + std::to_string(i + 1) + ".safetensors");
      const bool is_first = report.networks.size() == 1 && i == 0;
      const SavedTraining saved{file, identity, settings.resume && (is_first || exists(file))};
      network.runs.push_back(train(model, settings, seed, data, saved, progress));
      if (i == 0 && model.attention) look_into(model, data, network);
    }
  }
  progress.finish();
  report_attention(std::move(report));
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  CommandLine command_line({9,
                            "attention",
                            "Translate with a decoder that looks back at the source.",
                            {"", "--full", "--attention none,general", "--data pairs.tsv"}});
  settings.add_to(command_line);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
