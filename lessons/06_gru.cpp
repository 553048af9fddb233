// Lesson 06 · GRU · about 1½ minutes
//
// The gated recurrent unit (K. Cho et al., 2014) makes do with one state and three quarters of the
// weights of an LSTM:
//
//   r = σ(W_r·x_t + U_r·h_{t−1} + b_r)       reset gate: what the new content may see of h
//   z = σ(W_z·x_t + U_z·h_{t−1} + b_z)       update gate: how much of h stays
//   h_t = (1 − z)∘n + z∘h_{t−1}              n is what is written
//
// z does for h what the forget gate does for the LSTM's c, and what is not kept is written over:
// one gate for what are two of the LSTM. There are two forms of what is written:
//
//   n = tanh(W_n·x_t + b_n + U_n·(r∘h_{t−1}) + c_n)      reset before the product: as published
//   n = tanh(W_n·x_t + b_n + r∘(U_n·h_{t−1} + c_n))      reset after it: as in cuDNN, here
//
// The second does not have to wait for r before it multiplies. Weights for one form are of no use
// in the other. You will see
//   1. both forms written out, the engine's beside them, and what they cost
//   2. LSTM and GRU at equal parameters: time and memory of a step
//   3. who is better after as many steps, and who after as much time, on three kinds of tasks
//   4. both gates of a trained GRU, step by step
//
// Try next: --start plain; --distance 100 --adding-steps 1000 --tasks adding; --hidden 32;
// --networks lstm,gru,gru-before --tasks series; --text-lr 0.01 --tasks text.
#include <algorithm>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/allocator.h"
#include "engine/autograd.h"
#include "engine/nn.h"
#include "engine/optim.h"
#include "lessons/support/best_weights.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/equal_parameters.h"
#include "lessons/support/format.h"
#include "lessons/support/gru_forms.h"
#include "lessons/support/gru_report.h"
#include "lessons/support/interleaved_times.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/memory_start.h"
#include "lessons/support/metrics.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"

namespace unroll::lessons {
namespace {

using Settings = GruOptions;

// ---- 1. the cell

constexpr Transpose kByColumn{.b = true};

Tensor gate(const Tensor& gates, int64_t k, int64_t units) {
  return slice(gates, 1, k * units, (k + 1) * units);
}

// One step, an op for each sign. The gates r, z, n lie below each other in W, in U and in both b.
Tensor step_reset_after(const Tensor& x, const Tensor& h, const RecurrentWeights& weights) {
  const int64_t H = h.size(1);
  const Tensor of_x = matmul(x, weights.w_ih, kByColumn) + weights.b_ih;
  const Tensor of_h = matmul(h, weights.w_hh, kByColumn) + weights.b_hh;
  const Tensor r = sigmoid(gate(of_x, 0, H) + gate(of_h, 0, H));
  const Tensor z = sigmoid(gate(of_x, 1, H) + gate(of_h, 1, H));
  const Tensor n = tanh(gate(of_x, 2, H) + r * gate(of_h, 2, H));
  return (1.0 - z) * n + z * h;
}

// Here the product for n comes after r, and so after the one for the gates.
Tensor step_reset_before(const Tensor& x, const Tensor& h, const RecurrentWeights& weights) {
  const int64_t H = h.size(1);
  const auto product = [&](const Tensor& rows, int64_t first, int64_t last) {
    return matmul(rows, slice(weights.w_hh, 0, first * H, last * H), kByColumn) +
           slice(weights.b_hh, 0, first * H, last * H);
  };
  const Tensor of_x = matmul(x, weights.w_ih, kByColumn) + weights.b_ih;
  const Tensor of_h = product(h, 0, 2);
  const Tensor r = sigmoid(gate(of_x, 0, H) + gate(of_h, 0, H));
  const Tensor z = sigmoid(gate(of_x, 1, H) + gate(of_h, 1, H));
  const Tensor n = tanh(gate(of_x, 2, H) + product(r * h, 2, 3));
  return (1.0 - z) * n + z * h;
}

// ---- the networks

// Symbols become vectors; a recurrent layer reads; a linear layer answers after the last step or at
// each. The cells of a "gru-before" are written out.
struct Model : nn::Module {
  static constexpr int64_t kEmbedding = 32;

  Model(const TaskSizes& sizes, const std::string& network, int64_t units, uint64_t seed)
      : Module(seed),
        resets_before(network == "gru-before"),
        answers_each_step(sizes.answers_each_step),
        rnn(*this, "rnn", network == "lstm" ? nn::Cell::kLstm : nn::Cell::kGru,
            sizes.vocabulary > 0 ? kEmbedding : sizes.inputs, units),
        head(*this, "head", units, sizes.outputs) {
    if (sizes.vocabulary > 0) embedding.emplace(*this, "embedding", sizes.vocabulary, kEmbedding);
  }

