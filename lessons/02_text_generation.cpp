// Lesson 02 · Text generation · about 2 minutes
//
// A recurrent network reads a text character by character and learns to say what comes next; asked
// again and again, it writes. You will learn
//   - what it is trained on: the cross entropy of the next character, −ln p(x_{t+1} | x_1 … x_t),
//     averaged; in nats, or divided by ln 2 in bits per character
//   - truncated backpropagation through time: the text is cut into windows; the state is carried
//     from one to the next, gradients are not
//   - whether it learned more than letter statistics: n-gram models stand beside it
//   - whether it copies: how many of its n-grams stand in the training text
//   - sampling: at temperature τ a character is drawn from softmax(logits/τ)
//
// Try next: --cell rnn and --cell gru; --window 8 (how far back do gradients have to reach?);
// --hidden 32 and 256; --data with a book of yours, and for more epochs --dropout 0.1;
// --interactive to write with the trained model.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/autograd.h"
#include "engine/checkpoint.h"
#include "engine/error.h"
#include "engine/nn.h"
#include "engine/optim.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/metrics.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/sampling.h"
#include "lessons/support/terminal.h"
#include "lessons/support/text_generation.h"
#include "lessons/support/text_streams.h"

namespace unroll::lessons {
namespace {

struct Settings : CommonOptions {
  int64_t characters = 0;
  int64_t batch = 32, window = 64;
  double lr = 6e-3, clip = 1.0, dropout = 0.0;
  std::string prompt;
  int64_t length = 300;
  double temperature = 0.8;
  bool interactive = false;

  // Those that a resumed run must share with the one that was stopped.
  Json that_matter() const {
    return {{"cell", cell},   {"hidden", hidden},   {"layers", layers},
            {"batch", batch}, {"window", window},   {"lr", lr},
            {"clip", clip},   {"dropout", dropout}, {"seed", seed}};
  }
};

// Characters go in as learned vectors, through a stack of recurrent layers, and come out as a score
// (logit) for each character that could follow.
struct CharacterModel : nn::Module {
  static constexpr int64_t kEmbedding = 64;

  CharacterModel(const Settings& settings, int64_t vocabulary)
      : Module(settings.seed),
        embedding(*this, "embedding", vocabulary, kEmbedding),
        rnn(*this, "rnn", parse_cell(settings.cell), kEmbedding, settings.hidden,
            {.num_layers = static_cast<int>(settings.layers), .dropout = settings.dropout}),
        dropout(*this, "dropout", settings.dropout),
        head(*this, "head", settings.hidden, vocabulary) {}

  struct Output {
    Tensor logits;             // (window, batch, vocabulary)
    nn::RecurrentState state;  // after the last character
  };
  Output operator()(const Tensor& characters, const nn::RecurrentState& state) {
    const nn::RecurrentResult result = rnn(embedding(characters), {.initial = state});
    return {head(dropout(result.output)), result.state};
  }

  // The state that nothing has been read in.
  nn::RecurrentState blank_state(int64_t batch) const {
    const Shape shape{rnn.num_layers(), batch, rnn.hidden_size()};
    return {zeros(shape), rnn.cell() == nn::Cell::kLstm ? zeros(shape) : Tensor()};
  }

