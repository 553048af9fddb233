#include "lessons/support/stock_series.h"

#include <algorithm>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/stock_features.h"
#include "lessons/support/time_series.h"

namespace unroll::lessons {

namespace {

constexpr std::int64_t kFewestDays = 10;  // that each part of a fold must have forecasts for

}  // namespace

std::vector<StockResult> choose_stocks(const StockOptions& options) {
  std::vector<StockResult> stocks;
  WalkOptions walk{.days = 0};
  bool have_range = false;
  const std::string data = options.data.empty() ? "eu_stock_markets" : options.data;
  for (StockPrices& prices : read_stock_prices(find_series(data))) {
    walk.days = std::max(walk.days, prices.days());
    have_range = have_range || prices.has_range();
    stocks.push_back({std::move(prices)});
  }
  stocks.push_back({generate_prices("random walk", walk, options.seed), StockRole::kWalk});
  walk.signal = options.signal;
  stocks.push_back({generate_prices("control", walk, options.seed),
                    options.signal != 0 ? StockRole::kControl : StockRole::kWalk});
  for (StockResult& stock : stocks) {
    if (stock.prices.is_generated && !have_range) stock.prices.keep_closes_only();
    const std::int64_t begin = stock_features(stock.prices).first_day + options.lookback - 1;
    stock.folds = walk_forward_folds({begin, stock.prices.days()}, options.folds,
                                     options.horizon + kFewestDays, stock.prices.symbol);
  }
  return stocks;
}

const std::string& first_test_date(const StockResult& stock) {
  return stock.prices.dates[static_cast<std::size_t>(stock.folds.front().test.begin)];
}

std::string describe(const std::vector<StockResult>& stocks) {
  std::string text;
  for (const StockResult& stock : stocks) {
    const StockPrices& prices = stock.prices;
    text += concat_message(
        prices.symbol, ": ", format_count(prices.days()), " days",
        prices.is_generated ? ", generated" : concat_message(" from ", prices.dates.front()),
        prices.has_range() ? ", with high and low" : ", closes", "; forecasts from ",
        first_test_date(stock), " to ", prices.dates.back(), "\n");
  }
  return text;
}

}  // namespace unroll::lessons
