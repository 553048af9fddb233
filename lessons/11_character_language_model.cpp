// Lesson 11 · Character language model · about 2 minutes
//
// A language model says how likely a text is: p(x_1 … x_T) = Π p(x_{t+1} | x_1 … x_t). Lesson 02
// trained a small one; here it is built to be good, measured against what else can predict text,
// and looked into. You will learn
//   - the parts of a strong one: an embedding, stacked cells with dropout between them, a state
//     carried from window to window (truncated backpropagation through time), a rate that falls
//   - to evaluate it: over the whole validation text in one go, never losing the state
//   - what a loss L in nats is worth: L/ln 2 bits a character, which a compressor could reach with
//     it (so xz is a baseline), or perplexity e^L, between how many characters it wavers
//   - to write: temperature, top-k, top-p and beam search, and what each of them costs
//   - to judge what it writes: brackets of functions, frequencies of characters (KL divergence)
//   - to look inside: units that stand for something, and probabilities along a line
//
// Try next: --data with a book of yours; --cell gru; --dropout 0; --window 8; --interactive;
// and with half an hour, --data tinyshakespeare --minutes 30, as README.md says.
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/autograd.h"
#include "engine/checkpoint.h"
#include "engine/nn.h"
#include "engine/optim.h"
#include "lessons/support/beam_search.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/language_model_options.h"
#include "lessons/support/language_model_report.h"
#include "lessons/support/metrics.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/terminal.h"
#include "lessons/support/text_streams.h"

namespace unroll::lessons {
namespace {

using Settings = LanguageModelOptions;

// Characters become learned vectors, go up through the stacked cells, and come out as a score
// (logit) for each character that could follow. Dropout sits between the layers, where no memory
// goes through it.
struct LanguageModel : nn::Module {
  static constexpr int64_t kEmbedding = 64;

  LanguageModel(const Settings& settings, uint64_t seed, int64_t vocabulary)
      : Module(seed),
        embedding(*this, "embedding", vocabulary, kEmbedding),
        cells(*this, "cells", parse_cell(settings.cell), kEmbedding, settings.hidden,
              {.num_layers = static_cast<int>(settings.layers), .dropout = settings.dropout}),
        dropout(*this, "dropout", settings.dropout),
        head(*this, "head", settings.hidden, vocabulary) {
    if (cells.cell() == nn::Cell::kLstm) set_forget_bias(cells, 1);  // it begins by remembering
  }

  struct Output {
    Tensor logits;             // (characters, batch, vocabulary)
    nn::RecurrentResult read;  // with the state after the last character
  };
  Output operator()(const Tensor& characters, const nn::RecurrentState& state,
                    bool look_inside = false) {
    nn::RecurrentResult read =
        cells(embedding(characters), {.initial = state, .return_gates = look_inside});
    return {head(dropout(read.output)), std::move(read)};
  }

  // The state that nothing has been read in.
  nn::RecurrentState blank_state(int64_t batch) const {
    const Shape shape{cells.num_layers(), batch, cells.hidden_size()};
    return {zeros(shape), cells.cell() == nn::Cell::kLstm ? zeros(shape) : Tensor()};
  }

  nn::Embedding embedding;
  nn::Recurrent cells;
  nn::Dropout dropout;
  nn::Linear head;
};

// Mean loss over a text. In one stream the state is carried from its first character to its last:
// that is the number to quote. Several streams side by side are quicker, but each begins blank, and
// the few characters behind the last one are left out: good enough for a curve.
double evaluate(LanguageModel& model, std::span<const int32_t> text, int64_t streams) {
  constexpr int64_t kPiece = 256;
  const NoGrad no_grad;
  model.eval();
  const int64_t predicted = static_cast<int64_t>(text.size()) - 1;
  const int64_t length = predicted / std::min(streams, predicted);
  const TextStreams all(text, std::min(streams, predicted), length);
  nn::RecurrentState state;  // undefined: blank
  RunningMean loss;
  for (int64_t begin = 0; begin < length; begin += kPiece) {
    const int64_t size = std::min(kPiece, length - begin);
    const TextStreams::Window piece = all.part(begin, size);
    const LanguageModel::Output output = model(piece.inputs, state);
    loss.add(cross_entropy(output.logits, piece.targets).item(), static_cast<double>(size));
    state = output.read.state;
  }
  model.train();
  return loss.value();
}

class Trainer {
 public:
  Trainer(const Settings& settings, uint64_t seed, const TextData& data)
      : model(settings, seed, data.vocabulary.size()),
        settings_(settings),
        data_(data),
        run_{TextHistory(data, settings.that_matter(seed))} {}

