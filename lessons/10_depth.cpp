// Lesson 10 · Depth · about 1½ minutes
//
// Recurrent layers stacked on each other, the states of one being the inputs of the next: does a
// network of several layers say better what character comes next? You will learn
//   - a stack:  h^l_t = cell(x^l_t, h^l_{t−1}),  x^{l+1}_t = h^l_t
//   - two ways to compare: at equal width more layers are also more parameters; at equal parameters
//     they have to be narrower, and only this shows what depth itself does
//   - residual connections:  x^{l+1}_t = x^l_t + h^l_t,  so that signals and gradients may go past
//     a layer; dropout between the layers, where no memory goes through it
//   - early stopping: the weights of the epoch in which the validation loss was lowest
//   - the overfitting gap, validation loss less training loss
//   - to look inside: what each layer does as it reads, and how much gradient reaches it
//   - to choose by validation, and to test what was chosen once
//
// Try next: --cell rnn (where do gradients get lost?); --characters 400000 (does more text ask for
// more layers?); --dropout 0.5; --deepest 6; --data with a book of yours.
#include <cmath>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/nn.h"
#include "engine/optim.h"
#include "lessons/support/best_weights.h"
#include "lessons/support/depth_options.h"
#include "lessons/support/depth_report.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/equal_parameters.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/metrics.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/stopwatch.h"
#include "lessons/support/text_streams.h"

namespace unroll::lessons {
namespace {

using Settings = DepthOptions;

// Characters go in as learned vectors, through the layers, and come out as a score (logit) for each
// character that could follow.
struct DeepModel : nn::Module {
  static constexpr int64_t kEmbedding = 32;
  using States = std::vector<nn::RecurrentState>;  // one a layer; none: blank

  DeepModel(const Settings& settings, uint64_t seed, int64_t vocabulary,
            const DepthNetwork& network)
      : Module(seed),
        residual(network.residual),
        embedding(*this, "embedding", vocabulary, kEmbedding),
        dropout(*this, "dropout", network.dropout ? settings.dropout : 0.0),
        head(*this, "head", network.width, vocabulary) {
    for (int64_t l = 0; l < network.layers; ++l)
      layers.push_back(std::make_unique<nn::Recurrent>(
          *this, "layer" + std::to_string(l + 1), parse_cell(settings.cell),
          l == 0 ? kEmbedding : network.width, network.width));
  }

  struct Output {
    Tensor logits;  // (window, batch, vocabulary)
    Tensors h;      // (window, batch, width), one a layer
    States states;  // after the last character
  };
  Output operator()(const Tensor& characters, const States& states) {
    Output result;
    Tensor x = embedding(characters);
    for (size_t l = 0; l < layers.size(); ++l) {
      const nn::RecurrentResult read =
          (*layers[l])(x, {.initial = states.empty() ? nn::RecurrentState() : states[l]});
      const Tensor h = dropout(read.output);
      x = residual && l > 0 ? x + h : h;
      result.h.push_back(read.output);
      result.states.push_back(read.state.detach());  // gradients end at the border of a window
    }
    result.logits = head(x);
    return result;
  }

  bool residual;
  nn::Embedding embedding;
  std::vector<std::unique_ptr<nn::Recurrent>> layers;
  nn::Dropout dropout;
  nn::Linear head;
};

// Mean loss over a whole text but its last few characters, read in some streams from blank states.
double evaluate(DeepModel& model, std::span<const int32_t> text) {
  constexpr int64_t kStreams = 16, kWindow = 512;
  const NoGrad no_grad;
  model.eval();
  const int64_t length = static_cast<int64_t>(text.size()) - 1;
  const int64_t batch = std::min(kStreams, length);
  const int64_t windows = (length + batch * kWindow - 1) / (batch * kWindow);
  const TextStreams streams(text, batch, length / (batch * windows));
  RunningMean loss;
  DeepModel::States states;
  for (int64_t i = 0; i < streams.windows(); ++i) {
    const TextStreams::Window window = streams.window(i);
    DeepModel::Output output = model(window.inputs, states);
    loss.add(cross_entropy(output.logits, window.targets).item());
    states = std::move(output.states);
  }
  model.train();
  return loss.value();
}

double norm(const Tensors& tensors) {
  const NoGrad no_grad;
  double squares = 0;
  for (const Tensor& tensor : tensors) squares += sum(square(tensor)).item();
  return std::sqrt(squares);
}

class Training {
 public:
  Training(const Settings& settings, uint64_t seed, const TextData& data,
           const DepthNetwork& network)
      : model(std::make_unique<DeepModel>(settings, seed, data.vocabulary.size(), network)),
        settings_(settings),
        data_(data) {
    run_.gradients.resize(model->layers.size());
  }