  // What is said about `inputs`. Goes on from `state`, and leaves there where it got to; gradients
  // end at this border.
  Tensor operator()(const Tensor& inputs, nn::RecurrentState& state) {
    const Tensor x = embedding ? (*embedding)(inputs) : inputs;
    const int64_t last = x.size(0) - 1, H = rnn.hidden_size();
    Tensor states;
    if (resets_before) {
      const Tensor h = state.h.defined() ? select(state.h, 0) : zeros({x.size(1), H});
      states = read_by_steps(step_reset_before, x, h, rnn.weights(0));
      state.h = states.detach().view_rows(last, last + 1);
    } else {
      const nn::RecurrentResult read = rnn(x, {.initial = state});
      states = read.output;
      state = read.state.detach();
    }
    return head(answers_each_step ? states : select(states, last));
  }

  bool resets_before, answers_each_step;
  std::optional<nn::Embedding> embedding;
  nn::Recurrent rnn;
  nn::Linear head;
};

class Training {
 public:
  Training(const Settings& settings, const PlannedTask& planned, const std::string& network,
           int64_t units, uint64_t seed)
      : model(planned.task->sizes(), network, units, seed),
        settings_(settings),
        planned_(planned),
        batches_(planned.task->batches(planned.training.batch, seed)) {
    start_memory(model.rnn, planned.start, planned.distance);
  }

  // One step down the gradient; returns the loss of its batch.
  double step() {
    const TrainingBatch next = batches_();
    if (!next.goes_on) state_ = {};
    optimizer_.zero_grad();
    const Tensor loss = planned_.task->loss(model(next.batch.inputs, state_), next.batch.targets);
    check_finite_loss(loss.item(), done_);
    loss.backward();
    check_finite_loss(optimizer_.step({.max_norm = settings_.clip}).item(), done_);
    ++done_;
    if (interrupted())
      throw Interrupted("the networks are short-lived and nothing was saved; start again");
    return loss.item();
  }

  // All steps at one learning rate: then each point of the curve is what a training has that ends
  // there, and nothing has to be trained twice to know what a shorter one would have reached.
  Course run(Progress& progress) {
    constexpr int64_t kLooks = 25;
    const int64_t steps = planned_.training.steps, looks = std::min(kLooks, steps);
    Course course;
    BestWeights best(model);
    double lowest = std::numeric_limits<double>::infinity();
    for (int64_t look = 1; look <= looks; ++look) {
      RunningMean loss;
      while (done_ < steps * look / looks) {
        loss.add(step());
        progress.advance(1);
      }
      course.steps.push_back(static_cast<double>(done_));
      course.loss.push_back(loss.value());
      course.validation.push_back(score(Part::kValidation));
      const bool is_best = course.validation.back() < lowest;
      if (is_best) {
        lowest = course.validation.back();
        best.keep();
      }
      course.test.push_back(is_best ? score(Part::kTest) : course.test.back());
    }
    best.restore();
    return course;
  }

  double score(Part part) {
    const NoGrad no_grad;
    return planned_.task->score(part, [this](const Tensor& inputs, nn::RecurrentState& state) {
      return model(inputs, state);
    });
  }

  Model model;

