// Random numbers in bulk, and dropout, whose mask is random numbers.
//
// Result i depends on the words' numbers and on i alone, so it is the same for any number of
// threads; uniform numbers, integers and masks are also the same bits on every device.
#pragma once

#include <cstdint>

#include "kernels/device.h"

namespace unroll::kernels {

/// Words number first, first + 1, … of a stream of philox.h.
struct RandomWords {
  uint64_t seed, stream, first;
};

/// y[i]: uniform in [low, high), from word i.
template <class Device, class T>
void fill_uniform(Device, RandomWords words, int64_t n, double low, double high, T* y);

/// y[i]: standard normal; y[2k] and y[2k+1] come from words 2k and 2k+1. `words.first` is even.
template <class Device, class T>
void fill_normal(Device, RandomWords words, int64_t n, T* y);

/// y[i]: uniform in low, …, high − 1, from the 64 bits of words 2i and 2i+1, so that no integer is
/// more likely than another by more than 1 in 2³². `words.first` is even.
template <class Device>
void fill_integers(Device, RandomWords words, int64_t n, int32_t low, int32_t high, int32_t* y);

/// y[i] = 0 where word i is below p·2³², else x[i]/(1 − p). 0 ≤ p < 1. The gradient is the same
/// function of the output's gradient.
template <class Device, class T>
void dropout(Device, RandomWords words, int64_t n, double p, const T* x, T* y);

}  // namespace unroll::kernels