  static int64_t steps_an_epoch(const Settings& settings, const TextData& data) {
    return TextStreams(data.train, settings.batch, settings.window).windows();
  }

  // Trains until the validation loss has not improved for some epochs, and takes the best weights.
  DepthRun train(Progress& progress) {
    BestWeights best(*model);
    double lowest = std::numeric_limits<double>::infinity();
    for (int64_t epoch = 1; epoch <= settings_.epochs; ++epoch) {
      for (int64_t i = 0; i < streams_.windows(); ++i) {
        progress.advance(1, step(i));
        if (interrupted()) throw Interrupted("nothing was saved; start again");
      }
      look();
      if (run_.validation.back() < lowest) {
        lowest = run_.validation.back();
        run_.best_epoch = epoch;
        best.keep();
      }
      if (epoch - run_.best_epoch >= settings_.patience) break;
    }
    progress.advance(steps_ - done_);
    best.restore();
    return run_;
  }

  // One step down the gradient of one window; returns its loss.
  double step(int64_t window_index) {
    const TextStreams::Window window = streams_.window(window_index);
    optimizer_.set_learning_rate(rate_.at(done_));
    optimizer_.zero_grad();
    if (window_index == 0) states_.clear();
    DeepModel::Output output = (*model)(window.inputs, states_);
    const Tensor loss = cross_entropy(output.logits, window.targets);
    check_finite_loss(loss.item(), done_);
    const bool is_watched = done_ % std::max<int64_t>(1, steps_ / kGradientPoints) == 0;
    if (is_watched)
      for (Tensor& h : output.h) h.retain_grad();
    loss.backward();
    if (is_watched) watch_gradients(output.h);
    check_finite_loss(optimizer_.step({.max_norm = settings_.clip}).item(), done_);
    states_ = std::move(output.states);
    ++done_;
    return loss.item();
  }

  // The losses after an epoch.
  void look() {
    run_.training.push_back(evaluate(*model, data_.train));
    run_.validation.push_back(evaluate(*model, data_.validation));
    check_finite_loss(run_.validation.back(), done_);
  }

  std::unique_ptr<DeepModel> model;

 private:
  static constexpr int64_t kGradientPoints = 60;  // of the curves, at most twice as many

  void watch_gradients(const Tensors& h) {
    run_.gradient_steps.push_back(static_cast<double>(done_ + 1));
    for (size_t l = 0; l < h.size(); ++l) {
      Tensors weights;
      for (const NamedTensor& parameter : model->layers[l]->parameters())
        weights.push_back(parameter.tensor.grad());
      run_.gradients[l].of_weights.push_back(norm(weights));
      run_.gradients[l].of_states.push_back(norm({h[l].grad()}));
    }
  }

