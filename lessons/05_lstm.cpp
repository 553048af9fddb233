// Lesson 05 · LSTM · about 1 minute
//
// A vanilla cell makes its whole state anew at each step, and what it knew a hundred steps ago is
// gone. The LSTM (S. Hochreiter and J. Schmidhuber, 1997; with the forget gate of F. Gers, 2000)
// keeps a second state c, which is scaled and added to:
//
//   i = σ(W_i·x_t + U_i·h_{t−1} + b_i)       input gate: how much is written
//   f = σ(W_f·x_t + U_f·h_{t−1} + b_f)       forget gate: how much of c stays
//   g = tanh(W_g·x_t + U_g·h_{t−1} + b_g)    what is written
//   o = σ(W_o·x_t + U_o·h_{t−1} + b_o)       output gate: how much of c is shown
//   c_t = f∘c_{t−1} + i∘g        h_t = o∘tanh(c_t)
//
// Where f is near 1, so is ∂c_t/∂c_{t−1}: what is in c stays there, and a gradient comes back
// through it without fading. You will see
//   1. this cell written out, and the engine's own: the same states, the same gradients
//   2. two tasks that nothing but a long memory solves, for RNN, LSTM and GRU, and the loss that
//      the best answer without a memory has
//   3. how much of a push on the state at step t arrives at step T, ‖∂h_T/∂h_t‖, before training
//      and after it
//   4. the gates and the cell state of a trained LSTM, step by step
//
// Try next: --start plain; --adding 200 --copying "" --steps 10000; --hidden 8; --clip 1000000.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/nn.h"
#include "engine/optim.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/equality.h"
#include "lessons/support/format.h"
#include "lessons/support/hash.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/lists.h"
#include "lessons/support/memory_report.h"
#include "lessons/support/memory_start.h"
#include "lessons/support/metrics.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/resume.h"
#include "lessons/support/sequence_tasks.h"
#include "lessons/support/state_reach.h"

namespace unroll::lessons {
namespace {

struct Settings : CommonOptions {
  std::string adding = "200", copying = "20", cells = "rnn,lstm,gru", start = "task";
  int64_t steps = 3000, batch = 32;
  double lr = 1e-2, rnn_lr = 1e-3, clip = 1.0;
};

// ---- 1. the cell

// One step of the equations above, an op for each sign. The four gates lie side by side.
LstmState step_by_hand(const Tensor& x, const LstmState& before, const RecurrentWeights& weights) {
  const Tensor gates = matmul(x, weights.w_ih, {false, true}) + weights.b_ih +
                       matmul(before.h, weights.w_hh, {false, true}) + weights.b_hh;
  const int64_t H = before.h.size(1);
  const auto part = [&](int64_t k) { return slice(gates, 1, k * H, (k + 1) * H); };
  const Tensor i = sigmoid(part(0)), f = sigmoid(part(1)), g = tanh(part(2)), o = sigmoid(part(3));
  const Tensor c = f * before.c + i * g;
  return {o * tanh(c), c};
}

// The same with the engine's cell, which is one op from the gates on.
LstmState step_fused(const Tensor& x, const LstmState& before, const RecurrentWeights& weights) {
  return lstm_cell(matmul(x, weights.w_ih, {false, true}) + weights.b_ih,
                   matmul(before.h, weights.w_hh, {false, true}) + weights.b_hh, before.c);
}

enum class Way { kByHand, kFusedCell, kFusedSequence };

// h_1 … h_T, c_T, and then the gradients of a sum of both, randomly weighted.
Tensors states_and_gradients(Way way, DType dtype) {
  const int64_t T = 20, batch = 3, inputs = 4, H = 8;
  Random random(1, "equality");
  const auto draw = [&](const Shape& shape) {
    return cast(randn(shape, random, DType::f64), dtype);
  };
  Tensors leaves;
  for (const Shape& shape : {Shape{T, batch, inputs}, Shape{batch, H}, Shape{batch, H},
                             Shape{4 * H, inputs}, Shape{4 * H, H}, Shape{4 * H}, Shape{4 * H}})
    leaves.push_back(draw(shape).set_requires_grad());
  const Tensor& x = leaves[0];
  const RecurrentWeights weights{leaves[3], leaves[4], leaves[5], leaves[6]};
  Tensor output, last_c;
  if (way == Way::kFusedSequence) {
    const SequenceResult all = lstm(x, leaves[1], leaves[2], weights);
    output = all.output, last_c = all.c_n;
  } else {
    LstmState state{leaves[1], leaves[2]};
    Tensors outputs;
    for (int64_t t = 0; t < T; ++t) {
      state = (way == Way::kByHand ? step_by_hand : step_fused)(select(x, t), state, weights);
      outputs.push_back(state.h);
    }
    output = stack(outputs), last_c = state.c;
  }
  Tensors found = grad({output, last_c}, leaves, {draw(output.shape()), draw(last_c.shape())});
  found.insert(found.begin(), {output.detach(), last_c.detach()});
  return found;
}

Json compare_with_engine() {
  std::cout << "\n1. The cell written out, against the engine's: one op a step, and one op for all "
               "20 steps.\n   Largest differences:\n\n";
  const std::vector<std::string> names{"h_1 … h_T",  "c_T",           "∂L/∂x",
                                       "∂L/∂h_0",    "∂L/∂c_0",       "∂L/∂W_ifgo",
                                       "∂L/∂U_ifgo", "∂L/∂b (input)", "∂L/∂b (state)"};
  return print_equality(
      names, states_and_gradients(Way::kByHand, DType::f64),
      {{"a step, f64", "cell_f64", states_and_gradients(Way::kFusedCell, DType::f64)},
       {"a sequence, f64", "sequence_f64", states_and_gradients(Way::kFusedSequence, DType::f64)},
       {"a sequence, f32", "sequence_f32", states_and_gradients(Way::kFusedSequence, DType::f32)}});
}

// ---- 2. the tasks

// A recurrent layer reads, a linear layer answers: after the last step, or at each.
struct MemoryModel : nn::Module {
  MemoryModel(const SequenceTask& task, nn::Cell cell, int64_t hidden, uint64_t seed)
      : Module(seed),
        rnn(*this, "rnn", cell, task.inputs(), hidden),
        head(*this, "head", hidden, task.outputs()) {}

