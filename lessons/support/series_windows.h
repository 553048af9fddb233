// Sliding windows: what a network reads before it forecasts, and what it should have said.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor.h"
#include "lessons/support/forecasts.h"
#include "lessons/support/series_transform.h"

namespace unroll::lessons {

/// An origin is the last step that a forecast knows. These are the origins whose windows of
/// `lookback` changes and whose `horizon` targets all lie in `past`. Throws an input error when
/// there is none.
std::vector<std::int64_t> training_origins(const SeriesTransform& transform, IndexRange past,
                                           std::int64_t lookback, std::int64_t horizon);

/// The origins of a rolling evaluation: every step from the one before `part` to the one before its
/// last. What they know may reach back beyond `part`; their first target lies in it.
std::vector<std::int64_t> rolling_origins(IndexRange part);

/// The last `lookback` scaled changes up to each origin: (lookback, origins, width).
Tensor windows(const SeriesTransform& transform, std::span<const std::int64_t> origins,
               std::int64_t lookback);

/// How far the series moves in the next 1 … horizon steps: (origins, horizon*width).
Tensor targets(const SeriesTransform& transform, std::span<const std::int64_t> origins,
               std::int64_t horizon);

/// The values that a network's answer stands for; `moved` is laid out as the targets.
Forecasts to_values(const SeriesTransform& transform, const std::vector<std::int64_t>& origins,
                    std::int64_t horizon, std::span<const float> moved);

}  // namespace unroll::lessons
