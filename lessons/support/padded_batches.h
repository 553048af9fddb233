// Sequences of different lengths, side by side in one tensor: batches of similar lengths, and
// padding behind the shorter ones.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/random.h"
#include "engine/tensor.h"

namespace unroll::lessons {

/// Some sequences as the columns of one tensor.
struct PaddedBatch {
  Tensor values;   // (longest, batch), i32
  Tensor lengths;  // (batch), i32, on the host, as the recurrent layers want it
};

/// Puts `sequences[i]` for each i of `indices` side by side, `padding` behind the shorter ones.
PaddedBatch pad(std::span<const std::vector<std::int32_t>> sequences,
                std::span<const std::int64_t> indices, std::int32_t padding = 0);

/// A random order of batches of at most `batch` indices, each index in one batch: for one pass over
/// the training data. Sequences of similar lengths come together, so that little is padding: the
/// shuffled sequences are sorted within blocks of 16 batches.
std::vector<std::vector<std::int64_t>> random_batches(
    std::span<const std::vector<std::int32_t>> sequences, std::int64_t batch, Random& random);

/// The same in the order of the lengths: for looking at each once.
std::vector<std::vector<std::int64_t>> sorted_batches(
    std::span<const std::vector<std::int32_t>> sequences, std::int64_t batch);

}  // namespace unroll::lessons
