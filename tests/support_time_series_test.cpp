// Series of measurements: tables, dates, what is read from a file, and where files are looked for.
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "lessons/support/calendar.h"
#include "lessons/support/csv.h"
#include "lessons/support/data_folder.h"
#include "lessons/support/time_series.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_input_error;
using unroll::testing::TemporaryFolder;
using Fields = std::vector<std::string>;

// ---- tables

TEST(Csv, FieldsAndLines) {
  const auto records = parse_csv("a, b ,c\r\n\n1,\"x, \"\"y\"\"\nz\",\n\"\"\nlast", "t");
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].fields, (Fields{"a", "b", "c"}));
  EXPECT_EQ(records[1].line, 3);
  EXPECT_EQ(records[1].fields, (Fields{"1", "x, \"y\"\nz", ""}));
  EXPECT_EQ(records[2].line, 5) << "an empty field in quotes is no empty line";
  EXPECT_EQ(records[3].fields, (Fields{"last"}));
  EXPECT_TRUE(parse_csv("\n \n", "t").empty());
}

TEST(Csv, BrokenQuotesNameTheirLine) {
  expect_input_error([] { parse_csv("a,b\n1,\"two", "t.csv"); }, "t.csv:2: a quote is opened");
  expect_input_error([] { parse_csv("a\n\"b\nc\" d\n", "t.csv"); }, "t.csv:3: expected a comma");
}

// ---- dates

TEST(Calendar, FormsOfDates) {
  const auto kind = [](const char* text) { return parse_date(text)->kind; };
  EXPECT_EQ(kind("1749-01"), Date::Kind::kMonth);
  EXPECT_EQ(kind("2024-02-29"), Date::Kind::kDay);
  EXPECT_EQ(kind("2024-02-29T23:59:59Z"), Date::Kind::kTime);
  EXPECT_EQ(kind("2024-02-29 23:59"), Date::Kind::kTime);
  EXPECT_EQ(kind("1860"), Date::Kind::kNumber);
  EXPECT_EQ(parse_date("1970-02-02")->number, 32);
  EXPECT_EQ(parse_date("1969-12")->number, -1);
  EXPECT_EQ(parse_date("1970-01-02 01:00:05")->number, 86400 + 3605);
  for (const char* text : {"", "2023-02-29", "2024-13", "2024-1-1", "1.2.2024", "2024-01-01T25:00",
                           "2024-01-01 12:00 h", "today", "nan", "inf", "3 "})
    EXPECT_FALSE(parse_date(text)) << text;
}

TEST(Calendar, SeasonsThatDatesSuggest) {
  const auto season = [](std::vector<std::string> texts) {
    std::vector<Date> dates;
    for (const std::string& text : texts) dates.push_back(*parse_date(text));
    return usual_season(dates);
  };
  EXPECT_EQ(season({"2023-11", "2023-12", "2024-01"}), 12);
  EXPECT_EQ(season({"2023-01-31", "2023-02-28", "2023-03-31"}), 12) << "ends of months";
  EXPECT_EQ(season({"2023-09", "2023-12", "2024-03"}), 4);
  EXPECT_EQ(season({"2024-02-28", "2024-02-29", "2024-03-01"}), 7);
  EXPECT_EQ(season({"2024-01-05", "2024-01-08", "2024-01-09"}), 1) << "a week-end is left out";
  EXPECT_EQ(season({"2024-01-01 22:00", "2024-01-01 23:00", "2024-01-02 00:00"}), 24);
  EXPECT_EQ(season({"1", "2", "3"}), 1);
}

// ---- files

