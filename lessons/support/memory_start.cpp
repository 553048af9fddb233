#include "lessons/support/memory_start.h"

#include <cmath>

#include "engine/autograd.h"
#include "engine/nn/init.h"

namespace unroll::lessons {

void start_memory(nn::Recurrent& rnn, const std::string& way, int64_t distance) {
  if (way == "plain") return;
  const NoGrad no_grad;
  const RecurrentWeights& weights = rnn.weights(0);
  nn::init::constant(weights.b_ih, 0);
  nn::init::constant(weights.b_hh, 0);
  Random random = rnn.random("start");
  const int64_t H = rnn.hidden_size();
  if (rnn.cell() == nn::Cell::kRnnTanh) return nn::init::orthogonal(weights.w_hh, random);
  for (int64_t unit = 0; unit < H; ++unit) {
    const double steps = 1 + random.next_uniform() * static_cast<double>(distance - 2);
    const double bias = way == "one" ? 1.0 : std::log(steps);
    const auto bias_of = [&](int64_t gate) {
      return weights.b_ih.view_rows(gate * H + unit, gate * H + unit + 1);
    };
    nn::init::constant(bias_of(1), bias);  // gates i, f, g, o and r, z, n
    if (way == "task" && rnn.cell() == nn::Cell::kLstm) nn::init::constant(bias_of(0), -bias);
  }
}

}  // namespace unroll::lessons
