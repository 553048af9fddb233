#include "lessons/support/calendar.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace unroll::lessons {

namespace {

// Takes a whole number of exactly `digits` digits from the front.
bool take_number(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits) return false;
  const char* end = text.data() + digits;
  if (std::find_if(text.data(), end, [](char c) { return c < '0' || c > '9'; }) != end)
    return false;
  std::from_chars(text.data(), end, number);
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// Seconds since midnight from "12:34", "12:34:56" or either with a Z.
bool take_time(std::string_view& text, int& seconds) {
  int hour = 0, minute = 0, second = 0;
  if (!take_number(text, 2, hour) || !take(text, ":") || !take_number(text, 2, minute))
    return false;
  if (take(text, ":") && !take_number(text, 2, second)) return false;
  take(text, "Z");
  seconds = 3600 * hour + 60 * minute + second;
  return hour < 24 && minute < 60 && second < 60;
}

std::optional<Date> parse_calendar_date(std::string_view text) {
  int year = 0, month = 0, day = 1, seconds = 0;
  if (!take_number(text, 4, year) || !take(text, "-") || !take_number(text, 2, month)) return {};
  const std::int64_t months = 12 * (year - 1970) + month - 1;
  if (month < 1 || month > 12) return {};
  if (text.empty()) return Date{Date::Kind::kMonth, static_cast<double>(months), months};
  if (!take(text, "-") || !take_number(text, 2, day)) return {};
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year) / month / day};
  if (!date.ok()) return {};
  const auto days = static_cast<double>(sys_days(date).time_since_epoch().count());
  if (text.empty()) return Date{Date::Kind::kDay, days, months};
  if (!take(text, "T ") || !take_time(text, seconds) || !text.empty()) return {};
  return Date{Date::Kind::kTime, days * 86400 + seconds, months};
}

// Whether every step between neighbours is `wanted` long, as `measure` sees it.
template <class Measure>
bool all_steps(const std::vector<Date>& dates, double wanted, Measure measure) {
  for (std::size_t i = 1; i < dates.size(); ++i)
    if (static_cast<double>(measure(dates[i]) - measure(dates[i - 1])) != wanted) return false;
  return dates.size() > 1;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  if (const std::optional<Date> date = parse_calendar_date(text)) return date;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc() || stop != end || !std::isfinite(number)) return {};
  return Date{Date::Kind::kNumber, number, 0};
}

std::string date_problem(const std::vector<Date>& dates, const Date& next) {
  if (dates.empty()) return "";
  const Date& last = dates.back();
  if (next.kind != last.kind) return "is written in another form than the one before";
  if (next.number <= last.number) return "is not later than the one before";
  const bool must_be_even = next.kind == Date::Kind::kMonth || next.kind == Date::Kind::kNumber;
  if (!must_be_even || dates.size() < 2) return "";
  const double step = next.number - last.number, first = dates[1].number - dates[0].number;
  if (std::abs(step - first) > 1e-6 * first)
    return "does not follow at the distance of the first two: something is missing or double";
  return "";
}

TimeAxis time_axis(const std::vector<Date>& dates, const std::string& first,
                   const std::string& column) {
  TimeAxis axis{column, {}};
  const Date::Kind kind = dates.empty() ? Date::Kind::kNumber : dates[0].kind;
  if (kind == Date::Kind::kMonth || kind == Date::Kind::kDay) axis.label = "year";
  if (kind == Date::Kind::kTime) axis.label = "days since " + first;
  for (const Date& date : dates) switch (kind) {
      case Date::Kind::kNumber:
        axis.positions.push_back(date.number);
        break;
      case Date::Kind::kMonth:
        axis.positions.push_back(1970 + date.number / 12);
        break;
      case Date::Kind::kDay:
        axis.positions.push_back(1970 + date.number / 365.2425);
        break;
      case Date::Kind::kTime:
        axis.positions.push_back((date.number - dates[0].number) / 86400);
        break;
    }
  return axis;
}

std::int64_t usual_season(const std::vector<Date>& dates) {
  if (dates.empty() || dates[0].kind == Date::Kind::kNumber) return 1;
  const auto months = [](const Date& date) { return date.months; };
  const auto number = [](const Date& date) { return date.number; };
  if (all_steps(dates, 1, months)) return 12;
  if (all_steps(dates, 3, months)) return 4;
  if (dates[0].kind == Date::Kind::kDay && all_steps(dates, 1, number)) return 7;
  if (dates[0].kind == Date::Kind::kTime && all_steps(dates, 3600, number)) return 24;
  return 1;
}

}  // namespace unroll::lessons
