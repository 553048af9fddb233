#include "lessons/support/sequence_tasks.h"

#include <cmath>

#include "engine/error.h"

namespace unroll::lessons {

SequenceTask::SequenceTask(Kind kind, std::int64_t distance) : kind_(kind), distance_(distance) {
  if (distance < 2) throw input_error("a distance of ", distance, ": expected at least 2 steps");
}

double SequenceTask::baseline() const {
  if (is_adding()) return 1.0 / 6.0;  // the variance of the sum of two uniform numbers
  return static_cast<double>(kSymbols) * std::log(static_cast<double>(kKinds)) /
         static_cast<double>(steps());
}

double SequenceTask::loss_without_memory(const TaskBatch& batch) const {
  if (!is_adding()) return baseline();
  double squares = 0;
  for (const float sum : batch.targets.to_vector<float>())
    squares += std::pow(static_cast<double>(sum) - 1.0, 2);
  return squares / static_cast<double>(batch.targets.numel());
}

TaskBatch SequenceTask::draw(std::int64_t batch, Random& random) const {
  return is_adding() ? draw_adding(batch, random) : draw_copying(batch, random);
}

TaskBatch SequenceTask::draw_adding(std::int64_t batch, Random& random) const {
  std::vector<float> inputs(static_cast<std::size_t>(steps() * batch * 2));
  std::vector<float> sums(static_cast<std::size_t>(batch));
  for (std::size_t i = 0; i < inputs.size(); i += 2)
    inputs[i] = static_cast<float>(random.next_uniform());
  const std::int64_t half = steps() / 2;
  for (std::int64_t row = 0; row < batch; ++row)
    for (const std::int64_t step : {random.below(half), half + random.below(steps() - half)}) {
      const auto at = static_cast<std::size_t>((step * batch + row) * 2);
      inputs[at + 1] = 1;
      sums[static_cast<std::size_t>(row)] += inputs[at];
    }
  return {from_vector(inputs, {steps(), batch, 2}), from_vector(sums, {batch, 1})};
}

TaskBatch SequenceTask::draw_copying(std::int64_t batch, Random& random) const {
  const std::int64_t go = kSymbols + distance_ - 1, answer = steps() - kSymbols;
  std::vector<float> inputs(static_cast<std::size_t>(steps() * batch * this->inputs()));
  std::vector<std::int32_t> targets(static_cast<std::size_t>(steps() * batch), kBlank);
  for (std::int64_t step = 0; step < steps(); ++step)
    for (std::int64_t row = 0; row < batch; ++row) {
      std::int64_t symbol = step == go ? kGo : kBlank;
      if (step < kSymbols) {
        symbol = random.below(kKinds);
        targets[static_cast<std::size_t>((answer + step) * batch + row)] =
            static_cast<std::int32_t>(symbol);
      }
      inputs[static_cast<std::size_t>((step * batch + row) * this->inputs() + symbol)] = 1;
    }
  return {from_vector(inputs, {steps(), batch, this->inputs()}),
          from_vector(targets, {steps(), batch})};
}

}  // namespace unroll::lessons
