// How long something takes.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace unroll::lessons {

/// The seconds that action() takes.
template <class Action>
double seconds_of(const Action& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The seconds of an epoch, step(batch) for each of `batches` and look() once, judged by some
/// steps.
template <class Batches, class Step, class Look>
double seconds_an_epoch(const Batches& batches, const Step& step, const Look& look) {
  const std::size_t tried = std::min<std::size_t>(batches.size(), 10);
  step(batches[0]);  // the first is slower
  const double of_steps = seconds_of([&] {
    for (std::size_t i = 0; i < tried; ++i) step(batches[i]);
  });
  return of_steps / static_cast<double>(tried) * static_cast<double>(batches.size()) +
         seconds_of(look);
}

}  // namespace unroll::lessons