TEST(TimeSeries, ReadsNamedColumns) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("t.csv", "Open,Date,\"Close, adjusted\"\n1,2024-01-05,2.5\n3,2024-01-08,-4e1\n")
          .string();
  const TimeSeries all = read_time_series(file);
  EXPECT_EQ(all.name, "t");
  EXPECT_EQ(all.columns, (Fields{"Open", "Close, adjusted"}));
  EXPECT_EQ(all.dates, (Fields{"2024-01-05", "2024-01-08"}));
  EXPECT_EQ(all.values, (std::vector<double>{1, 2.5, 3, -40}));
  EXPECT_EQ(all.axis.label, "year");
  const TimeSeries one = read_time_series(file, "\"Close, adjusted\"");
  EXPECT_EQ(one.values, (std::vector<double>{2.5, -40}));
  EXPECT_EQ(read_time_series(folder.path().string()).steps(), 2) << "the only .csv of a folder";
  expect_input_error([&] { read_time_series(file, "Low"); }, "no values called \"Low\"");
  expect_input_error([&] { read_time_series(file, "Date"); }, "no values called \"Date\"");
  folder.write("u.csv", "");
  expect_input_error([&] { read_time_series(folder.path().string()); }, "2 .csv files");
}

TEST(TimeSeries, BadFilesAreRefusedByLine) {
  const TemporaryFolder folder;
  const auto refuses = [&](const std::string& text, const std::string& part) {
    const std::string file = folder.write("bad.csv", text).string();
    expect_input_error([&] { read_time_series(file); }, part);
  };
  refuses("", "is empty");
  refuses("2024-01,5\n2024-02,6\n", "bad.csv:1: expected the names");
  refuses("date\n2024-01\n", "bad.csv:1: expected the names");
  refuses("date,x\n", "expected lines of values");
  refuses("date,x\n2024-01,5\n2024-02\n", "bad.csv:3: expected 2 fields");
  refuses("date,x\n2024-01,5\n2024-02,6,7\n", "bad.csv:3: expected 2 fields");
  refuses("date,x\n2024-01,5\n\n2024-02,six\n", "bad.csv:4: expected a number in column \"x\"");
  refuses("date,x\n2024-01,\n", "bad.csv:2: expected a number");
  refuses("date,x\n2024-01,nan\n", "bad.csv:2: expected a number");
  refuses("date,x\nJanuary,5\n", "bad.csv:2: expected a date such as");
  refuses("date,x\n2024-02,5\n2024-01,6\n", "bad.csv:3: the date 2024-01 is not later");
  refuses("date,x\n2024-01,5\n2024-01,6\n", "bad.csv:3: the date 2024-01 is not later");
  refuses("date,x\n2024-01,5\n2024-02-01,6\n", "bad.csv:3: the date 2024-02-01 is written");
  refuses("date,x\n2024-01,5\n2024-02,6\n2024-04,7\n",
          "bad.csv:4: the date 2024-04 does not follow");
  refuses("date,x\n1,5\n2,6\n2.5,7\n", "bad.csv:4: the date 2.5 does not follow");
}

TEST(TimeSeries, TheFactsAreAllThere) {
  const auto expect = [](const char* name, std::int64_t steps, double first, double last) {
    const TimeSeries series = read_time_series(find_series(name));
    EXPECT_EQ(series.steps(), steps) << name;
    EXPECT_EQ(series.at(0, 0), first) << name;
    EXPECT_EQ(series.at(steps - 1, series.width() - 1), last) << name;
  };
  expect("sunspots_monthly", 3177, 58, 37);
  expect("air_passengers", 144, 112, 432);
  expect("co2_mauna_loa", 468, 315.42, 364.34);
  expect("eu_stock_markets", 1860, 1628.75, 5455);
}

TEST(DataFolder, NamesAreLookedUpWherePathsAreNot) {
  const TemporaryFolder folder;
  folder.write("sets/poems/input.txt", "verse");
  setenv("UNROLL_DATA", (folder.path() / "sets").c_str(), 1);
  EXPECT_EQ(find_data("poems"), folder.path() / "sets" / "poems");
  const std::string file = folder.write("mine.txt", "text").string();
  EXPECT_EQ(find_data(file), file);
  const std::string message = expect_input_error([] { find_data("prose"); }, "no file or folder");
  EXPECT_NE(message.find((folder.path() / "sets").string()), std::string::npos) << message;
  expect_input_error([] { find_data("../sets/poems"); }, "no file or folder ../sets/poems;");
  unsetenv("UNROLL_DATA");
  EXPECT_EQ(data_folder().filename(), "data");
}

}  // namespace
}  // namespace unroll::lessons