  nn::Embedding embedding;
  nn::Recurrent rnn;
  nn::Dropout dropout;
  nn::Linear head;
};

void carry(nn::RecurrentState& to, const nn::RecurrentState& from) {
  assign(to.h, from.h);
  if (to.c.defined()) assign(to.c, from.c);
}

// Mean loss over a whole text, read in one go from a blank state.
double evaluate(CharacterModel& model, std::span<const int32_t> text) {
  const NoGrad no_grad;
  model.eval();
  nn::RecurrentState state = model.blank_state(1);
  RunningMean loss;
  const int64_t predicted = static_cast<int64_t>(text.size()) - 1;
  for (int64_t begin = 0; begin < predicted; begin += 1024) {
    const int64_t size = std::min<int64_t>(1024, predicted - begin);
    const TextStreams::Window piece =
        TextStreams(text.subspan(static_cast<size_t>(begin), static_cast<size_t>(size) + 1), 1,
                    size)
            .window(0);
    const auto [logits, next] = model(piece.inputs, state);
    loss.add(cross_entropy(logits, piece.targets).item(), static_cast<double>(size));
    state = next;
  }
  model.train();
  return loss.value();
}

// Lets the model go on from `prompt` by `length` characters.
std::vector<int32_t> generate(CharacterModel& model, std::vector<int32_t> prompt, int64_t length,
                              double temperature, Random& random) {
  const NoGrad no_grad;
  model.eval();
  nn::RecurrentState state = model.blank_state(1);
  std::vector<int32_t> written, input = std::move(prompt);
  while (static_cast<int64_t>(written.size()) < length) {
    const auto read = static_cast<int64_t>(input.size());
    const auto [logits, next] = model(from_vector(input, {read, 1}), state);
    state = next;
    const std::vector<float> last = logits.view_rows(read - 1, read).to_vector<float>();
    written.push_back(sample(last, {.temperature = temperature}, random, Vocabulary::kUnknown));
    input = {written.back()};
  }
  model.train();
  return written;
}

struct Trainer {
  const Settings& settings;
  const TextData& data;
  const RunDirectory& out;
  CharacterModel model{settings, data.vocabulary.size()};
  optim::Adam optimizer{model.parameters(), {.lr = settings.lr}};
  nn::RecurrentState state = model.blank_state(settings.batch);
  TextHistory history{data, settings.that_matter()};
  int64_t epoch = 0, window = 0;  // where training stands

  // All that a later run needs to go on as if nothing had happened.
  Training snapshot() {
    NamedTensors carried{{"state.h", state.h}};
    if (state.c.defined()) carried.push_back({"state.c", state.c});
    return {model, optimizer, history.values(epoch, window), carried};
  }

  void train() {
    const TextStreams streams(data.train, settings.batch, settings.window);
    const int64_t steps = settings.epochs * streams.windows();
    const int64_t report =
        std::max<int64_t>(1, streams.windows() / 8);  // steps a point of the curve
    const optim::CosineSchedule rate{settings.lr, steps, settings.lr / 20, steps / 50};
    const std::filesystem::path saved = out.file("training.safetensors");
    if (settings.resume) history.resume(saved, snapshot());
    Progress progress("training", steps * streams.characters_a_window(), "characters");
    progress.skip((epoch * streams.windows() + window) * streams.characters_a_window());
    while (epoch < settings.epochs) {
      if (window == 0) carry(state, model.blank_state(settings.batch));
      for (; window < streams.windows(); ++window) {
        const int64_t step = epoch * streams.windows() + window;
        optimizer.set_learning_rate(rate.at(step));
        const double loss = train_step(streams.window(window), step);
        progress.advance(streams.characters_a_window(), loss);
        history.add_step(loss);
        if ((step + 1) % report == 0) history.end_point((step + 1) * streams.characters_a_window());
        if (interrupted()) {
          ++window;
          save(saved, snapshot());
          progress.clear();
          throw Interrupted("stopped at step " + std::to_string(step + 1) + ", saved in " +
                            out.path().string() + "; the same command with --resume goes on");
        }
      }
      ++epoch;
      window = 0;
      finish_epoch(epoch * streams.windows() * streams.characters_a_window(), progress);
      save(saved, snapshot());
    }
    progress.finish();
  }

 private:
  double train_step(const TextStreams::Window& batch, int64_t step) {
    optimizer.zero_grad();
    const auto [logits, next] = model(batch.inputs, state);
    const Tensor loss = cross_entropy(logits, batch.targets);
    check_finite_loss(loss.item(), step);
    loss.backward();
    check_finite_loss(optimizer.step({.max_norm = settings.clip}).item(), step);
    carry(state, next);  // values only: the next window's gradients end here
    return loss.item();
  }

