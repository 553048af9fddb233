#include "lessons/support/padded_batches.h"

#include <algorithm>
#include <numeric>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

using Indices = std::vector<std::int64_t>;
using Sequences = std::span<const std::vector<std::int32_t>>;

constexpr std::int64_t kBlock = 16;  // batches that are sorted together

void sort_by_length(Indices::iterator begin, Indices::iterator end, Sequences sequences) {
  const auto length = [sequences](std::int64_t i) {
    return sequences[static_cast<std::size_t>(i)].size();
  };
  std::stable_sort(begin, end,
                   [&](std::int64_t a, std::int64_t b) { return length(a) < length(b); });
}

std::vector<Indices> cut(const Indices& order, std::int64_t batch) {
  std::vector<Indices> batches;
  for (auto at = order.begin(); at != order.end();) {
    const auto end = at + std::min<std::int64_t>(batch, order.end() - at);
    batches.emplace_back(at, end);
    at = end;
  }
  return batches;
}

}  // namespace

PaddedBatch pad(Sequences sequences, std::span<const std::int64_t> indices, std::int32_t padding) {
  std::size_t longest = 0;
  const std::size_t batch = indices.size();
  std::vector<std::int32_t> lengths;
  for (const std::int64_t index : indices) {
    lengths.push_back(static_cast<std::int32_t>(sequences[static_cast<std::size_t>(index)].size()));
    longest = std::max(longest, sequences[static_cast<std::size_t>(index)].size());
  }
  std::vector<std::int32_t> values(longest * batch, padding);
  for (std::size_t column = 0; column < batch; ++column) {
    const std::vector<std::int32_t>& sequence =
        sequences[static_cast<std::size_t>(indices[column])];
    for (std::size_t t = 0; t < sequence.size(); ++t) values[t * batch + column] = sequence[t];
  }
  const auto width = static_cast<std::int64_t>(batch);
  return {from_vector(values, {static_cast<std::int64_t>(longest), width}),
          from_vector(lengths, {width}, Device::cpu)};
}

std::vector<Indices> random_batches(Sequences sequences, std::int64_t batch, Random& random) {
  Indices order = random.permutation(static_cast<std::int64_t>(sequences.size()));
  for (auto at = order.begin(); at != order.end();) {
    const auto end = at + std::min<std::int64_t>(kBlock * batch, order.end() - at);
    sort_by_length(at, end, sequences);
    at = end;
  }
  std::vector<Indices> sorted = cut(order, batch), batches;
  for (const std::int64_t i : random.permutation(static_cast<std::int64_t>(sorted.size())))
    batches.push_back(std::move(sorted[static_cast<std::size_t>(i)]));
  return batches;
}

std::vector<Indices> sorted_batches(Sequences sequences, std::int64_t batch) {
  Indices order(sequences.size());
  std::iota(order.begin(), order.end(), 0);
  sort_by_length(order.begin(), order.end(), sequences);
  return cut(order, batch);
}

}  // namespace unroll::lessons
