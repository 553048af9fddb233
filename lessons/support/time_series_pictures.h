// The pictures of the time series lesson; one row for each series or column.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/time_series_scores.h"

namespace unroll::lessons {

/// What a row of a picture is about.
struct PictureRow {
  const SeriesResult& result;
  std::int64_t column;
  const ColumnScores& scores;
};

struct TimeSeriesPictures {
  const RunDirectory& out;
  std::vector<PictureRow> rows;
  std::string network;  // LSTM
  std::string caption;  // how many seeds, and what was left out

  void draw_forecasts() const;  // forecasts.png: prediction against actual, near and far
  void draw_errors() const;     // errors.png: error by horizon
  void draw_interval() const;   // interval.png: forecasts with an interval, and how often it held
  void draw_collapse() const;   // collapse.png: a one-step network fed with its own forecasts
  void draw_training() const;   // training.png: loss of both networks
};

}  // namespace unroll::lessons
