// Numbers and durations as a person likes to read them, and how wide text is on a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace unroll::lessons {

/// 1234567 as "1,234,567".
std::string format_count(std::int64_t count);

/// With a fixed number of decimals: "1.503", "nan".
std::string format_fixed(double value, int decimals);

/// Very large and very small ones: "1.5e-03".
std::string format_scientific(double value);

/// Seconds as "0:07", "12:34" or "1:02:03"; below zero or not finite "?".
std::string format_duration(double seconds);

/// Items in a second: whole and grouped from 10 on, one decimal below, two below 1.
std::string format_rate(double per_second);

/// Columns that UTF-8 text takes on a terminal: combining marks take none, CJK and emoji two.
std::int64_t display_width(std::string_view text);

/// As much of the front of `text` as fits into `columns`.
std::string_view fit_width(std::string_view text, std::int64_t columns);

}  // namespace unroll::lessons
