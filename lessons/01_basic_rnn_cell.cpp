// Lesson 01 · Basic RNN cell · a few seconds
//
// A recurrent cell keeps a state h, a few numbers, and at each step replaces it:
//
//   h_t = tanh(W·x_t + U·h_{t−1} + b)        the state after input x_t; h_0 = 0
//   y_t = v·h_t + c                          what is read off it, here a guess at x_{t+1}
//   L   = 1/T · Σ_t (y_t − x_{t+1})²         how wrong the guesses are
//
// You will see
//   1. the state evolve, computed by hand, and remember an input that has passed
//   2. the same numbers come out of the engine
//   3. backpropagation through time by hand: with δ_t = ∂L/∂(W·x_t + U·h_{t−1} + b),
//        δ_t = (1 − h_t²) ∘ (2/T·(y_t − x_{t+1})·v + Uᵀ·δ_{t+1}),
//        ∂L/∂W = Σ δ_t·x_t    ∂L/∂U = Σ δ_t·h_{t−1}ᵀ    ∂L/∂b = Σ δ_t
//      against the engine's tape and against finite differences
//   4. what the initial U does to a state, and to a gradient, that has to travel far
//
// Try next: --hidden 2 and --hidden 256 (what changes in part 4?); --steps 200; then lesson 02.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/nn/init.h"
#include "engine/ops.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/figure.h"
#include "lessons/support/format.h"
#include "lessons/support/hash.h"
#include "lessons/support/metrics.h"
#include "lessons/support/program.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/table.h"

namespace unroll::lessons {
namespace {

struct Settings : CommonOptions {
  int64_t steps = 60;
};

using Vector = std::vector<double>;

// The parameters of a cell with one input and H units, and the equations above, written out.
struct Cell {
  size_t H;
  Vector W, U, b, v, c;  // (H), (H, H) row by row, (H), (H), (1)

  Vector step(double x, const Vector& h) const {
    Vector next(H);
    for (size_t i = 0; i < H; ++i) {
      double a = W[i] * x + b[i];
      for (size_t j = 0; j < H; ++j) a += U[i * H + j] * h[j];
      next[i] = std::tanh(a);
    }
    return next;
  }

  double read(const Vector& h) const {
    double y = c[0];
    for (size_t i = 0; i < H; ++i) y += v[i] * h[i];
    return y;
  }

  // States h_0, h_1, …, h_T.
  std::vector<Vector> states(const Vector& x) const {
    std::vector<Vector> h{Vector(H, 0.0)};
    for (double input : x) h.push_back(step(input, h.back()));
    return h;
  }

  // Mean squared error of guessing each x_{t+1} from what came before it.
  double loss(const Vector& x) const {
    const std::vector<Vector> h = states(Vector(x.begin(), x.end() - 1));
    double sum = 0;
    for (size_t t = 1; t < x.size(); ++t) sum += std::pow(read(h[t]) - x[t], 2);
    return sum / static_cast<double>(x.size() - 1);
  }
};

struct Gradients {
  Vector W, U, b, v, c;
};

// Backpropagation through time: from the last step to the first.
Gradients backward_by_hand(const Cell& cell, const Vector& x) {
  const size_t H = cell.H;
  const size_t T = x.size() - 1;
  const std::vector<Vector> h = cell.states(Vector(x.begin(), x.end() - 1));
  Gradients d{Vector(H), Vector(H * H), Vector(H), Vector(H), Vector(1)};
  Vector later(H, 0.0);  // Uᵀ·δ_{t+1}
  for (size_t t = T; t >= 1; --t) {
    const double dy = 2.0 / static_cast<double>(T) * (cell.read(h[t]) - x[t]);
    Vector delta(H), earlier(H, 0.0);
    d.c[0] += dy;
    for (size_t i = 0; i < H; ++i) {
      d.v[i] += dy * h[t][i];
      delta[i] = (1 - h[t][i] * h[t][i]) * (dy * cell.v[i] + later[i]);
      d.W[i] += delta[i] * x[t - 1];
      d.b[i] += delta[i];
      for (size_t j = 0; j < H; ++j) {
        d.U[i * H + j] += delta[i] * h[t - 1][j];
        earlier[j] += cell.U[i * H + j] * delta[i];
      }
    }
    later = earlier;
  }
  return d;
}

// (L(p + ε) − L(p − ε)) / 2ε for each number of `parameter`, which belongs to `cell`.
Vector finite_differences(const Cell& cell, Vector& parameter, const Vector& x) {
  constexpr double kEpsilon = 1e-6;
  Vector d;
  for (double& p : parameter) {
    const double before = p;
    p = before + kEpsilon;
    const double above = cell.loss(x);
    p = before - kEpsilon;
    d.push_back((above - cell.loss(x)) / (2 * kEpsilon));
    p = before;
  }
  return d;
}

// The same network in the engine, in f32 or f64.
struct EngineCell {
  RecurrentWeights weights;
  Tensor v, c;

