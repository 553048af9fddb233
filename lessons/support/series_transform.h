// From the values of a series to the numbers that a network reads, and back.
//
//   l_t = x_t or ln x_t                    log: when the swings grow with the level
//   w_t = l_t or l_t − l_{t−m}             season m: compared with the same month of the last year
//   u_t = (w_t − w_{t−1}) / s              what the network reads; s is the root mean square of
//                                          w_t − w_{t−1} over the past, and over nothing else
//
// A forecast h steps ahead is how far w moves in units of s, (w_{t+h} − w_t)/s: a network that says
// 0 says that w stays as it is.
#pragma once

#include <cstdint>
#include <vector>

#include "lessons/support/splits.h"
#include "lessons/support/time_series.h"

namespace unroll::lessons {

struct TransformOptions {
  bool log = false;
  std::int64_t season = 0;  // m; 0: no seasonal difference
};

class SeriesTransform {
 public:
  /// Fits s of each column on the steps of `past` alone. Throws an input error where a column does
  /// not change there, `Error` for the logarithm of what is not positive.
  SeriesTransform(const TimeSeries& series, IndexRange past, const TransformOptions& options);

  const TransformOptions& options() const { return options_; }
  std::int64_t steps() const { return static_cast<std::int64_t>(levels_.size()) / width_; }
  std::int64_t width() const { return width_; }

  /// The first step that has a u_t.
  std::int64_t first_change() const { return options_.season + 1; }
  /// u_t of a column, t ≥ first_change().
  double change(std::int64_t step, std::int64_t column) const;
  /// (w_to − w_from)/s.
  double moved(std::int64_t from, std::int64_t to, std::int64_t column) const;

  /// w_first, w_{first+1}, … of a column, first ≥ season.
  std::vector<double> compared_from(std::int64_t first, std::int64_t column) const;

  /// The values x_{origin+1}, x_{origin+2}, … where w goes on with `next`. Nothing after `origin`
  /// is looked at.
  std::vector<double> values_after(std::int64_t origin, std::int64_t column,
                                   std::vector<double> next) const;
  /// The same where w has moved by `moved`·s after 1, 2, … steps.
  std::vector<double> values_moved(std::int64_t origin, std::int64_t column,
                                   std::vector<double> moved) const;

  /// l of a value, and the value of an l.
  double level_of(double value) const;
  double value_of(double level) const;

 private:
  double level(std::int64_t step, std::int64_t column) const {
    return levels_[static_cast<std::size_t>(step * width_ + column)];
  }
  double compared(std::int64_t step, std::int64_t column) const;  // w_t

  TransformOptions options_;
  std::int64_t width_;
  std::vector<double> levels_;  // (steps, width)
  std::vector<double> scales_;  // (width)
};

}  // namespace unroll::lessons
