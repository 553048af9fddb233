#include "lessons/support/splits.h"

#include <cmath>

#include "engine/error.h"
#include "engine/random.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {

namespace {

// 0.9 * 10 must give 9 and 0.7 + 0.3 must give all, whatever the last bit of the product says.
constexpr double kRounding = 1e-9;

}  // namespace

PositionSplit split_by_position(std::int64_t count, double train, double validation) {
  require(train > 0 && validation > 0 && train + validation <= 1 + kRounding,
          "[split] expected positive fractions whose sum is at most 1, got ", train, " and ",
          validation);
  const auto boundary = [count](double fraction) {
    return static_cast<std::int64_t>(std::floor(static_cast<double>(count) * fraction + kRounding));
  };
  const bool has_test = train + validation < 1 - kRounding;
  const std::int64_t first = boundary(train);
  const std::int64_t second = has_test ? boundary(train + validation) : count;
  if (first == 0 || second == first || (has_test && second == count)) {
    throw input_error("the data is too small: ", count, " items cannot be split into ",
                      has_test ? "training, validation and test" : "training and validation");
  }
  return {{0, first}, {first, second}, {second, count}};
}

TextSplit split_text(std::string_view text, double train, double validation) {
  const PositionSplit split = split_by_position(count_code_points(text), train, validation);
  const std::size_t first = byte_offset(text, split.train.size());
  const std::size_t second = first + byte_offset(text.substr(first), split.validation.size());
  return {text.substr(0, first), text.substr(first, second - first), text.substr(second)};
}

ShuffledSplit split_shuffled(std::int64_t count, double train, double validation,
                             std::uint64_t seed) {
  const PositionSplit split = split_by_position(count, train, validation);
  const std::vector<std::int64_t> order = Random(seed, "split").permutation(count);
  const auto part = [&order](IndexRange range) {
    return std::vector<std::int64_t>(order.begin() + range.begin, order.begin() + range.end);
  };
  return {part(split.train), part(split.validation), part(split.test)};
}

ShuffledSplit split_groups(std::span<const std::int64_t> groups, double train, double validation,
                           std::uint64_t seed, double turn) {
  const auto count = static_cast<std::int64_t>(groups.size());
  const PositionSplit split = split_by_position(count, train, validation);
  std::vector<std::vector<std::int64_t>> members;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto group = static_cast<std::size_t>(groups[static_cast<std::size_t>(i)]);
    if (group >= members.size()) members.resize(group + 1);
    members[group].push_back(i);
  }
  const bool has_test = split.test.size() > 0;
  ShuffledSplit parts;
  std::int64_t placed = 0;
  for (const std::int64_t group :
       Random(seed, "split").permutation(static_cast<std::int64_t>(members.size()))) {
    const std::vector<std::int64_t>& items = members[static_cast<std::size_t>(group)];
    // A fraction, as the turns of counts that ten does not divide would overlap in whole items.
    const double at =
        std::fmod(static_cast<double>(placed) / static_cast<double>(count) + turn + kRounding, 1.0);
    std::vector<std::int64_t>& part = at < train                             ? parts.train
                                      : !has_test || at < train + validation ? parts.validation
                                                                             : parts.test;
    part.insert(part.end(), items.begin(), items.end());
    placed += static_cast<std::int64_t>(items.size());
  }
  if (parts.validation.empty() || (has_test && parts.test.empty()))
    throw input_error("the data is too small: ", count, " items in ", members.size(),
                      " groups of alike ones cannot be split into ",
                      has_test ? "training, validation and test" : "training and validation");
  return parts;
}

}  // namespace unroll::lessons
