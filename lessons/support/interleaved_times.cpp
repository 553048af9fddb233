#include "lessons/support/interleaved_times.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "engine/allocator.h"
#include "engine/device.h"

namespace unroll::lessons {

namespace {

double milliseconds_now() {
  if (default_device() != Device::cuda)
    return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  synchronize(Device::cuda);
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

}  // namespace

std::vector<double> interleaved_milliseconds(const std::vector<std::function<void()>>& actions,
                                             int rounds) {
  std::vector<std::vector<double>> taken(actions.size());
  for (int round = -1; round < rounds; ++round)
    for (std::size_t turn = 0; turn < actions.size(); ++turn) {
      const std::size_t i = (turn + static_cast<std::size_t>(round + 1)) % actions.size();
      const double start = milliseconds_now();
      actions[i]();
      if (round >= 0) taken[i].push_back(milliseconds_now() - start);
    }
  std::vector<double> medians;
  for (std::vector<double>& times : taken) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    medians.push_back(*middle);
  }
  return medians;
}

}  // namespace unroll::lessons
