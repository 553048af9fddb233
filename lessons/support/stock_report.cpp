#include "lessons/support/stock_report.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "engine/files.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/stock_features.h"
#include "lessons/support/stock_pictures.h"
#include "lessons/support/stock_scores.h"
#include "lessons/support/stock_verdict.h"
#include "lessons/support/table.h"

namespace unroll::lessons {

namespace {

template <class Scores, class Pick>
std::string cell(const std::vector<Scores>& seeds, int decimals, Pick pick) {
  return seeds.empty() ? "" : mean_and_deviation(collect(seeds, pick), decimals);
}

// Baselines, then the network.
template <class Visit>
void each_forecaster(const StockScores& scores, Visit visit) {
  for (const ForecasterScores& baseline : scores.baselines) visit(baseline);
  visit(scores.network);
}

void print_prices(const std::vector<StockScores>& all, std::int64_t horizon) {
  const std::string ahead = concat_message(horizon, " days: ");
  for (const StockScores& scores : all) {
    Table table({scores.title, "1 day: RMSE", "MAE", "MAPE %", ahead + "RMSE", "MAE", "MAPE %",
                 "direction %"});
    each_forecaster(scores, [&](const ForecasterScores& row) {
      if (row.next_day.empty() && row.direction.empty()) return;
      const auto rmse = [](const PriceScores& s) { return s.rmse; };
      const auto mae = [](const PriceScores& s) { return s.mae; };
      const auto mape = [](const PriceScores& s) { return s.mape; };
      table.add_row({row.name, cell(row.next_day, 2, rmse), cell(row.next_day, 2, mae),
                     cell(row.next_day, 3, mape), cell(row.ahead, 2, rmse), cell(row.ahead, 2, mae),
                     cell(row.ahead, 3, mape),
                     cell(row.direction, 1, [](const auto& s) { return s.accuracy; })});
    });
    std::cout << '\n' << table;
  }
}

void print_spread(const std::vector<StockScores>& all) {
  Table table({"how sure", "50 %", "80 %", "90 %", "95 %", "below 5 %", "loss"});
  for (const StockScores& scores : all)
    each_forecaster(scores, [&](const ForecasterScores& row) {
      if (row.spread.empty()) return;
      const auto held = [&](std::size_t interval) {
        return cell(row.spread, 1, [=](const auto& s) { return s.coverage[interval]; });
      };
      table.add_row({scores.title + ", " + row.name, held(3), held(2), held(1), held(0),
                     cell(row.spread, 1, [](const auto& s) { return s.below[1]; }),
                     cell(row.spread, 4, [](const auto& s) { return s.pinball; })});
    });
  std::cout
      << "\nNext day: how much each interval really held, in %, and how often a day was worse "
         "than the\nvalue at risk (5 % wanted). The loss is that of the quantiles, lower is "
         "better; the drift's\ninterval are all past returns, EWMA widens it in wild times."
         "\n\n"
      << table;
}

void print_trading(const std::vector<StockScores>& all, const TradingRules& rules) {
  Table table(
      {"trading", "profit %", "Sharpe", "drawdown %", "VaR 95 % (%)", "turned over", "paid %"});
  for (const StockScores& scores : all)
    each_forecaster(scores, [&](const ForecasterScores& row) {
      if (row.trading.empty()) return;
      const auto percent = [&](double Backtest::*value, int decimals) {
        return cell(row.trading, decimals, [=](const Backtest& test) { return 100 * test.*value; });
      };
      table.add_row({scores.title + ", " + row.name, percent(&Backtest::profit, 1),
                     cell(row.trading, 2, [](const Backtest& test) { return test.sharpe; }),
                     percent(&Backtest::drawdown, 1), percent(&Backtest::value_at_risk, 2),
                     cell(row.trading, 1, [](const Backtest& test) { return test.traded; }),
                     percent(&Backtest::paid, 1)});
    });
  std::cout << "\nTrading every test day: bought or sold short where the forecast of one day pays "
               "for the trade,\nwhich costs "
            << format_fixed(100 * rules.price_of_trade(), 2)
            << " % of its amount with slippage.\n\n"
            << table;
}

// What the first seed's networks said about each test day.
void write_forecasts(const StockReport& report, const std::vector<StockScores>& all) {
  write_atomically(report.out.file("forecasts.csv"), [&](std::ostream& lines) {
    lines << "symbol,date,close,expected,low,high,position\n";
    for (std::size_t i = 0; i < all.size(); ++i) {
      const StockPrices& prices = report.results[i].prices;
      const ReturnForecasts& said = report.results[i].runs[0].next_day;
      const std::vector<double>& held = all[i].network.trading[0].position;
      for (std::size_t k = 0; k < said.origins.size(); ++k) {
        const auto day = static_cast<std::size_t>(said.origins[k]);
        const double close = prices.close[day];
        lines << prices.symbol << ',' << prices.dates[day] << ',' << format_fixed(close, 6);
        for (const double change :
             {said.expected[k], said.quantiles[k][1], said.quantiles[k][kLevels.size() - 2]})
          lines << ',' << format_fixed(close * std::exp(change), 6);
        lines << ',' << held[k] << '\n';
      }
    }
  });
}

Json data_json(const StockResult& stock) {
  const StockPrices& prices = stock.prices;
  Json json = {{"days", prices.days()},
               {"generated", prices.is_generated},
               {"has_high_and_low", prices.has_range()},
               {"features", stock_features(prices).names},
               {"first_date", prices.dates.front()},
               {"test_from", first_test_date(stock)},
               {"last_date", prices.dates.back()}};
  if (!prices.sha256.empty()) json["sha256"] = prices.sha256;
  return json;
}

std::string caption(const StockReport& report) {
  const StockOptions& options = report.options;
  return concat_message(report.network, " of ", options.hidden, " units, ", options.head, " head, ",
                        options.steps, " steps, ", options.folds, " folds, ", options.seeds,
                        options.seeds == 1 ? " seed" : " seeds",
                        options.full ? "" : " (--full: 10 folds, 10 seeds, longer)",
                        "; random walk and control are generated");
}

}  // namespace

void report_stocks(StockReport report) {
  std::vector<StockScores> all;
  for (const StockResult& stock : report.results)
    all.push_back(score_stock(stock, report.options, report.network));
  judge_together(all);
  std::cout << "\nErrors of the price in its own unit, on days that no network has learned from. "
               "AR(1) is shown for\ncomparison: it is what the control was made with.\n";
  print_prices(all, report.options.horizon);
  print_spread(all);
  print_trading(all, report.options.rules);
  std::cout << verdict_text(report, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string& symbol = all[i].title;
    report.record.data[symbol] = data_json(report.results[i]);
    report.record.scores[symbol] = scores_json(all[i], report.results[i].runs);
    report.record.baselines[symbol] = baselines_json(all[i]);
  }
  write_forecasts(report, all);
  draw_stock_pictures(report, all, caption(report));
  report.out.write_metrics(report.record);
  std::cout << "\nPictures (forecasts, equity, calibration, claims, training, indicators), "
               "forecasts.csv and metrics.json are in "
            << report.out.path().string() << "\n";
}

}  // namespace unroll::lessons
