#include "lessons/support/time_series.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "engine/error.h"
#include "lessons/support/calendar.h"
#include "lessons/support/csv.h"
#include "lessons/support/data_folder.h"
#include "lessons/support/hash.h"
#include "lessons/support/text.h"
#include "lessons/support/words.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

fs::path csv_file(const fs::path& path) {
  if (!fs::is_directory(path)) return path;
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(path))
    if (entry.path().extension() == ".csv") found.push_back(entry.path());
  if (found.size() == 1) return found[0];
  throw input_error(path.string(), " is a folder with ", found.size(),
                    " .csv files; name one file");
}

bool is_number(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  return !text.empty() && std::from_chars(text.data(), end, number).ptr == end;
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

// Which fields of each line are wanted.
struct Fields {
  std::size_t date = 0;
  std::vector<std::size_t> values;
};

Fields choose_fields(const std::vector<std::string>& names, const std::string& columns,
                     const std::string& file) {
  Fields fields;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (lower_case(names[i]) == "date") fields.date = i;
  const std::vector<CsvRecord> wishes = parse_csv(columns, "--columns");
  if (wishes.empty()) {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (i != fields.date) fields.values.push_back(i);
    return fields;
  }
  for (const std::string& wanted : wishes[0].fields) {
    const auto found = std::find(names.begin(), names.end(), wanted);
    const auto field = static_cast<std::size_t>(found - names.begin());
    if (found == names.end() || field == fields.date)
      throw input_error("--columns: ", file, " has no values called \"", wanted, "\"; it has ",
                        joined(names));
    fields.values.push_back(field);
  }
  return fields;
}

double parse_value(const std::string& text, const std::string& column, const std::string& where) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc() || stop != end || !std::isfinite(value))
    throw input_error(where, ": expected a number in column \"", column, "\", found \"", text,
                      "\"; columns that are no numbers have to be left out");
  return value;
}

}  // namespace

TimeSeries read_time_series(const std::string& path, const std::string& columns) {
  const fs::path file = csv_file(path);
  const std::string text = read_corpus(file).text;
  const std::vector<CsvRecord> records = parse_csv(text, file.string());
  if (records.empty()) throw input_error(file.string(), ": expected a line of names, found none");
  const std::vector<std::string>& names = records[0].fields;
  if (names.size() < 2 || std::any_of(names.begin(), names.end(), is_number))
    throw input_error(file.string(), ":", records[0].line,
                      ": expected the names of a date column and of columns of values, such as "
                      "date,value; found ",
                      joined(names));
  const Fields fields = choose_fields(names, columns, file.string());

  TimeSeries series{.name = file.stem().string(), .sha256 = sha256(text)};
  for (const std::size_t field : fields.values) series.columns.push_back(names[field]);
  std::vector<Date> dates;
  for (auto record = records.begin() + 1; record != records.end(); ++record) {
    const std::string where = concat_message(file.string(), ":", record->line);
    if (record->fields.size() != names.size())
      throw input_error(where, ": expected ", names.size(),
                        " fields, as the first line has, found ", record->fields.size());
    const std::string& written = record->fields[fields.date];
    const std::optional<Date> date = parse_date(written);
    if (!date)
      throw input_error(where,
                        ": expected a date such as 2024-01-31 or 2024-01, or a number, found \"",
                        written, "\"");
    const std::string problem = date_problem(dates, *date);
    if (!problem.empty())
      throw input_error(where, ": the date ", written, " ", problem, " (", series.dates.back(),
                        "); expected dates from the oldest to the newest");
    dates.push_back(*date);
    series.dates.push_back(written);
    series.lines.push_back(record->line);
    for (std::size_t i = 0; i < fields.values.size(); ++i)
      series.values.push_back(
          parse_value(record->fields[fields.values[i]], series.columns[i], where));
  }
  if (dates.empty()) throw input_error(file.string(), ": expected lines of values, found none");
  series.season = usual_season(dates);
  series.axis = time_axis(dates, series.dates[0], names[fields.date]);
  return series;
}

std::string fact_file(const std::string& name) {
  return (fs::path(UNROLL_CHECKOUT) / "lessons" / "data" / (name + ".csv")).string();
}

std::string find_series(const std::string& data) {
  const bool is_name = data.find('/') == std::string::npos;
  if (is_name && !fs::exists(data) && fs::exists(fact_file(data))) return fact_file(data);
  return find_data(data).string();
}

}  // namespace unroll::lessons
