#include "lessons/support/pooling.h"

#include <limits>
#include <vector>

#include "engine/error.h"
#include "engine/ops.h"

namespace unroll::lessons {

namespace {

// For each step of each row and feature, whether it lies behind the row's length; (seq_len, batch,
// features), i32.
Tensor padding_mask(const Tensor& x, const std::vector<std::int32_t>& lengths) {
  const std::int64_t steps = x.size(0), features = x.size(2);
  std::vector<std::int32_t> mask;
  mask.reserve(static_cast<std::size_t>(x.numel()));
  for (std::int64_t t = 0; t < steps; ++t)
    for (const std::int32_t length : lengths)
      mask.insert(mask.end(), static_cast<std::size_t>(features), t >= length ? 1 : 0);
  return from_vector(mask, x.shape(), x.device());
}

std::vector<std::int32_t> checked_lengths(const Tensor& x, const Tensor& lengths) {
  require(x.rank() == 3 && lengths.rank() == 1 && lengths.numel() == x.size(1),
          "[pooling] expected x (seq_len, batch, features) and lengths (batch), got ", x.shape(),
          " and ", lengths.shape());
  std::vector<std::int32_t> values = lengths.to_vector<std::int32_t>();
  for (const std::int32_t length : values)
    require(length >= 1 && length <= x.size(0), "[pooling] expected lengths from 1 to ", x.size(0),
            ", got ", length);
  return values;
}

}  // namespace

Tensor max_over_time(const Tensor& x, const Tensor& lengths) {
  const Tensor mask = padding_mask(x, checked_lengths(x, lengths));
  return max(masked_fill(x, mask, -std::numeric_limits<double>::infinity()), 0);
}

Tensor mean_over_time(const Tensor& x, const Tensor& lengths) {
  const std::vector<std::int32_t> counts = checked_lengths(x, lengths);
  const std::vector<float> divisors(counts.begin(), counts.end());
  const Tensor own_steps = sum(masked_fill(x, padding_mask(x, counts), 0.0), 0);
  return own_steps / cast(from_vector(divisors, {x.size(1), 1}, x.device()), x.dtype());
}

}  // namespace unroll::lessons
