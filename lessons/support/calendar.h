// Dates at the front of a table's lines: whether they go on evenly, and what season they suggest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// What stands in a date column, as a number that grows with time.
struct Date {
  enum class Kind { kNumber, kMonth, kDay, kTime };

  Kind kind = Kind::kNumber;
  double number = 0;        // the number itself; months, days or seconds since 1970
  std::int64_t months = 0;  // since 1970; not of numbers
};

/// Reads 2024-01, 2024-01-31, 2024-01-31 12:00, 2024-01-31T12:00:00Z, or a number such as a year or
/// a count. Nothing for anything else, and for a day that no calendar has.
std::optional<Date> parse_date(std::string_view text);

/// What is wrong with `next` as the date that follows `dates`: another form, not later, or, for
/// months and numbers, at another distance than the first two. Empty when nothing is. (Days may
/// leave out week-ends.)
std::string date_problem(const std::vector<Date>& dates, const Date& next);

/// Where the dates stand on an axis, and what that is called: as "year" with a fraction, times as
/// "days since" the first date, numbers as they are under the name of their column.
struct TimeAxis {
  std::string label;
  std::vector<double> positions;  // one a date
};
TimeAxis time_axis(const std::vector<Date>& dates, const std::string& first,
                   const std::string& column);

/// After how many steps a year, a week or a day has passed: 12 for months, 4 for quarters, 7 for
/// days without a gap, 24 for hours, else 1.
std::int64_t usual_season(const std::vector<Date>& dates);

}  // namespace unroll::lessons
