// Tables of comma-separated values, as RFC 4180 describes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// The fields of one record, without their quotes, and the line on which it begins, from 1.
struct CsvRecord {
  std::int64_t line = 0;
  std::vector<std::string> fields;
};

/// Splits `text` into records. A field in double quotes may hold commas, line breaks and, doubled,
/// quotes; other fields lose the blanks around them. Empty lines are skipped. Throws an input error
/// that names `name` and the line for a quote that is never closed or that text follows.
std::vector<CsvRecord> parse_csv(std::string_view text, const std::string& name);

}  // namespace unroll::lessons
