#include "lessons/support/forecasts.h"

#include <cmath>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

// Fills in what `value(origin, h, column)` says.
template <class Value>
Forecasts make_forecasts(const TimeSeries& series, const std::vector<std::int64_t>& origins,
                         std::int64_t horizon, Value value) {
  Forecasts forecasts(origins, horizon, series.width());
  for (std::int64_t i = 0; i < forecasts.count(); ++i)
    for (std::int64_t h = 1; h <= horizon; ++h)
      for (std::int64_t column = 0; column < series.width(); ++column)
        forecasts.at(i, h, column) = value(origins[static_cast<std::size_t>(i)], h, column);
  return forecasts;
}

// Sums up errors and turns the sums into averages.
class ErrorSums {
 public:
  void add(double error) {
    ++count_;
    squares_ += error * error;
    absolutes_ += std::abs(error);
  }
  ErrorScores scores(double naive_scale) const {
    const auto n = static_cast<double>(count_);
    return {count_, squares_ / n, absolutes_ / n, std::sqrt(squares_ / n),
            absolutes_ / n / naive_scale};
  }

 private:
  std::int64_t count_ = 0;
  double squares_ = 0, absolutes_ = 0;
};

}  // namespace

Forecasts naive_forecasts(const TimeSeries& series, const std::vector<std::int64_t>& origins,
                          std::int64_t horizon) {
  return seasonal_naive_forecasts(series, origins, horizon, 1);
}

Forecasts seasonal_naive_forecasts(const TimeSeries& series,
                                   const std::vector<std::int64_t>& origins, std::int64_t horizon,
                                   std::int64_t season) {
  if (!origins.empty() && origins.front() + 1 < season)
    throw input_error(series.name, ": a season of ", season, " steps is longer than the ",
                      origins.front() + 1, " steps that are known at the first forecast");
  return make_forecasts(series, origins, horizon, [&](auto origin, auto h, auto column) {
    return series.at(origin + h - season * ((h - 1) / season + 1), column);
  });
}

Forecasts mean_forecasts(const TimeSeries& series, const std::vector<std::int64_t>& origins,
                         std::int64_t horizon, IndexRange past) {
  std::vector<double> means;
  for (std::int64_t column = 0; column < series.width(); ++column) {
    double sum = 0;
    for (std::int64_t t = past.begin; t < past.end; ++t) sum += series.at(t, column);
    means.push_back(sum / static_cast<double>(past.size()));
  }
  return make_forecasts(series, origins, horizon, [&](auto, auto, auto column) {
    return means[static_cast<std::size_t>(column)];
  });
}

double naive_scale(const TimeSeries& series, std::int64_t column, IndexRange past) {
  double sum = 0;
  for (std::int64_t t = past.begin + 1; t < past.end; ++t)
    sum += std::abs(series.at(t, column) - series.at(t - 1, column));
  return sum / static_cast<double>(past.size() - 1);
}

ForecastScores score_forecasts(const TimeSeries& series, const Forecasts& forecasts,
                               std::int64_t column, IndexRange part, double naive_scale) {
  std::vector<ErrorSums> by_horizon(static_cast<std::size_t>(forecasts.horizon));
  ErrorSums all;
  ForecastScores scores;
  for (std::int64_t i = 0; i < forecasts.count(); ++i) {
    ErrorSums of_origin;
    for (std::int64_t h = 1; h <= forecasts.horizon; ++h) {
      const std::int64_t target = forecasts.origins[static_cast<std::size_t>(i)] + h;
      if (target < part.begin || target >= part.end) continue;
      const double error = forecasts.at(i, h, column) - series.at(target, column);
      by_horizon[static_cast<std::size_t>(h - 1)].add(error);
      all.add(error);
      of_origin.add(error);
      if (h == 1) scores.one_step_loss.push_back(error * error);
    }
    scores.loss.push_back(of_origin.scores(naive_scale).mse);
  }
  for (const ErrorSums& sums : by_horizon) scores.by_horizon.push_back(sums.scores(naive_scale));
  scores.all = all.scores(naive_scale);
  return scores;
}

}  // namespace unroll::lessons