  EngineCell(const Cell& cell, DType dtype) {
    const auto H = static_cast<int64_t>(cell.H);
    const auto parameter = [&](const Vector& values, const Shape& shape) {
      return cast(from_vector(values, shape), dtype).set_requires_grad();
    };
    weights = {parameter(cell.W, {H, 1}), parameter(cell.U, {H, H}), parameter(cell.b, {H}), {}};
    v = parameter(cell.v, {1, H});
    c = parameter(cell.c, {1});
  }

  // States h_1, …, h_T for inputs x_1, …, x_T.
  Tensor states(const Vector& x) const {
    const Shape shape{static_cast<int64_t>(x.size()), 1, 1};
    return rnn(cast(from_vector(x, shape), v.dtype()), {}, weights).output;
  }

  Tensor loss(const Vector& x) const {
    const Tensor h = states(Vector(x.begin(), x.end() - 1));
    const Tensor y = matmul(reshape(h, {-1, h.size(2)}), v, {false, true}) + c;
    const Vector next(x.begin() + 1, x.end());
    return mse(y, cast(from_vector(next, y.shape()), v.dtype()));
  }
};

double largest_difference(const Vector& a, const Vector& b) {
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

Vector as_vector(const Tensor& tensor) { return cast(tensor, DType::f64).to_vector<double>(); }

// ---- the four parts

void show_evolution(const Cell& cell, const RunDirectory& out) {
  std::cout << "\n1. By hand: one pulse, then silence. The state is all that remembers it.\n\n";
  Vector x(9, 0.0);
  x[0] = 1;
  const std::vector<Vector> h = cell.states(x);
  std::vector<std::string> header{"t", "x", "y"};
  std::vector<Vector> of_unit(cell.H);
  for (size_t i = 0; i < cell.H; ++i) header.push_back(concat_message("h", i));
  Table table(header);
  for (size_t t = 0; t < h.size(); ++t) {
    std::vector<std::string> row{std::to_string(t), t ? format_fixed(x[t - 1], 0) : "",
                                 t ? format_fixed(cell.read(h[t]), 4) : ""};
    for (size_t i = 0; i < h[t].size(); ++i) {
      row.push_back(format_fixed(h[t][i], 4));
      of_unit[i].push_back(h[t][i]);
    }
    table.add_row(row);
  }
  std::cout << table << "A single step: from h_1 and x_2 = 0 the cell predicts x_3 = "
            << format_fixed(cell.read(cell.step(0.0, h[1])), 4) << " (it is untrained).\n";

  Figure figure("One pulse, then silence", {.caption = "untrained cell with 3 units"});
  figure.panel().x_label("step t").y_label("state h_t");
  for (size_t i = 0; i < of_unit.size(); ++i)
    figure.panel().series(of_unit[i], {.label = "unit " + std::to_string(i), .markers = true});
  figure.save(out.file("evolution.png"));
}

Json compare_with_engine(Cell& cell, const Vector& x) {
  const Vector inputs(x.begin(), x.end() - 1);
  const std::vector<Vector> h = cell.states(inputs);
  Vector by_hand;
  for (size_t t = 1; t < h.size(); ++t) by_hand.insert(by_hand.end(), h[t].begin(), h[t].end());
  const EngineCell in_f64(cell, DType::f64), in_f32(cell, DType::f32);
  const double error64 = largest_difference(by_hand, as_vector(in_f64.states(inputs)));
  const double error32 = largest_difference(by_hand, as_vector(in_f32.states(inputs)));
  std::cout << "\n2. The engine: largest difference of a state from the one by hand, over "
            << inputs.size() << " steps\n   in f64 " << format_scientific(error64) << ", in f32 "
            << format_scientific(error32) << " (f32 keeps 24 bits: its last digit is "
            << format_scientific(std::pow(2.0, -24)) << ")\n";

  std::cout << "\n3. Backpropagation through time: largest difference between gradients\n\n";
  in_f64.loss(x).backward();
  in_f32.loss(x).backward();
  const Gradients by_bptt = backward_by_hand(cell, x);
  Table table({"parameter", "size of gradient", "hand − tape f64", "hand − tape f32",
               "hand − finite diff."});
  Json differences = Json::object();
  const auto compare = [&](const std::string& name, const Vector& hand, Vector& parameter,
                           const Tensor& d64, const Tensor& d32) {
    const double from_tape = largest_difference(hand, as_vector(d64.grad()));
    const double from_tape32 = largest_difference(hand, as_vector(d32.grad()));
    const double from_finite = largest_difference(hand, finite_differences(cell, parameter, x));
    table.add_row({name, format_scientific(largest_difference(hand, Vector(hand.size()))),
                   format_scientific(from_tape), format_scientific(from_tape32),
                   format_scientific(from_finite)});
    differences[name] = {
        {"tape_f64", from_tape}, {"tape_f32", from_tape32}, {"finite_differences", from_finite}};
    if (from_tape > 1e-12 || from_tape32 > 1e-5 || from_finite > 1e-7)
      throw Error("the gradients of " + name + " do not agree");
  };
  compare("W", by_bptt.W, cell.W, in_f64.weights.w_ih, in_f32.weights.w_ih);
  compare("U", by_bptt.U, cell.U, in_f64.weights.w_hh, in_f32.weights.w_hh);
  compare("b", by_bptt.b, cell.b, in_f64.weights.b_ih, in_f32.weights.b_ih);
  compare("v", by_bptt.v, cell.v, in_f64.v, in_f32.v);
  compare("c", by_bptt.c, cell.c, in_f64.c, in_f32.c);
  std::cout << table << "All three agree: the tape does what you would do by hand.\n";
  return {{"states_f64", error64}, {"states_f32", error32}, {"gradients", differences}};
}

// How a state spreads and how a gradient travels, for one initial U.
struct Travel {
  Vector spread;  // standard deviation of h_t over units and batch, t = 1 … T
  Vector gradient;  // root mean square over the batch of ‖uᵀ·∂h_T/∂h_t‖ for a random unit u
};

Travel travel(const Tensor& U, const Settings& settings) {
  const int64_t batch = 16, H = settings.hidden;
  Random random(settings.seed, "travel");
  const Tensor inputs = randn({settings.steps, batch, H}, random, DType::f64) * 0.3;
  Tensor direction = randn({batch, H}, random, DType::f64);
  direction = direction / sqrt(sum(square(direction), 1, true));
  Tensors h{zeros({batch, H}, DType::f64).set_requires_grad()};
  Travel result;
  for (int64_t t = 0; t < settings.steps; ++t) {
    h.push_back(rnn_cell(select(inputs, t), matmul(h.back(), U, {false, true})));
    result.spread.push_back(standard_deviation(h.back().to_vector<double>()));
  }
  for (const Tensor& d : grad({h.back()}, h, {direction}))
    result.gradient.push_back(std::sqrt(sum(square(d)).item() / static_cast<double>(batch)));
  return result;
}

Json show_initialisation(const Settings& settings, const RunDirectory& out) {
  std::cout << "\n4. The initial U, " << settings.hidden << " units, " << settings.steps
            << " steps of noise: does a gradient arrive?\n\n";
  Table table({"initial U", "spread of h_T", "gradient at h_0 / at h_T"});
  Figure figure("How the initial U lets states and gradients travel",
                {.columns = 2,
                 .caption = "untrained cells, " + std::to_string(settings.hidden) +
                            " units, 16 noise sequences, seed " + std::to_string(settings.seed)});
  Panel& spread = figure.panel(0, 0).title("States").x_label("step t").y_label("spread of h_t");
  Panel& flow = figure.panel(0, 1).title("Gradients").x_label("step t").y_label("‖∂h_T/∂h_t‖");
  flow.y_log();
  Json results = Json::object();
  const auto add = [&](const std::string& name, auto fill) {
    Tensor U({settings.hidden, settings.hidden}, DType::f64);
    Random random(settings.seed, name);
    fill(U, random);
    const Travel seen = travel(U, settings);
    table.add_row({name, format_fixed(seen.spread.back(), 3),
                   format_scientific(seen.gradient.front() / seen.gradient.back())});
    spread.line(as_vector(arange(settings.steps) + 1.0), seen.spread, {.label = name});
    flow.series(seen.gradient);
    results[name] = {{"spread", seen.spread.back()},
                     {"gradient_ratio", seen.gradient.front() / seen.gradient.back()}};
  };
  namespace init = nn::init;
  add("Xavier, half", [](Tensor& U, Random& r) { init::xavier_uniform(U, r, 0.5); });
  add("Xavier", [](Tensor& U, Random& r) { init::xavier_uniform(U, r); });
  add("orthogonal", [](Tensor& U, Random& r) { init::orthogonal(U, r); });
  add("Xavier, double", [](Tensor& U, Random& r) { init::xavier_uniform(U, r, 2.0); });
  std::cout << table
            << "A ratio far below 1 is a vanishing gradient, far above 1 an exploding one.\n";
  figure.save(out.file("initialisation.png"));
  return results;
}

void run(const Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  const RunDirectory out(settings.out);
  Cell cell{3,
            {0.8, -0.5, 0.3},
            {0.6, -0.4, 0.2, 0.5, 0.7, -0.3, -0.2, 0.4, 0.8},
            {0.0, 0.1, -0.1},
            {1.0, -0.6, 0.4},
            {0.05}};
  Vector wave;
  for (int t = 0; t < 20; ++t) wave.push_back(std::sin(0.5 * t));
  show_evolution(cell, out);
  const Json equality = compare_with_engine(cell, wave);
  const Json initialisation = show_initialisation(settings, out);

  double last_value = 0;  // the baseline of any forecast: tomorrow is like today
  for (size_t t = 1; t < wave.size(); ++t) last_value += std::pow(wave[t] - wave[t - 1], 2);
  RunRecord record{.lesson = command_line.lesson().file_name(),
                   .settings = command_line.settings(),
                   .threads = threads};
  const std::string bytes(reinterpret_cast<const char*>(wave.data()), wave.size() * sizeof(double));
  record.data = {{"name", "sine wave, generated"}, {"sha256", sha256(bytes)}};
  record.scores = {{"loss_untrained", cell.loss(wave)},
                   {"largest_differences", equality},
                   {"initialisation", initialisation}};
  record.baselines = {{"last_value_loss", last_value / static_cast<double>(wave.size() - 1)}};
  out.write_metrics(record);
  std::cout << "\nPictures (evolution, initialisation) and metrics.json are in "
            << out.path().string() << "\n";
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  settings.hidden = 64;
  CommandLine command_line({1,
                            "basic_rnn_cell",
                            "A recurrent cell by hand, in the engine, and backwards.",
                            {"", "--hidden 256 --steps 200"}});
  command_line.add_common(settings,
                          {"--hidden", "--seed", "--device", "--threads", "--out", "--quick"});
  command_line.group("Part 4");
  command_line.add("--steps", settings.steps, "length of the noise sequences", 2, 10000);
  command_line.when_quick("--steps", settings.steps, 10);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
