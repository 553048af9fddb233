// Timing things against each other on a machine that also does something else.
#pragma once

#include <functional>
#include <vector>

namespace unroll::lessons {

/// The median of the milliseconds that each action takes, over `rounds` rounds. In a round all have
/// their turn, each round beginning with another one, so that what slows the machine down for a
/// while slows all of them. One round before is not counted. It is processor time, of all threads
/// together, so that it does not matter who else is using the processor; where the default device
/// is a GPU, it is time by the clock until the GPU is through.
std::vector<double> interleaved_milliseconds(const std::vector<std::function<void()>>& actions,
                                             int rounds);

}  // namespace unroll::lessons