  // Validates, writes a sample, and keeps the model when it is the best so far.
  void finish_epoch(int64_t characters, Progress& progress) {
    const double validation = evaluate(model, data.validation);
    Random random(settings.seed, "sample");
    const std::vector<int32_t> text =
        generate(model, data.prompt(settings.prompt), 220, settings.temperature, random);
    if (history.add_validation(characters, validation, data.vocabulary.decode(text)))
      save(out.file("model.safetensors"), model, model_metadata(settings, data.vocabulary));
    progress.note("validation " + format_fixed(validation, 3));
  }
};

// Reads prompts from the terminal until it ends, and goes on from each with the saved model.
void interact(Settings& settings, const std::filesystem::path& file) {
  const Vocabulary vocabulary = read_model_metadata(file, settings);
  CharacterModel model(settings, vocabulary.size());
  load(file, model);
  Random random(settings.seed, "interactive");
  std::cout << "Write the beginning of a text; an empty line or Ctrl-D ends.\n";
  for (auto line = ask_line("> "); line && !line->empty(); line = ask_line("> "))
    std::cout << *line
              << vocabulary.decode(generate(model, vocabulary.encode(*line), settings.length,
                                            settings.temperature, random))
              << "\n\n";
}

void run(Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  const std::filesystem::path model_file =
      std::filesystem::path(settings.out) / "model.safetensors";
  if (settings.interactive) return interact(settings, model_file);

  const TextData data = read_text_data(settings.data, settings.characters, 0.9, 0.1,
                                       {{"engine", "lessons"}, {".h", ".cpp"}});
  const RunDirectory out(settings.out);
  std::cout << data.describe();
  const std::vector<double> ngrams = ngram_baselines(data, 5);
  Trainer trainer{settings, data, out};
  std::cout << "Network: " << settings.layers << " " << cell_title(settings.cell) << " layer(s) of "
            << settings.hidden << ", " << format_count(trainer.model.num_parameters())
            << " parameters, " << threads << " thread(s)\n";
  trainer.train();

  load(model_file, trainer.model);  // the best, which need not be the last
  const auto write = [&](int64_t length, double temperature) {
    Random random(settings.seed, "sample");
    return generate(trainer.model, data.prompt(settings.prompt), length, temperature, random);
  };
  report_text_generation({data,
                          out,
                          trainer.history,
                          ngrams,
                          cell_title(settings.cell),
                          settings.temperature,
                          write,
                          {.lesson = command_line.lesson().file_name(),
                           .settings = command_line.settings(),
                           .threads = threads}});
  const std::string prompt = data.vocabulary.decode(data.prompt(settings.prompt));
  std::cout << "\nA sample at temperature " << format_fixed(settings.temperature, 2) << ":\n"
            << prompt << data.vocabulary.decode(write(settings.length, settings.temperature))
            << "\n\nMore of it: " << command_line.lesson().command() << " --interactive\n";
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  settings.epochs = 12;
  settings.layers = 2;
  CommandLine command_line({2,
                            "text_generation",
                            "Train a network to write text, character by character.",
                            {"", "--data my_book.txt --epochs 20", "--cell gru --hidden 256",
                             "--interactive --temperature 0.5"}});
  command_line.add_common(
      settings, {"--epochs", "--hidden", "--layers", "--cell", "--seed", "--device", "--threads",
                 "--data", "--out", "--resume", "--quick"});
  command_line.group("Training");
  command_line.add("--characters", settings.characters,
                   "how much of the text to use, from its start; 0: all of it, or " +
                       format_count(kOwnCharacters) + " of the project's own",
                   0, 1'000'000'000);
  command_line.add("--batch", settings.batch, "streams of text read side by side", 1, 4096);
  command_line.add("--window", settings.window, "characters that gradients flow back", 1, 4096);
  command_line.add("--lr", settings.lr, "learning rate of Adam at its highest", 1e-7, 10.0);
  command_line.add("--clip", settings.clip, "largest norm of the gradient", 1e-3, 1e6);
  command_line.add("--dropout", settings.dropout, "share of each layer's output that is dropped",
                   0.0, 0.95);
  command_line.group("Writing");
  command_line.add("--prompt", settings.prompt, "what samples begin with; empty: from the text");
  command_line.add("--length", settings.length, "characters of the sample", 1, 1000000);
  command_line.add("--temperature", settings.temperature, "how daring samples are", 0.0, 10.0);
  command_line.add_flag("--interactive", settings.interactive,
                        "write with the model trained before, from prompts you type");
  command_line.when_quick("--epochs", settings.epochs, 1);
  command_line.when_quick("--hidden", settings.hidden, 32);
  command_line.when_quick("--layers", settings.layers, 1);
  command_line.when_quick("--characters", settings.characters, 60000);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
