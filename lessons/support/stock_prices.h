// Daily prices of stocks and indices: read from files, or made up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/calendar.h"

namespace unroll::lessons {

/// What a stock or an index did, a number a day in each list.
struct StockPrices {
  std::string symbol;
  bool is_generated = false;
  std::vector<std::string> dates = {};  // as written
  TimeAxis axis = {};                   // where the dates stand in pictures
  std::vector<double> close = {};       // adjusted for splits and dividends where the file says how
  std::vector<double> open = {}, high = {}, low = {};  // adjusted too; empty where not known
  std::vector<double> volume = {};                     // pieces traded; empty where not known
  std::string sha256 = {};                             // of the file

  std::int64_t days() const { return static_cast<std::int64_t>(close.size()); }
  bool has_range() const { return !high.empty(); }
  void keep_closes_only() { open = high = low = volume = {}; }
};

/// Reads `Date,Open,High,Low,Close[,Adj Close],Volume` (names in any case and order; all but date
/// and close may be missing): a file is one symbol, called as the file is; a folder has one in each
/// .csv file. In a table without a column "close" every column is the closes of a symbol. With
/// adjusted closes all prices of a day are multiplied by adjusted close / close. Throws an input
/// error with file and line: as `read_time_series`, and for a price that is not positive, a high
/// below the low, or a price of the day outside of both by more than rounding.
std::vector<StockPrices> read_stock_prices(const std::string& path);

/// How a day's close goes on from the last one's in generated prices.
struct WalkOptions {
  std::int64_t days = 1000;
  double drift = 0.0003;    // μ, mean log return of a day
  double deviation = 0.01;  // σ, of a day's log return
  double signal = 0;        // φ: how much of yesterday's return comes back today
};

/// Made-up prices: r_t = μ + φ·(r_{t−1} − μ) + √(1 − φ²)·σ·ε_t with ε normal. With φ = 0 this is a
/// random walk, in which the past says nothing about the next return. High, low and open come from
/// a random path between yesterday's close and today's, which knows nothing of tomorrow; so does
/// the volume, which grows with the size of the move.
StockPrices generate_prices(const std::string& symbol, const WalkOptions& options,
                            std::uint64_t seed);

}  // namespace unroll::lessons
