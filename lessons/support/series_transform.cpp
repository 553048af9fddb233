#include "lessons/support/series_transform.h"

#include <cmath>

#include "engine/error.h"

namespace unroll::lessons {

SeriesTransform::SeriesTransform(const TimeSeries& series, IndexRange past,
                                 const TransformOptions& options)
    : options_(options), width_(series.width()) {
  for (const double value : series.values) {
    require(!options.log || value > 0, "[SeriesTransform] there is no logarithm of ", value);
    levels_.push_back(level_of(value));
  }
  const std::int64_t first = past.begin + first_change();
  for (std::int64_t column = 0; column < width_; ++column) {
    double sum = 0;
    for (std::int64_t t = first; t < past.end; ++t)
      sum += std::pow(compared(t, column) - compared(t - 1, column), 2);
    if (!(sum > 0))
      throw input_error(series.name, ": column \"", series.column(column),
                        "\" does not change from ", series.date(past.begin), " to ",
                        series.date(past.end - 1), ", so there is nothing to learn from it");
    scales_.push_back(std::sqrt(sum / static_cast<double>(past.end - first)));
  }
}

double SeriesTransform::compared(std::int64_t step, std::int64_t column) const {
  const double before = options_.season > 0 ? level(step - options_.season, column) : 0.0;
  return level(step, column) - before;
}

double SeriesTransform::change(std::int64_t step, std::int64_t column) const {
  return moved(step - 1, step, column);
}

double SeriesTransform::moved(std::int64_t from, std::int64_t to, std::int64_t column) const {
  return (compared(to, column) - compared(from, column)) /
         scales_[static_cast<std::size_t>(column)];
}

std::vector<double> SeriesTransform::compared_from(std::int64_t first, std::int64_t column) const {
  std::vector<double> line;
  for (std::int64_t t = first; t < steps(); ++t) line.push_back(compared(t, column));
  return line;
}

std::vector<double> SeriesTransform::values_after(std::int64_t origin, std::int64_t column,
                                                  std::vector<double> next) const {
  const auto m = static_cast<std::size_t>(options_.season);
  for (std::size_t h = 0; m > 0 && h < next.size(); ++h)  // w to levels
    next[h] += h < m ? level(origin + 1 + static_cast<std::int64_t>(h) - options_.season, column)
                     : next[h - m];
  for (double& value : next) value = value_of(value);
  return next;
}

std::vector<double> SeriesTransform::values_moved(std::int64_t origin, std::int64_t column,
                                                  std::vector<double> moved) const {
  const double now = compared(origin, column);
  for (double& distance : moved)
    distance = now + scales_[static_cast<std::size_t>(column)] * distance;
  return values_after(origin, column, std::move(moved));
}

double SeriesTransform::level_of(double value) const {
  return options_.log ? std::log(value) : value;
}

double SeriesTransform::value_of(double level) const {
  return options_.log ? std::exp(level) : level;
}

}  // namespace unroll::lessons