  struct Files {
    std::filesystem::path progress, model;     // all of an unfinished training; the best weights
    std::map<std::string, std::string> about;  // the model, for whoever loads it
  };

  // Trains to the end, going on from where an earlier run stopped if there is one to `resume`, and
  // takes the best weights.
  LanguageModelRun train(const Files& files, bool resume) {
    if (resume) run_.history.resume(files.progress, snapshot());
    last_tick_ = std::chrono::steady_clock::now();
    const int64_t characters = streams_.characters_a_window();
    Progress progress("training", steps_ * characters, "characters");
    progress.skip(steps_done() * characters);
    while (done() < 1) {
      const double before = done();
      progress.advance(characters, step());
      tick();
      if (settings_.minutes > 0) progress.total(guessed_steps() * characters);
      const auto passes = [&, after = done()](int marks) {
        return std::floor(after * marks) > std::floor(before * marks);
      };
      if (passes(kPoints)) run_.history.end_point(steps_done() * characters);
      if (passes(kValidations)) {
        if (validate(progress)) save(files.model, model, files.about);
        save(files.progress, snapshot());
      }
      if (interrupted()) {
        save(files.progress, snapshot());
        progress.clear();
        throw Interrupted("stopped after " + format_count(steps_done()) + " steps, saved in " +
                          files.progress.string() + "; the same command with --resume goes on");
      }
    }
    progress.finish();
    load(files.model, model);
    run_.nats = evaluate(model, data_.validation, 1);
    return run_;
  }

  // One step down the gradient of one window; returns its loss.
  double step() {
    const TextStreams::Window window = streams_.window(window_);
    if (window_ == 0) state_ = model.blank_state(settings_.batch);
    optimizer_.set_learning_rate(rate_.at(static_cast<int64_t>(done() * kFine)));
    optimizer_.zero_grad();
    const LanguageModel::Output output = model(window.inputs, state_);
    const Tensor loss = cross_entropy(output.logits, window.targets);
    check_finite_loss(loss.item(), steps_done());
    loss.backward();
    check_finite_loss(optimizer_.step({.max_norm = settings_.clip}).item(), steps_done());
    state_ = output.read.state.detach();  // carried on; the next window's gradients end here
    run_.history.add_step(loss.item());
    window_ = (window_ + 1) % streams_.windows();
    if (window_ == 0) ++epoch_;
    return loss.item();
  }

  // How long the training will take, judged by a few steps.
  double expected_seconds() {
    if (settings_.minutes > 0) return 60 * settings_.minutes;
    constexpr int kSteps = 4;
    step();
    last_tick_ = std::chrono::steady_clock::now();
    const double before = minutes_;
    for (int i = 0; i < kSteps; ++i) step();
    tick();
    return 60 * (minutes_ - before) / kSteps * static_cast<double>(steps_);
  }

  LanguageModel model;

 private:
  static constexpr int kValidations = 24, kPoints = 96;
  static constexpr int64_t kStreams = 32;      // of a quick validation
  static constexpr int64_t kFine = 1'000'000;  // parts of a training, for the schedule

  void tick() {
    const auto now = std::chrono::steady_clock::now();
    minutes_ += std::chrono::duration<double>(now - last_tick_).count() / 60;
    last_tick_ = now;
  }

  int64_t steps_done() const { return epoch_ * streams_.windows() + window_; }
  // The share of the training that is done: of the steps, or of the time.
  double done() const {
    if (settings_.minutes > 0) return minutes_ / settings_.minutes;
    return static_cast<double>(steps_done()) / static_cast<double>(steps_);
  }
  int64_t guessed_steps() const {
    return static_cast<int64_t>(static_cast<double>(steps_done()) / std::min(done(), 1.0));
  }

  // Returns whether the weights are the best so far.
  bool validate(Progress& progress) {
    const double loss = evaluate(model, data_.validation, kStreams);
    check_finite_loss(loss, steps_done());
    run_.minutes.push_back(minutes_);
    progress.note("validation " + format_fixed(loss, 3));
    return run_.history.add_validation(steps_done() * streams_.characters_a_window(), loss, {});
  }