  Tensor loss(const SequenceTask& task, const TaskBatch& batch) {
    const nn::RecurrentResult read = rnn(batch.inputs);
    if (task.is_adding()) return mse(head(select(read.state.h, 0)), batch.targets);
    return cross_entropy(head(read.output), batch.targets);
  }

  nn::Recurrent rnn;
  nn::Linear head;
};

// The mean of `loss` over `batches` times 100 new sequences.
template <class Loss>
double mean_over_sequences(const SequenceTask& task, Random random, int batches, Loss loss) {
  const NoGrad no_grad;
  RunningMean all;
  for (int i = 0; i < batches; ++i) all.add(loss(task.draw(100, random)));
  return all.value();
}

// Trains until the task is solved, at most `steps` steps, on batches that are each seen once.
class Training {
 public:
  Training(const Settings& settings, const SequenceTask& task, const std::string& cell,
           uint64_t seed)
      : model(task, parse_cell(cell), settings.hidden, seed),
        settings_(settings),
        task_(task),
        batches_(seed, "training sequences") {
    start_memory(model.rnn, settings.start, task.distance());
  }

  // One step down the gradient; returns the loss of a batch that was not yet learned from.
  double step() {
    optimizer_.zero_grad();
    const Tensor loss = model.loss(task_, task_.draw(settings_.batch, batches_));
    check_finite_loss(loss.item(), done_);
    loss.backward();
    check_finite_loss(optimizer_.step({.max_norm = settings_.clip}).item(), done_);
    ++done_;
    return loss.item();
  }

  MemoryRun run(Progress& progress, const SavedTraining& saved) {
    MemoryRun run;
    std::string identity = saved.run;
    const unroll::Training all{model,
                               optimizer_,
                               {{"run", &identity},
                                {"done", &done_},
                                {"batches", &batches_},
                                {"steps", &run.steps},
                                {"loss", &run.loss},
                                {"solved_after", &run.solved_after}}};
    if (saved.resume) resume_training(saved.file, all, saved.run);
    progress.skip(done_);
    const int64_t steps_a_look = std::max<int64_t>(1, std::min<int64_t>(50, settings_.steps / 10));
    RunningMean recent;
    while (done_ < settings_.steps && run.solved_after == 0) {
      recent.add(step());
      progress.advance(1);
      if (done_ % steps_a_look != 0) continue;
      run.steps.push_back(static_cast<double>(done_));
      run.loss.push_back(std::exchange(recent, {}).value());
      const double enough = kSolvedShare * task_.baseline();
      if (run.loss.back() < enough && loss_of(Random(settings_.seed, "check"), 5) < enough)
        run.solved_after = done_;
      if (!interrupted()) continue;
      save(saved.file, all);
      throw Interrupted("all is saved in " + saved.file.parent_path().string() +
                        "; the same command with --resume goes on");
    }
    progress.advance(settings_.steps - done_);
    save(saved.file, all);
    return run;
  }