  const Settings& settings_;
  const TextData& data_;
  TextStreams streams_{data_.train, settings_.batch, settings_.window};
  int64_t steps_ = settings_.epochs * streams_.windows(), done_ = 0;
  optim::Adam optimizer_{model->parameters(), {.lr = settings_.lr}};
  optim::CosineSchedule rate_{settings_.lr, steps_, settings_.lr / 20, steps_ / 50};
  DeepModel::States states_;
  DepthRun run_;
};

// What each layer of a network does as it reads the start of the validation text.
LayerStates read_states(DeepModel& model, const TextData& data) {
  const NoGrad no_grad;
  model.eval();
  const auto length = static_cast<int64_t>(std::min<size_t>(1000, data.validation.size()));
  LayerStates states;
  states.characters.assign(data.validation.begin(), data.validation.begin() + length);
  for (const Tensor& h : model(from_vector(states.characters, {length, 1}), {}).h) {
    states.width = h.size(2);
    states.layers.push_back(h.to_vector<float>());
  }
  model.train();
  return states;
}

// The networks with their sizes. At equal parameters each is as wide as it can be without having
// more of them than the single layer of --hidden.
std::vector<DepthNetwork> sized_grid(const Settings& settings, int64_t vocabulary) {
  std::vector<DepthNetwork> grid = depth_grid(settings.deepest, settings.chosen_variants());
  for (DepthNetwork& network : grid) {
    const auto parameters = [&](int64_t width) {
      network.width = width;
      return DeepModel(settings, settings.seed, vocabulary, network).num_parameters();
    };
    int64_t width = settings.hidden;
    if (network.equal_parameters && network.layers > 1)
      width = widest_within(grid[0].parameters, width, parameters);
    network.parameters = parameters(width);
  }
  return grid;
}

// How long the trainings will take at most, judged by a few steps and one look of each network.
double expected_seconds(const Settings& settings, const TextData& data,
                        const std::vector<DepthNetwork>& grid) {
  constexpr int kSteps = 3;
  double epoch = 0;  // of all networks
  for (const DepthNetwork& network : grid) {
    Training training(settings, settings.seed, data, network);
    training.step(0);
    const double steps = seconds_of([&] {
      for (int i = 0; i < kSteps; ++i) training.step(0);
    });
    epoch += steps / kSteps * static_cast<double>(Training::steps_an_epoch(settings, data)) +
             seconds_of([&] { training.look(); });
  }
  return epoch * static_cast<double>(settings.epochs * settings.seeds);
}

void run(const Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  const TextData data = read_text_data(settings.data, settings.characters, 0.8, 0.1);
  if (std::min(data.validation.size(), data.test.size()) < 3)
    throw input_error("the text is too short to validate and to test on: ", data.corpus.characters,
                      " characters");
  const RunDirectory out(settings.out);
  std::cout << data.describe();
  const std::vector<DepthNetwork> grid = sized_grid(settings, data.vocabulary.size());
  const int64_t trainings = static_cast<int64_t>(grid.size()) * settings.seeds;
  std::cout << "Training " << grid.size() << " networks (" << cell_title(settings.cell) << ", 1 to "
            << settings.deepest << " layers), " << settings.seeds << " seed(s), " << threads
            << " thread(s): at most " << format_duration(expected_seconds(settings, data, grid))
            << "\n";

  DepthReport report{data,
                     out,
                     cell_title(settings.cell),
                     command_line.lesson().command(),
                     {.lesson = command_line.lesson().file_name(),
                      .settings = command_line.settings(),
                      .threads = threads}};
  using Models = std::vector<std::unique_ptr<DeepModel>>;  // one a seed
  Models one_layer, best;                                  // those that will be tested
  const int64_t steps = settings.epochs * Training::steps_an_epoch(settings, data);
  Progress progress("training", trainings * steps, "steps");
  for (const DepthNetwork& network : grid) {
    report.results.push_back({network, {}, {}});
    Models models;
    for (int64_t i = 0; i < settings.seeds; ++i) {
      progress.note(network.name() + ", seed " + std::to_string(i + 1));
      Training training(settings, settings.seed + static_cast<uint64_t>(i), data, network);
      report.results.back().runs.push_back(training.train(progress));
      models.push_back(std::move(training.model));
    }
    if (network.layers == settings.deepest)
      report.results.back().states = read_states(*models[0], data);
    if (report.results.size() == 1)
      one_layer = std::move(models);
    else if (report.best() + 1 == report.results.size())
      best = std::move(models);
  }
  progress.finish();
  // All is chosen. Now, and only now, the test part.
  const auto test = [&](const Models& models) {
    return collect(models, [&](const auto& model) { return evaluate(*model, data.test); });
  };
  report.one_layer_test = test(one_layer);
  report.best_test = report.best() == 0 ? report.one_layer_test : test(best);
  report_depth(std::move(report));
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  CommandLine command_line({10,
                            "depth",
                            "Stack recurrent layers, and see whether depth or size did it.",
                            {"", "--full", "--cell rnn --deepest 6 --variants all",
                             "--data my_book.txt --characters 1000000"}});
  settings.add_to(command_line);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