 private:
  const Settings& settings_;
  const PlannedTask& planned_;
  std::function<TrainingBatch()> batches_;
  optim::Adam optimizer_{model.parameters(), {.lr = planned_.training.lr}};
  nn::RecurrentState state_;
  int64_t done_ = 0;
};

// ---- 2. what a step costs

int64_t parameters_of(const PlannedTask& planned, const std::string& network, int64_t units) {
  return Model(planned.task->sizes(), network, units, 1).num_parameters();
}

// As wide as `parameters` allow, or a little less wide: units are computed 16 at a time, and where
// whole sixteens cost no more than a twentieth of the parameters, no time is lost with a rest.
int64_t units_within(const PlannedTask& planned, const std::string& network, int64_t parameters,
                     int64_t too_wide) {
  constexpr int64_t kVector = 16;
  const auto count = [&](int64_t units) { return parameters_of(planned, network, units); };
  const int64_t widest = widest_within(parameters, too_wide, count);
  const int64_t whole = widest / kVector * kVector;
  return whole > 0 && 20 * count(whole) >= 19 * parameters ? whole : widest;
}

// The costs of networks on a task; `costs` comes with their names and units.
void measure(const Settings& settings, const PlannedTask& planned,
             const std::vector<std::string>& networks, std::vector<StepCosts>& costs) {
  Pool& memory = pool(default_device());
  std::vector<std::unique_ptr<Training>> trainings;
  std::vector<std::function<void()>> actions;
  for (size_t i = 0; i < costs.size(); ++i) {
    const size_t before = memory.stats().in_use;
    trainings.push_back(
        std::make_unique<Training>(settings, planned, networks[i], costs[i].units, settings.seed));
    memory.reset_peak();
    trainings.back()->step();
    costs[i].megabytes = static_cast<double>(memory.stats().peak - before) / 1e6;
    costs[i].parameters = trainings.back()->model.num_parameters();
    actions.push_back([&training = *trainings.back()] { training.step(); });
  }
  constexpr int kRounds = 25;
  const std::vector<double> times = interleaved_milliseconds(actions, kRounds);
  for (size_t i = 0; i < costs.size(); ++i) costs[i].milliseconds = times[i];
}

// The contenders, equally large; their costs, and those of a GRU with as many units as the first.
TaskComparison set_up(const Settings& settings, const PlannedTask& planned) {
  std::vector<std::string> networks = parse_networks(settings.networks);
  const size_t contenders = networks.size();
  const int64_t parameters = parameters_of(planned, networks[0], settings.hidden);
  std::vector<StepCosts> costs;
  for (size_t i = 0; i < contenders; ++i)
    costs.push_back(
        {network_title(networks[i]),
         i == 0 ? settings.hidden
                : units_within(planned, networks[i], parameters, 2 * settings.hidden + 1)});
  if (networks[0] == "lstm" && contenders > 1) {
    networks.push_back("gru");
    costs.push_back({"GRU, as many units", settings.hidden});
  }
  measure(settings, planned, networks, costs);
  TaskComparison comparison{*planned.task};
  for (size_t i = 0; i < contenders; ++i)
    comparison.contenders.push_back({costs[i], networks[i] != "gru-before"});
  comparison.only_timed.assign(costs.begin() + static_cast<std::ptrdiff_t>(contenders),
                               costs.end());
  return comparison;
}

// ---- 4. the gates

GateRecord record_gates(Model& model, const GateSample& sample) {
  const NoGrad no_grad;
  const Tensor x = model.embedding ? (*model.embedding)(sample.inputs) : sample.inputs;
  const nn::RecurrentResult read = model.rnn(x, {.return_gates = true});
  GateRecord record{x.size(0), x.size(1), model.rnn.hidden_size()};
  record.sample = sample;
  record.gates = read.layers[0].gates.to_vector<float>();
  record.states = read.output.to_vector<float>();
  return record;
}

// ---- all of it

void run(const Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  const std::vector<std::string> networks = parse_networks(settings.networks);
  const std::vector<PlannedTask> planned = plan_tasks(settings);
  const RunDirectory out(settings.out);
  GruReport report{out,
                   {},
                   {.lesson = command_line.lesson().file_name(),
                    .settings = command_line.settings(),
                    .threads = threads}};
  compare_gru_forms(step_reset_after, step_reset_before, report.record);

  double seconds = 0;
  int64_t steps = 0;
  for (const PlannedTask& one : planned) {
    report.tasks.push_back(set_up(settings, one));
    const int64_t all = one.training.steps * settings.seeds;
    for (const Contender& contender : report.tasks.back().contenders) {
      seconds += contender.costs.milliseconds / 1000 * static_cast<double>(all);
      steps += all;
    }
  }
  std::cout << "\n2. Training " << networks.size() << " networks on " << planned.size()
            << " tasks, " << settings.seeds << " seed(s), " << threads << " thread(s): about "
            << format_duration(1.15 * seconds) << "\n";
  Progress progress("training", steps, "steps");
  for (size_t k = 0; k < planned.size(); ++k)
    for (size_t i = 0; i < networks.size(); ++i)
      for (int64_t seed = 0; seed < settings.seeds; ++seed) {
        TaskComparison& comparison = report.tasks[k];
        Contender& contender = comparison.contenders[i];
        progress.note(comparison.task.title() + ", " + contender.costs.network + ", seed " +
                      std::to_string(seed + 1));
        Training training(settings, planned[k], networks[i], contender.costs.units,
                          settings.seed + static_cast<uint64_t>(seed));
        contender.courses.push_back(training.run(progress));
        if (networks[i] == "gru" && seed == 0)
          comparison.gates = record_gates(training.model, comparison.task.sample());
      }
  progress.finish();
  report_gru(std::move(report));
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  CommandLine command_line({6,
                            "gru",
                            "A GRU against an LSTM: as large, as many steps, as much time.",
                            {"", "--full", "--tasks adding --distance 100 --adding-steps 1000",
                             "--tasks text --data my_book.txt --characters 0",
                             "--tasks series --series eu_stock_markets:DAX --horizon 5"}});
  settings.add_to(command_line);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
