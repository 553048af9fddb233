#include "lessons/support/gru_forms.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/gradcheck.h"
#include "lessons/support/equality.h"
#include "lessons/support/format.h"
#include "lessons/support/interleaved_times.h"
#include "lessons/support/table.h"

namespace unroll::lessons {

Tensor read_by_steps(const GruStep& step, const Tensor& x, Tensor h,
                     const RecurrentWeights& weights) {
  Tensors states;
  for (int64_t t = 0; t < x.size(0); ++t) states.push_back(h = step(select(x, t), h, weights));
  return stack(states);
}

namespace {

// x, h_0, W, U and both b, drawn at random.
Tensors draw_leaves(int64_t steps, int64_t batch, int64_t inputs, int64_t H, DType dtype) {
  Random random(1, "equality");
  Tensors leaves;
  for (const Shape& shape : {Shape{steps, batch, inputs}, Shape{batch, H}, Shape{3 * H, inputs},
                             Shape{3 * H, H}, Shape{3 * H}, Shape{3 * H}})
    leaves.push_back(cast(randn(shape, random, DType::f64), dtype).set_requires_grad());
  return leaves;
}

RecurrentWeights weights_of(const Tensors& leaves) {
  return {leaves[2], leaves[3], leaves[4], leaves[5]};
}

Tensor step_fused(const Tensor& x, const Tensor& h, const RecurrentWeights& weights) {
  return gru_cell(matmul(x, weights.w_ih, {.b = true}) + weights.b_ih,
                  matmul(h, weights.w_hh, {.b = true}) + weights.b_hh, h);
}

// The states that leaves lead to.
using Reading = std::function<Tensor(const Tensors& leaves)>;

Reading by_steps(const GruStep& step) {
  return [step](const Tensors& leaves) {
    return read_by_steps(step, leaves[0], leaves[1], weights_of(leaves));
  };
}

Tensor by_sequence(const Tensors& leaves) {
  return gru(leaves[0], leaves[1], weights_of(leaves)).output;
}

// The states, and then the gradients of a randomly weighted sum of them.
Tensors states_and_gradients(const Reading& reading, const Tensors& leaves) {
  const Tensor states = reading(leaves);
  Random random(2, "weights");
  Tensors found =
      grad({states}, leaves, {cast(randn(states.shape(), random, DType::f64), states.dtype())});
  found.insert(found.begin(), states.detach());
  return found;
}

// How far the states of two forms are apart, at most, when b_r is raised by `open`.
double distance(const Reading& a, const Reading& b, double open) {
  const NoGrad no_grad;
  constexpr int64_t H = 8;
  Tensors leaves = draw_leaves(20, 3, 4, H, DType::f64);
  leaves[4] = concat({slice(leaves[4], 0, 0, H) + open, slice(leaves[4], 0, H, 3 * H)}, 0);
  return max(abs(a(leaves) - b(leaves))).item();
}

}  // namespace

void compare_gru_forms(const GruStep& reset_after, const GruStep& reset_before, RunRecord& record) {
  std::cout
      << "\n1. Reset after the product, written out, against the engine's: one op a step, and "
         "one op\n   for all 20 steps. Largest differences:\n\n";
  const Reading after = by_steps(reset_after), before = by_steps(reset_before);
  const Reading fused = by_steps(step_fused);
  const Tensors f64 = draw_leaves(20, 3, 4, 8, DType::f64);
  const Tensors f32 = draw_leaves(20, 3, 4, 8, DType::f32);
  record.scores["equality"] = print_equality(
      {"h_1 … h_T", "∂L/∂x", "∂L/∂h_0", "∂L/∂W_rzn", "∂L/∂U_rzn", "∂L/∂b_rzn", "∂L/∂c_rzn"},
      states_and_gradients(after, f64),
      {{"a step, f64", "cell_f64", states_and_gradients(fused, f64)},
       {"a sequence, f64", "sequence_f64", states_and_gradients(by_sequence, f64)},
       {"a sequence, f32", "sequence_f32", states_and_gradients(by_sequence, f32)}});

  const GradcheckResult checked =
      gradcheck([&](const Tensors& leaves) { return Tensors{before(leaves)}; },
                draw_leaves(4, 2, 3, 5, DType::f64));
  if (!checked) throw Error("the gradients of reset before the product: " + checked.message);
  const double apart = distance(after, before, 0), open = distance(after, before, 100);
  record.scores["forms"] = {{"apart", apart}, {"apart_with_open_reset", open}};
  std::cout << "\nReset before it, written out: its gradients agree with finite differences. With "
               "the same\nweights the states of both forms differ by up to "
            << format_fixed(apart, 2) << "; with r held at 1, by " << format_scientific(open)
            << ".\n\n";

  const Tensors large = draw_leaves(20, 32, 64, 64, DType::f32);
  const std::vector<std::pair<std::string, Reading>> readings{{"reset after, written out", after},
                                                              {"reset before, written out", before},
                                                              {"reset after, one op a step", fused},
                                                              {"reset after, one op", by_sequence}};
  std::vector<std::function<void()>> actions;
  for (const auto& [name, reading] : readings)
    actions.push_back([&large, &reading = reading] {
      const Tensor states = reading(large);
      grad({states}, large, {ones(states.shape())});
    });
  constexpr int kRounds = 9;
  const std::vector<double> times = interleaved_milliseconds(actions, kRounds);
  Table table({"20 steps forward and back, 32 sequences, 64 units", "ms"});
  for (std::size_t i = 0; i < readings.size(); ++i) {
    table.add_row({readings[i].first, format_fixed(times[i], 2)});
    record.timings["forms_ms"][readings[i].first] = times[i];
  }
  std::cout << table;
}

}  // namespace unroll::lessons
