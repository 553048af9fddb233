#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/error.h"
#include "engine/optim.h"

namespace unroll::optim {

double StepSchedule::at(int64_t step) const {
  require(period >= 1, "StepSchedule: expected a period of at least 1 step, got ", period);
  return lr * std::pow(gamma, static_cast<double>(step / period));
}

double CosineSchedule::at(int64_t step) const {
  require(0 <= warmup && warmup < steps, "CosineSchedule: expected 0 <= warmup < steps, got ",
          warmup, " and ", steps);
  if (step < warmup) return lr * static_cast<double>(step + 1) / static_cast<double>(warmup + 1);
  const double done =
      static_cast<double>(std::min(step, steps) - warmup) / static_cast<double>(steps - warmup);
  return minimum + (lr - minimum) * (1.0 + std::cos(std::numbers::pi * done)) / 2.0;
}

PlateauSchedule::PlateauSchedule(const PlateauOptions& options)
    : best(options.maximize ? -std::numeric_limits<double>::infinity()
                            : std::numeric_limits<double>::infinity()),
      options_(options) {
  require(options.factor > 0.0 && options.factor < 1.0,
          "PlateauSchedule: expected 0 < factor < 1, got ", options.factor);
}

double PlateauSchedule::next(double metric, double lr) {
  const double sign = options_.maximize ? 1.0 : -1.0;
  const double margin =
      options_.absolute || std::isinf(best) ? options_.threshold : options_.threshold * best;
  const double to_beat = best + sign * margin;
  if (options_.maximize ? metric > to_beat : metric < to_beat) {
    best = metric;
    waited = 0;
  } else {
    ++waited;
  }
  if (cooldown_left > 0) {
    --cooldown_left;
    waited = 0;
  }
  if (waited <= options_.patience) return lr;
  cooldown_left = options_.cooldown;
  waited = 0;
  return std::min(lr, std::max(lr * options_.factor, options_.minimum));
}

}  // namespace unroll::optim
