#include "lessons/support/stock_prices.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

#include "engine/error.h"
#include "engine/random.h"
#include "engine/tensor.h"
#include "lessons/support/csv.h"
#include "lessons/support/text.h"
#include "lessons/support/time_series.h"
#include "lessons/support/words.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

constexpr double kFirstPrice = 100;
constexpr double kRounding = 1e-3;  // as a share of the price

// The names of a table's columns that are wanted, as it writes them, with commas.
std::string known_columns(const fs::path& file) {
  const std::vector<CsvRecord> records = parse_csv(read_corpus(file).text, file.string());
  std::string found;
  bool has_close = false;
  for (const std::string& name : records.empty() ? std::vector<std::string>{} : records[0].fields)
    for (const char* known : {"open", "high", "low", "close", "adj close", "volume"})
      if (lower_case(name) == known) {
        found += (found.empty() ? "" : ",") + name;
        has_close = has_close || std::string(known) == "close";
      }
  return has_close ? found : "";
}

std::vector<double> column_at(const TimeSeries& table, std::int64_t column) {
  std::vector<double> values;
  for (std::int64_t day = 0; day < table.steps(); ++day) values.push_back(table.at(day, column));
  return values;
}

// The column of that name (in lower case), empty when there is none.
std::vector<double> column_of(const TimeSeries& table, const std::string& name) {
  for (std::int64_t column = 0; column < table.width(); ++column)
    if (lower_case(table.column(column)) == name) return column_at(table, column);
  return {};
}

StockPrices with_dates(const TimeSeries& table, const std::string& symbol) {
  return {.symbol = symbol, .dates = table.dates, .axis = table.axis, .sha256 = table.sha256};
}

void check_positive(const TimeSeries& table, const std::string& file) {
  for (std::int64_t day = 0; day < table.steps(); ++day)
    for (std::int64_t column = 0; column < table.width(); ++column)
      if (table.at(day, column) <= 0 && lower_case(table.column(column)) != "volume")
        throw input_error(file, ":", table.lines[static_cast<std::size_t>(day)],
                          ": expected a positive price in column \"", table.column(column),
                          "\", found ", table.at(day, column));
}

void check_range(const StockPrices& prices, const TimeSeries& table, const std::string& file) {
  for (std::size_t day = 0; day < prices.close.size(); ++day) {
    const double slack = kRounding * prices.close[day];
    const auto [low, high] = std::minmax(prices.open[day], prices.close[day]);
    if (prices.low[day] > low + slack || prices.high[day] < high - slack)
      throw input_error(file, ":", table.lines[day],
                        ": expected open and close between low and high, found open ",
                        prices.open[day], ", high ", prices.high[day], ", low ", prices.low[day],
                        ", close ", prices.close[day]);
  }
}

void read_file(const fs::path& file, std::vector<StockPrices>& all) {
  const TimeSeries table = read_time_series(file.string(), known_columns(file));
  check_positive(table, file.string());
  const std::vector<double> close = column_of(table, "close");
  if (close.empty()) {
    for (std::int64_t column = 0; column < table.width(); ++column) {
      all.push_back(with_dates(table, table.column(column)));
      all.back().close = column_at(table, column);
    }
    return;
  }
  StockPrices prices = with_dates(table, table.name);
  prices.close = close;
  const std::vector<double> open = column_of(table, "open"), high = column_of(table, "high"),
                            low = column_of(table, "low");
  if (!open.empty() && !high.empty() && !low.empty()) {
    prices.open = open;
    prices.high = high;
    prices.low = low;
    check_range(prices, table, file.string());
  }
  prices.volume = column_of(table, "volume");
  const std::vector<double> adjusted = column_of(table, "adj close");
  if (!adjusted.empty())
    for (std::vector<double>* list : {&prices.open, &prices.high, &prices.low, &prices.close})
      for (std::size_t day = 0; day < list->size(); ++day)
        (*list)[day] *= adjusted[day] / close[day];
  all.push_back(std::move(prices));
}

}  // namespace

std::vector<StockPrices> read_stock_prices(const std::string& path) {
  std::vector<fs::path> files;
  if (fs::is_directory(path)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(path))
      if (lower_case(entry.path().extension().string()) == ".csv") files.push_back(entry.path());
    if (files.empty()) throw input_error(path, ": expected .csv files in the folder, found none");
    std::sort(files.begin(), files.end());
  } else {
    files.emplace_back(path);
  }
  std::vector<StockPrices> all;
  for (const fs::path& file : files) read_file(file, all);
  return all;
}

StockPrices generate_prices(const std::string& symbol, const WalkOptions& options,
                            std::uint64_t seed) {
  constexpr std::size_t kMoments = 24;  // of a day, between which the price moves
  Random random(seed, "prices of " + symbol);
  const auto normal = [&random](std::int64_t count) {
    return randn({count}, random, DType::f64).to_vector<double>();
  };
  const std::vector<double> surprise = normal(options.days), crowd = normal(options.days);
  const double fresh = std::sqrt(1 - options.signal * options.signal) * options.deviation;
  const double moment = options.deviation / std::sqrt(static_cast<double>(kMoments));

  StockPrices prices{.symbol = symbol, .is_generated = true, .axis = {"day", {}}};
  double level = std::log(kFirstPrice), last = options.drift;
  for (std::size_t day = 0; day < surprise.size(); ++day) {
    last = options.drift + options.signal * (last - options.drift) + fresh * surprise[day];
    // A random path whose end is bent to where the day has to end.
    std::vector<double> path = normal(static_cast<std::int64_t>(kMoments));
    for (std::size_t k = 0; k < kMoments; ++k)
      path[k] = moment * path[k] + (k > 0 ? path[k - 1] : 0.0);
    const double miss = last - path.back();
    for (std::size_t k = 0; k < kMoments; ++k)
      path[k] += miss * static_cast<double>(k + 1) / static_cast<double>(kMoments);
    const auto [low, high] = std::minmax_element(path.begin(), path.end());
    prices.open.push_back(std::exp(level + path.front()));
    prices.low.push_back(std::exp(level + *low));
    prices.high.push_back(std::exp(level + *high));
    level += last;
    prices.close.push_back(std::exp(level));
    const double size = std::abs(last) / options.deviation;
    prices.volume.push_back(std::round(1e6 * std::exp(0.3 * crowd[day] + 0.3 * size)));
    prices.dates.push_back(std::to_string(day + 1));
    prices.axis.positions.push_back(static_cast<double>(day + 1));
  }
  return prices;
}

}  // namespace unroll::lessons
