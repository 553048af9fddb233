#include "lessons/support/time_series_report.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/table.h"
#include "lessons/support/time_series_pictures.h"
#include "lessons/support/time_series_scores.h"

namespace unroll::lessons {

namespace {

constexpr std::size_t kMostRows = 8;  // of a picture

void print_scores(const TimeSeriesReport& report, const ForecastPlan& plan,
                  const ColumnScores& scores) {
  const std::string last = concat_message(plan.horizon, " steps");
  Table table({scores.title, "1 step", last, "MSE", "MAE", "RMSE", "MASE"});
  const int decimals = decimals_for(scores.all.baseline_rmse);
  const auto row = [&](const std::string& name, const std::vector<ForecastScores>& seeds) {
    const auto cell = [&](auto pick, int places) {
      return mean_and_deviation(collect(seeds, pick), places);
    };
    table.add_row(
        {name, cell([](const auto& s) { return s.by_horizon.front().rmse; }, decimals),
         cell([](const auto& s) { return s.by_horizon.back().rmse; }, decimals),
         format_fixed(mean(collect(seeds, [](const auto& s) { return s.all.mse; })), decimals),
         format_fixed(mean(collect(seeds, [](const auto& s) { return s.all.mae; })), decimals),
         cell([](const auto& s) { return s.all.rmse; }, decimals),
         format_fixed(mean(collect(seeds, [](const auto& s) { return s.all.mase; })), 2)});
  };
  for (const BaselineScores& baseline : scores.baselines) row(baseline.name, {baseline.scores});
  row(report.network + ", direct", scores.direct);
  row(report.network + ", recursive", scores.recursive);
  std::cout << '\n' << table;
  const std::string mark = report.results[0].runs.size() < 3 ? ", preliminary: few seeds" : "";
  std::cout << "1 step: " << scores.one_step.text(report.network) << mark << "\n1 to " << last
            << ": " << scores.all.text(report.network + " direct") << mark << "\nThe interval of "
            << format_fixed(100 * kCoverage, 0) << " % held "
            << format_fixed(mean(scores.coverage), 0) << " % of the test values.\n";
}

// From where on the recursive network is worse than the best of the simplest rules.
void print_collapse(const TimeSeriesReport& report, const ColumnScores& scores) {
  const std::size_t far = scores.far_mean_rmse.size();
  const auto is_worse = [&](std::size_t h) {
    double simplest = scores.far_mean_rmse[h];
    for (const BaselineScores& baseline : scores.baselines)
      if (baseline.name == "naive" || baseline.name == "seasonal naive")
        simplest = std::min(simplest, baseline.far_rmse[h]);
    return mean(collect(scores.far_rmse, [h](const auto& curve) { return curve[h]; })) > simplest;
  };
  std::size_t good = far;  // steps after which it stays worse
  while (good > 0 && is_worse(good - 1)) --good;
  std::cout << "Fed with its own forecasts, the " << report.network << " is ";
  if (good == far)
    std::cout << "ahead of the simplest rules even after " << far << " steps.\n";
  else
    std::cout << "behind the simplest rules from step " << good + 1 << " on (of " << far << ").\n";
}

std::string caption(const TimeSeriesReport& report) {
  const std::size_t seeds = report.results[0].runs.size();
  const Json& settings = report.record.settings;
  return concat_message(report.network, " of ", settings.at("hidden").get<int>(), " units, ",
                        settings.at("steps").get<int>(), " steps, ", seeds,
                        seeds == 1 ? " seed" : " seeds",
                        settings.at("full").get<bool>() ? "" : " (--full: longer, 10 seeds)");
}

Json data_json(const ForecastPlan& plan) {
  const TimeSeries& series = plan.series;
  return {{"columns", series.columns},
          {"steps", series.steps()},
          {"sha256", series.sha256},
          {"first_date", series.dates.front()},
          {"validation_from", series.date(plan.split.validation.begin)},
          {"test_from", series.date(plan.split.test.begin)},
          {"last_date", series.dates.back()},
          {"season", plan.season},
          {"logarithm", plan.transform.log},
          {"seasonal_difference", plan.transform.season},
          {"ar_orders", plan.ar_orders},
          {"ar_logarithm", plan.ar_transform.log},
          {"ar_seasonal_difference", plan.ar_transform.season}};
}

}  // namespace

void report_time_series(TimeSeriesReport report) {
  std::vector<std::vector<ColumnScores>> all;  // of each series, of each column
  for (const SeriesResult& result : report.results) {
    all.emplace_back();
    for (std::int64_t column = 0; column < result.plan.series.width(); ++column)
      all.back().push_back(score_column(result, column));
  }
  TimeSeriesPictures pictures{report.out, {}, report.network, caption(report)};
  std::cout << "\nErrors on the test part: RMSE 1 and " << report.results[0].plan.horizon
            << " steps ahead, then all four over all horizons.\n"
               "Verdicts are against the best baseline; in brackets the statistic of Diebold and "
               "Mariano,\nwhich chance alone seldom drives beyond ±2. The simplest rules are the "
               "last value, the last\nseason and the mean of the past.\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const SeriesResult& result = report.results[i];
    const std::string& name = result.plan.series.name;
    report.record.data[name] = data_json(result.plan);
    for (std::size_t k = 0; k < all[i].size(); ++k) {
      const ColumnScores& scores = all[i][k];
      print_scores(report, result.plan, scores);
      print_collapse(report, scores);
      const std::string& column = result.plan.series.columns[k];
      report.record.scores[name][column] = scores_json(scores, result.runs);
      report.record.baselines[name][column] = baselines_json(scores);
      if (pictures.rows.size() < kMostRows)
        pictures.rows.push_back({result, static_cast<std::int64_t>(k), scores});
    }
  }
  pictures.draw_forecasts();
  pictures.draw_errors();
  pictures.draw_interval();
  pictures.draw_collapse();
  pictures.draw_training();
  report.out.write_metrics(report.record);
  std::cout
      << "\nPictures (forecasts, errors, interval, collapse, training) and metrics.json are in "
      << report.out.path().string() << "\n";
}

}  // namespace unroll::lessons