  // All that a later run needs to go on as if nothing had happened.
  Training snapshot() {
    NamedTensors carried{{"state.h", state_.h}};
    if (state_.c.defined()) carried.push_back({"state.c", state_.c});
    auto values = run_.history.values(epoch_, window_);
    values["minutes"] = &minutes_;
    values["validation_minutes"] = &run_.minutes;
    return {model, optimizer_, std::move(values), std::move(carried)};
  }

  const Settings& settings_;
  const TextData& data_;
  TextStreams streams_{data_.train, settings_.batch, settings_.window};
  int64_t steps_ = settings_.epochs * streams_.windows();
  optim::Adam optimizer_{model.parameters(), {.lr = settings_.lr}};
  optim::CosineSchedule rate_{settings_.lr, kFine, settings_.lr / 50, kFine / 50};
  nn::RecurrentState state_ = model.blank_state(settings_.batch);
  int64_t epoch_ = 0, window_ = 0;  // where training stands
  double minutes_ = 0;              // that it has taken
  std::chrono::steady_clock::time_point last_tick_;
  LanguageModelRun run_;
};

// Lets the model go on from prompts of one length, side by side.
Written write(LanguageModel& model, const std::vector<Characters>& prompts, int64_t length,
              const Sampling& sampling, uint64_t seed) {
  const NoGrad no_grad;
  model.eval();
  Random random(seed, "write");
  const auto count = static_cast<int64_t>(prompts.size());
  std::vector<int32_t> input;  // (characters, prompts)
  for (size_t t = 0; t < prompts[0].size(); ++t)
    for (const Characters& prompt : prompts) input.push_back(prompt[t]);
  nn::RecurrentState state;
  Written written{std::vector<Characters>(prompts.size())};
  RunningMean nats;
  for (int64_t i = 0; i < length; ++i) {
    const auto read = static_cast<int64_t>(input.size()) / count;
    const LanguageModel::Output output = model(from_vector(input, {read, count}), state);
    state = output.read.state;
    const std::vector<float> scores =
        log_softmax(select(output.logits, read - 1)).to_vector<float>();
    const size_t vocabulary = scores.size() / prompts.size();
    input.clear();
    for (size_t k = 0; k < prompts.size(); ++k) {
      const auto row = std::span(scores).subspan(k * vocabulary, vocabulary);
      input.push_back(sample(row, sampling, random, Vocabulary::kUnknown));
      written.texts[k].push_back(input.back());
      nats.add(-static_cast<double>(row[static_cast<size_t>(input.back())]));
    }
  }
  model.train();
  written.nats = nats.value();
  return written;
}

// The likeliest text that a beam of some width finds behind a prompt.
Written search(LanguageModel& model, const Characters& prompt, int64_t length, int64_t width) {
  const NoGrad no_grad;
  model.eval();
  // The last character of the prompt is the first that the search lets the model read.
  nn::RecurrentState state = model.blank_state(1);
  if (const auto before = static_cast<int64_t>(prompt.size()) - 1; before > 0)
    state = model(from_vector(Characters(prompt.begin(), prompt.end() - 1), {before, 1}), state)
                .read.state;
  const auto pick_rows = [](const Tensor& states, const Tensor& rows) {
    Tensors layers;
    for (int64_t l = 0; l < states.size(0); ++l)
      layers.push_back(embedding(select(states, l), rows));
    return stack(layers);
  };
  const NextSymbols next = [&](std::span<const int64_t> rows, std::span<const int32_t> symbols) {
    const auto count = static_cast<int64_t>(rows.size());
    const Tensor kept = from_vector(std::vector<int32_t>(rows.begin(), rows.end()), {count});
    state.h = pick_rows(state.h, kept);
    if (state.c.defined()) state.c = pick_rows(state.c, kept);
    const Characters read(symbols.begin(), symbols.end());
    const LanguageModel::Output output = model(from_vector(read, {1, count}), state);
    state = output.read.state;
    return log_softmax(output.logits).to_vector<float>();
  };
  const std::vector<int64_t> limits{length};
  const Hypothesis best =
      beam_search(limits, next,
                  {.width = width, .start = prompt.back(), .excluded = Vocabulary::kUnknown})[0][0];
  model.train();
  return {{best.symbols}, -best.log_probability / static_cast<double>(length)};
}

// What the model knows as it reads: the probabilities of what comes next, and the states of all its
// units (of an LSTM, the tanh of what its cells hold).
Reading read(LanguageModel& model, std::span<const int32_t> text) {
  const NoGrad no_grad;
  model.eval();
  const Characters characters(text.begin(), text.end());
  const auto length = static_cast<int64_t>(text.size());
  const LanguageModel::Output output =
      model(from_vector(characters, {length, 1}), model.blank_state(1), true);
  Tensors layers;
  for (const SequenceResult& layer : output.read.layers)
    layers.push_back(layer.cells.defined() ? tanh(layer.cells) : layer.output);
  const Tensor states = concat(layers, 2);
  model.train();
  return {log_softmax(output.logits).to_vector<float>(), states.to_vector<float>(), states.size(2)};
}

// Reads prompts from the terminal until it ends, and goes on from each with the saved model.
void interact(Settings& settings, const std::filesystem::path& file) {
  const Vocabulary vocabulary = read_model_metadata(file, settings);
  LanguageModel model(settings, settings.seed, vocabulary.size());
  load(file, model);
  std::cout << "Write the beginning of a text; an empty line or Ctrl-D ends.\n";
  uint64_t seed = settings.seed;
  for (auto line = ask_line("> "); line && !line->empty(); line = ask_line("> "))
    std::cout << *line
              << vocabulary.decode(write(model, {vocabulary.encode(*line)}, settings.length,
                                         settings.sampling, seed++)
                                       .texts[0])
              << "\n\n";
}

void run(Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  const std::filesystem::path folder = settings.out;
  if (settings.interactive) return interact(settings, folder / "model.safetensors");

  const TextData data = read_text_data(settings.data, settings.characters, 0.9, 0.1,
                                       {{"engine", "kernels"}, {".h", ".cpp", ".cu"}});
  const RunDirectory out(settings.out);
  std::cout << data.describe();
  const std::string name = cell_title(settings.cell) + ", " + std::to_string(settings.layers) +
                           " × " + std::to_string(settings.hidden);
  Trainer guess(settings, settings.seed, data);
  std::cout << "Network: " << name << " units, " << format_count(guess.model.num_parameters())
            << " parameters, " << settings.seeds << " seed(s), " << threads
            << " thread(s): training takes about "
            << format_duration(guess.expected_seconds() * static_cast<double>(settings.seeds))
            << "\n";
  const LanguageModelBaselines baselines = language_model_baselines(data);

  std::unique_ptr<Trainer> first;
  std::vector<LanguageModelRun> runs;
  for (int64_t i = 0; i < settings.seeds; ++i) {
    const std::string number = i == 0 ? "" : "_" + std::to_string(i + 1);
    const Trainer::Files files{out.file("training" + number + ".safetensors"),
                               out.file("model" + number + ".safetensors"),
                               model_metadata(settings, data.vocabulary)};
    auto trainer =
        std::make_unique<Trainer>(settings, settings.seed + static_cast<uint64_t>(i), data);
    const bool resume = settings.resume && (i == 0 || std::filesystem::exists(files.progress));
    runs.push_back(trainer->train(files, resume));
    if (i == 0) first = std::move(trainer);
  }
  LanguageModel& model = first->model;
  report_language_model({data,
                         out,
                         baselines,
                         name,
                         command_line.lesson().command(),
                         model.num_parameters(),
                         std::move(runs),
                         settings.sampling,
                         data.prompt(settings.prompt),
                         settings.length,
                         settings.beam,
                         settings.samples,
                         [&](const auto& prompts, int64_t length, const Sampling& sampling) {
                           return write(model, prompts, length, sampling, settings.seed);
                         },
                         [&](const Characters& prompt, int64_t length, int64_t width) {
                           return search(model, prompt, length, width);
                         },
                         [&](std::span<const int32_t> text) { return read(model, text); },
                         {.lesson = command_line.lesson().file_name(),
                          .settings = command_line.settings(),
                          .threads = threads}});
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  CommandLine command_line({11,
                            "character_language_model",
                            "Train a strong character model, measure it, and write with it.",
                            {"", "--full", "--data my_book.txt --minutes 10",
                             "--interactive --temperature 1 --top-p 0.8"}});
  settings.add_to(command_line);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
