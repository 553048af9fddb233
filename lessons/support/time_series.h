// Series of measurements: one or more columns of numbers, a line for each date.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/calendar.h"

namespace unroll::lessons {

struct TimeSeries {
  std::string name;                       // of the file, without its folder and ending
  std::vector<std::string> columns = {};  // names
  std::vector<std::string> dates = {};    // as written
  std::vector<std::int64_t> lines = {};   // of the file, where each date stands
  std::vector<double> values = {};        // (steps, columns)
  TimeAxis axis = {};                     // where the dates stand in pictures
  std::int64_t season = 1;                // as the dates suggest: `usual_season`
  std::string sha256 = {};                // of the file

  std::int64_t steps() const { return static_cast<std::int64_t>(dates.size()); }
  std::int64_t width() const { return static_cast<std::int64_t>(columns.size()); }
  double at(std::int64_t step, std::int64_t column) const {
    return values[static_cast<std::size_t>(step * width() + column)];
  }
  const std::string& column(std::int64_t index) const {
    return columns[static_cast<std::size_t>(index)];
  }
  const std::string& date(std::int64_t step) const { return dates[static_cast<std::size_t>(step)]; }
};

/// Reads a CSV file: a line of names, then a line for each date with a number in every column. The
/// dates stand in the column called "date" (in any case), else in the first. `columns` names those
/// to take, separated by commas; empty: all. In a folder, its only .csv file is read. Throws an
/// input error with file, line, and what was expected: no names, a date that does not go on, a
/// field that is no finite number, a line with too few or too many fields, an unknown column.
TimeSeries read_time_series(const std::string& path, const std::string& columns = "");

/// The facts that come with the lessons, by file name without ending: "sunspots_monthly".
std::string fact_file(const std::string& name);

/// What --data means for series: a file, the name of a fact, or what `find_data` finds.
std::string find_series(const std::string& data);

}  // namespace unroll::lessons