  // With the weights of now, over `batches` times 100 sequences.
  double loss_of(const Random& random, int batches) {
    return mean_over_sequences(task_, random, batches, [&](const TaskBatch& sequences) {
      return model.loss(task_, sequences).item();
    });
  }

  MemoryModel model;

 private:
  const Settings& settings_;
  const SequenceTask& task_;
  Random batches_;
  optim::Adam optimizer_{
      model.parameters(),
      {.lr = model.rnn.cell() == nn::Cell::kRnnTanh ? settings_.rnn_lr : settings_.lr}};
  int64_t done_ = 0;
};

// ---- 4. the gates (part 3, how far a push on the state reaches, is in state_reach.cpp)

GateRecord record_gates(MemoryModel& model, const SequenceTask& task, const TaskBatch& one) {
  const NoGrad no_grad;
  const nn::RecurrentResult read = model.rnn(one.inputs, {.return_gates = true});
  const int64_t T = task.steps(), H = model.rnn.hidden_size();
  const Tensor gates = reshape(read.layers[0].gates, {T, 4 * H});
  const auto gate = [&](int64_t k) {
    return slice(gates, 1, k * H, (k + 1) * H).to_vector<float>();
  };
  GateRecord record{.input = gate(0), .forget = gate(1), .output = gate(3)};
  record.cells = read.layers[0].cells.to_vector<float>();
  const std::vector<float> inputs = one.inputs.to_vector<float>();
  for (size_t i = 0; i < inputs.size(); i += 2) {
    record.numbers.push_back(inputs[i]);
    record.marks.push_back(inputs[i + 1]);
  }
  record.answer = model.head(select(read.state.h, 0)).item();
  record.truth = one.targets.item();
  return record;
}

// ---- all of it

// How long the trainings will take at most, judged by a few steps of each.
double expected_seconds(const Settings& settings, const std::vector<SequenceTask>& tasks) {
  double seconds = 0;
  for (const SequenceTask& task : tasks)
    for (const std::string& cell : parse_cells(settings.cells, "--cells")) {
      if (interrupted()) throw Interrupted("nothing was trained yet; start again");
      Training training(settings, task, cell, settings.seed);
      training.step();
      constexpr int kSteps = 4;
      const auto before = std::chrono::steady_clock::now();
      for (int i = 0; i < kSteps; ++i) training.step();
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - before;
      seconds += taken.count() / kSteps * static_cast<double>(settings.steps * settings.seeds);
    }
  return seconds;
}

constexpr int kTestBatches = 20;

// Trains one cell on one task with all seeds. The first seed's network on the first task is the one
// that is looked into.
CellRuns run_cell(const Settings& settings, const SequenceTask& task, const std::string& cell,
                  const std::string& identity, MemoryReport& report, Progress& progress) {
  CellRuns runs{cell_title(cell)};
  Random random(settings.seed, "sequences to look at");
  const TaskBatch sequences = task.draw(8, random), one = task.draw(1, random);
  for (int64_t i = 0; i < settings.seeds; ++i) {
    progress.note(task.title() + ", " + runs.cell + ", seed " + std::to_string(i + 1));
    Training training(settings, task, cell, settings.seed + static_cast<uint64_t>(i));
    runs.parameters = training.model.num_parameters();
    const bool look = report.tasks.empty() && i == 0;
    const auto reach = [&] { return state_reach(training.model.rnn, sequences.inputs); };
    const StateReach untrained = look ? reach() : StateReach();
    const std::filesystem::path file =
        report.out.file("training_" + task.name() + "_" + std::to_string(task.distance()) + "_" +
                        cell + "_" + std::to_string(i + 1) + ".safetensors");
    const bool is_first = report.reaches.empty();
    runs.runs.push_back(
        training.run(progress, {file, identity, settings.resume && (is_first || exists(file))}));
    runs.runs.back().test_loss = training.loss_of(Random(settings.seed, "test"), kTestBatches);
    if (!look) continue;
    report.reaches.push_back({runs.cell, untrained, reach()});
    if (runs.cell == "LSTM" && task.is_adding())
      report.gates = record_gates(training.model, task, one);
  }
  return runs;
}

void run(const Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  std::vector<SequenceTask> tasks;
  for (const int64_t distance : parse_numbers(settings.adding, "--adding", 2, 100'000))
    tasks.emplace_back(SequenceTask::Kind::kAdding, distance);
  for (const int64_t distance : parse_numbers(settings.copying, "--copying", 2, 100'000))
    tasks.emplace_back(SequenceTask::Kind::kCopying, distance);
  if (tasks.empty()) throw input_error("nothing to do: both --adding and --copying are empty");
  const std::vector<std::string> cells = parse_cells(settings.cells, "--cells");
  const RunDirectory out(settings.out);
  MemoryReport report{.out = out,
                      .tasks = {},
                      .reaches = {},
                      .gates = {},
                      .record = {.lesson = command_line.lesson().file_name(),
                                 .settings = command_line.settings(),
                                 .threads = threads}};
  report.record.scores["equality"] = compare_with_engine();

  const auto trainings = static_cast<int64_t>(tasks.size() * cells.size()) * settings.seeds;
  std::cout << "\n2. Training " << trainings << " networks of " << settings.hidden << " units, "
            << settings.seeds << " seed(s), " << threads << " thread(s): at most "
            << format_duration(expected_seconds(settings, tasks)) << "\n";
  Progress progress("training", trainings * settings.steps, "steps");
  const std::string identity = settings_that_matter(command_line, {"adding", "copying", "cells"});
  for (const SequenceTask& task : tasks) {
    std::vector<CellRuns> runs;
    runs.reserve(cells.size());
    for (const std::string& cell : cells)
      runs.push_back(run_cell(settings, task, cell, identity, report, progress));
    std::string bytes;  // of the test sequences
    const double baseline = mean_over_sequences(
        task, Random(settings.seed, "test"), kTestBatches, [&](const TaskBatch& sequences) {
          const std::vector<float> inputs = sequences.inputs.to_vector<float>();
          bytes.append(reinterpret_cast<const char*>(inputs.data()), inputs.size() * sizeof(float));
          return task.loss_without_memory(sequences);
        });
    report.tasks.push_back({task, baseline, sha256(bytes), std::move(runs)});
  }
  progress.finish();
  report_memory(std::move(report));
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  settings.hidden = 64;
  settings.seeds = 1;
  CommandLine command_line(
      {5,
       "lstm",
       "How an LSTM remembers, and how long, beside an RNN and a GRU.",
       {"", "--full", "--adding 200 --copying \"\" --cells lstm", "--start plain"}});
  command_line.add_common(settings, {"--hidden", "--seed", "--seeds", "--full", "--quick", "--out",
                                     "--resume", "--device", "--threads"});
  command_line.group("Tasks");
  command_line.add("--adding", settings.adding,
                   "distances T of the adding task, with commas; empty: leave it out", "STEPS");
  command_line.add("--copying", settings.copying, "the same for the copying task", "STEPS");
  command_line.group("Training");
  command_line.add("--cells", settings.cells, "who takes part: rnn, lstm, gru", "NAMES");
  command_line.add_choice("--start", settings.start,
                          "how long cells remember at first: as PyTorch makes them, with a bias "
                          "of 1, or as long as the task is",
                          {"plain", "one", "task"});
  command_line.add("--steps", settings.steps, "steps of a training that does not solve its task", 1,
                   10'000'000);
  command_line.add("--batch", settings.batch, "sequences in a step", 1, 4096);
  command_line.add("--lr", settings.lr, "learning rate of Adam for LSTM and GRU", 1e-7, 10.0);
  command_line.add("--rnn-lr", settings.rnn_lr, "the same for the RNN", 1e-7, 10.0);
  command_line.add("--clip", settings.clip, "largest norm of the gradient", 1e-3, 1e6);
  command_line.when_quick("--adding", settings.adding, "10");
  command_line.when_quick("--copying", settings.copying, "3");
  command_line.when_quick("--steps", settings.steps, 20);
  command_line.when_quick("--hidden", settings.hidden, 8);
  command_line.when_full("--adding", settings.adding, "100,200,500,1000");
  command_line.when_full("--copying", settings.copying, "100,200,500,1000");
  command_line.when_full("--steps", settings.steps, 10000);
  command_line.when_full("--seeds", settings.seeds, 3);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
