#include "lessons/support/series_windows.h"

#include "engine/error.h"

namespace unroll::lessons {

std::vector<std::int64_t> training_origins(const SeriesTransform& transform, IndexRange past,
                                           std::int64_t lookback, std::int64_t horizon) {
  const std::int64_t first = past.begin + transform.first_change() + lookback - 1;
  std::vector<std::int64_t> origins;
  for (std::int64_t t = first; t + horizon < past.end; ++t) origins.push_back(t);
  if (origins.empty())
    throw input_error("the series is too short: ", past.size(), " steps to learn from, but one ",
                      "window takes ", first - past.begin + 1 + horizon, " (lookback ", lookback,
                      ", horizon ", horizon, ", season ", transform.options().season,
                      "); choose a smaller --lookback or --horizon");
  return origins;
}

std::vector<std::int64_t> rolling_origins(IndexRange part) {
  std::vector<std::int64_t> origins;
  for (std::int64_t t = part.begin - 1; t + 1 < part.end; ++t) origins.push_back(t);
  return origins;
}

Tensor windows(const SeriesTransform& transform, std::span<const std::int64_t> origins,
               std::int64_t lookback) {
  std::vector<float> changes;
  for (std::int64_t back = lookback - 1; back >= 0; --back)
    for (const std::int64_t origin : origins)
      for (std::int64_t column = 0; column < transform.width(); ++column)
        changes.push_back(static_cast<float>(transform.change(origin - back, column)));
  return from_vector(changes,
                     {lookback, static_cast<std::int64_t>(origins.size()), transform.width()});
}

Tensor targets(const SeriesTransform& transform, std::span<const std::int64_t> origins,
               std::int64_t horizon) {
  std::vector<float> moved;
  for (const std::int64_t origin : origins)
    for (std::int64_t h = 1; h <= horizon; ++h)
      for (std::int64_t column = 0; column < transform.width(); ++column)
        moved.push_back(static_cast<float>(transform.moved(origin, origin + h, column)));
  return from_vector(moved,
                     {static_cast<std::int64_t>(origins.size()), horizon * transform.width()});
}

Forecasts to_values(const SeriesTransform& transform, const std::vector<std::int64_t>& origins,
                    std::int64_t horizon, std::span<const float> moved) {
  Forecasts forecasts(origins, horizon, transform.width());
  require(moved.size() == forecasts.values.size(), "[to_values] moved: expected ",
          forecasts.values.size(), " numbers = origins*horizon*width, got ", moved.size());
  for (std::int64_t i = 0; i < forecasts.count(); ++i)
    for (std::int64_t column = 0; column < transform.width(); ++column) {
      std::vector<double> of_column;
      for (std::int64_t h = 1; h <= horizon; ++h)
        of_column.push_back(static_cast<double>(
            moved[static_cast<std::size_t>((i * horizon + h - 1) * transform.width() + column)]));
      const std::vector<double> values = transform.values_moved(
          origins[static_cast<std::size_t>(i)], column, std::move(of_column));
      for (std::int64_t h = 1; h <= horizon; ++h)
        forecasts.at(i, h, column) = values[static_cast<std::size_t>(h - 1)];
    }
  return forecasts;
}

}  // namespace unroll::lessons
