#include "lessons/support/translator.h"

#include <algorithm>
#include <vector>

#include "engine/ops.h"

namespace unroll::lessons {

namespace {

Tensor pick_columns(const Tensor& x, std::span<const std::int64_t> columns) {
  const std::int64_t rows = x.size(0), batch = x.size(1);
  std::vector<std::int32_t> wanted;
  for (std::int64_t row = 0; row < rows; ++row)
    for (const std::int64_t column : columns)
      wanted.push_back(static_cast<std::int32_t>(row * batch + column));
  return embedding(reshape(x, {rows * batch, x.size(2)}),
                   from_vector(wanted, {rows, static_cast<std::int64_t>(columns.size())}));
}

}  // namespace

TranslatorState pick(const TranslatorState& state, std::span<const std::int64_t> sentences) {
  const auto count = static_cast<std::int64_t>(sentences.size());
  const auto is_whole = [&](const Tensor& x) { return x.size(1) == count; };
  bool in_order = std::all_of(state.writing.begin(), state.writing.end(), is_whole);
  for (std::int64_t i = 0; i < count; ++i)
    in_order = in_order && sentences[static_cast<std::size_t>(i)] == i;
  if (in_order) return state;
  TranslatorState picked;
  for (const Tensor& x : state.memory) picked.memory.push_back(pick_columns(x, sentences));
  for (const Tensor& x : state.writing) picked.writing.push_back(pick_columns(x, sentences));
  return picked;
}

}  // namespace unroll::lessons
