// How long something takes.
#pragma once

#include <chrono>

namespace unroll::lessons {

/// The seconds that action() takes.
template <class Action>
double seconds_of(const Action& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace unroll::lessons
