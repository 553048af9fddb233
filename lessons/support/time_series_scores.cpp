#include "lessons/support/time_series_scores.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/forecast_comparison.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/series_windows.h"

namespace unroll::lessons {

namespace {

std::vector<double> rmse_by_horizon(const ForecastScores& scores) {
  return collect(scores.by_horizon, [](const ErrorScores& errors) { return errors.rmse; });
}

// The losses of each origin, averaged over the seeds.
std::vector<double> mean_losses(const std::vector<ForecastScores>& seeds,
                                std::vector<double> ForecastScores::*losses) {
  std::vector<double> sum((seeds[0].*losses).size(), 0.0);
  for (const ForecastScores& scores : seeds)
    for (std::size_t i = 0; i < sum.size(); ++i)
      sum[i] += (scores.*losses)[i] / static_cast<double>(seeds.size());
  return sum;
}

Verdict judge(const std::vector<BaselineScores>& baselines,
              const std::vector<ForecastScores>& seeds, bool one_step) {
  const auto losses = one_step ? &ForecastScores::one_step_loss : &ForecastScores::loss;
  const auto rmse = [one_step](const ForecastScores& scores) {
    return one_step ? scores.by_horizon[0].rmse : scores.all.rmse;
  };
  const auto best = std::min_element(
      baselines.begin(), baselines.end(),
      [&](const auto& a, const auto& b) { return rmse(a.scores) < rmse(b.scores); });
  Verdict verdict{best->name, rmse(best->scores), collect(seeds, rmse)};
  const std::vector<double> network = mean_losses(seeds, losses);
  // Neighbouring origins share targets; even one step ahead, calm and wild times cluster.
  const auto lags = std::max<std::int64_t>(
      one_step ? 0 : static_cast<std::int64_t>(seeds[0].by_horizon.size()) - 1,
      static_cast<std::int64_t>(std::cbrt(static_cast<double>(network.size()))));
  verdict.statistic = diebold_mariano(network, best->scores.*losses, lags);
  const double distance = mean(verdict.rmse) - verdict.baseline_rmse;
  const double spread = seeds.size() > 1 ? standard_deviation(verdict.rmse) : 0.0;
  if (std::abs(verdict.statistic) > 2 && std::abs(distance) > spread &&
      (distance < 0) == (verdict.statistic < 0))
    verdict.outcome = distance < 0 ? -1 : 1;
  return verdict;
}

// The interval from the errors on the validation part, and how often it was right on the test part.
void add_interval(const SeriesResult& result, std::int64_t column, ColumnScores& scores) {
  const ForecastPlan& plan = result.plan;
  const SeriesTransform levels(plan.series, plan.past(), {plan.transform.log, 0});
  const auto errors = [&](const Forecasts& forecasts, std::int64_t h, IndexRange part) {
    std::vector<double> found;
    for (std::int64_t i = 0; i < forecasts.count(); ++i) {
      const std::int64_t target = forecasts.origins[static_cast<std::size_t>(i)] + h;
      if (target >= part.end) continue;
      found.push_back(levels.level_of(plan.series.at(target, column)) -
                      levels.level_of(forecasts.at(i, h, column)));
    }
    return found;
  };
  for (std::int64_t h = 1; h <= plan.horizon; ++h) {
    std::vector<double> before;
    RunningMean held;
    for (const ForecastRun& run : result.runs) {
      const std::vector<double> of_seed = errors(run.validation, h, plan.split.validation);
      before.insert(before.end(), of_seed.begin(), of_seed.end());
    }
    scores.half_width.push_back(interval_half_width(before, kCoverage));
    for (const ForecastRun& run : result.runs)
      for (const double error : errors(run.direct, h, plan.split.test))
        held.add(std::abs(error) <= scores.half_width.back() ? 100.0 : 0.0);
    scores.coverage.push_back(held.value());
  }
}

Json by_horizon_json(const ForecastScores& scores) {
  const auto all = [&](double ErrorScores::*score) {
    return collect(scores.by_horizon, [score](const ErrorScores& errors) { return errors.*score; });
  };
  return {{"mse", scores.all.mse},
          {"mae", scores.all.mae},
          {"rmse", scores.all.rmse},
          {"mase", scores.all.mase},
          {"by_horizon",
           {{"mse", all(&ErrorScores::mse)},
            {"mae", all(&ErrorScores::mae)},
            {"rmse", all(&ErrorScores::rmse)},
            {"mase", all(&ErrorScores::mase)}}}};
}

Json verdict_json(const Verdict& verdict) {
  const std::vector<std::string> outcomes{"beats the baseline", "no difference",
                                          "worse than the baseline"};
  Json json = {{"best_baseline", verdict.baseline},
               {"baseline_rmse", verdict.baseline_rmse},
               {"rmse_mean", mean(verdict.rmse)},
               {"diebold_mariano", verdict.statistic},
               {"outcome", outcomes[static_cast<std::size_t>(verdict.outcome + 1)]},
               {"preliminary", verdict.rmse.size() < 3}};
  if (verdict.rmse.size() > 1) json["rmse_deviation"] = standard_deviation(verdict.rmse);
  return json;
}

Json course_json(const ForecastCourse& course) {
  return {{"steps", course.steps},
          {"training_loss", course.training},
          {"validation_loss", course.validation},
          {"best_step", course.best_step}};
}

}  // namespace

std::int64_t far_horizon(const ForecastPlan& plan) {
  return std::min<std::int64_t>(plan.split.test.size() / 2, 120);
}

std::vector<std::int64_t> far_origins(const ForecastPlan& plan) {
  std::vector<std::int64_t> origins = rolling_origins(plan.split.test), chosen;
  origins.resize(origins.size() - static_cast<std::size_t>(far_horizon(plan) - 1));
  const std::size_t stride = (origins.size() + 63) / 64;
  for (std::size_t i = 0; i < origins.size(); i += stride) chosen.push_back(origins[i]);
  return chosen;
}

ColumnScores score_column(const SeriesResult& result, std::int64_t column) {
  const ForecastPlan& plan = result.plan;
  const TimeSeries& series = plan.series;
  const std::vector<std::int64_t> origins = rolling_origins(plan.split.test);
  const std::vector<std::int64_t> from = far_origins(plan);
  const std::int64_t far = far_horizon(plan);
  const double scale = naive_scale(series, column, plan.past());
  const auto score = [&](const Forecasts& forecasts) {
    return score_forecasts(series, forecasts, column, plan.split.test, scale);
  };

  ColumnScores scores;
  scores.title = series.name;
  std::replace(scores.title.begin(), scores.title.end(), '_', ' ');
  if (series.width() > 1) scores.title += ", " + series.column(column);
  const auto add = [&](const std::string& name, Forecasts near, const Forecasts& distant) {
    scores.baselines.push_back({name, near, score(near), rmse_by_horizon(score(distant))});
  };
  add("naive", naive_forecasts(series, origins, plan.horizon), naive_forecasts(series, from, far));
  if (plan.season > 1)
    add("seasonal naive", seasonal_naive_forecasts(series, origins, plan.horizon, plan.season),
        seasonal_naive_forecasts(series, from, far, plan.season));
  if (plan.transform.season > 0) {
    // What the network says as long as it says 0.
    const SeriesTransform transform(series, plan.past(), plan.transform);
    const auto still = [&](const std::vector<std::int64_t>& at, std::int64_t horizon) {
      const auto size = at.size() * static_cast<std::size_t>(horizon * series.width());
      return to_values(transform, at, horizon, std::vector<float>(size));
    };
    add("season + change", still(origins, plan.horizon), still(from, far));
  }
  add(concat_message("AR(", plan.ar_orders[static_cast<std::size_t>(column)], ")"),
      ar_forecasts(plan, plan.past(), origins, plan.horizon),
      ar_forecasts(plan, plan.past(), from, far));
  scores.far_mean_rmse = rmse_by_horizon(score(mean_forecasts(series, from, far, plan.past())));

  for (const ForecastRun& run : result.runs) {
    scores.direct.push_back(score(run.direct));
    scores.recursive.push_back(score(run.recursive));
    scores.far_rmse.push_back(rmse_by_horizon(score(run.far)));
  }
  add_interval(result, column, scores);
  scores.one_step = judge(scores.baselines, scores.recursive, true);
  scores.all = judge(scores.baselines, scores.direct, false);
  return scores;
}

int decimals_for(double value) {
  if (!(value > 0) || !std::isfinite(value)) return 2;
  return std::clamp(2 - static_cast<int>(std::floor(std::log10(value))), 0, 6);
}

std::string Verdict::text(const std::string& network) const {
  const int decimals = decimals_for(baseline_rmse);
  const std::string said = outcome < 0    ? "beats the best baseline"
                           : outcome == 0 ? "did not beat the baseline, no difference"
                                          : "did not beat the baseline, it is worse";
  return network + " " + mean_and_deviation(rmse, decimals) + ", " + baseline + " " +
         format_fixed(baseline_rmse, decimals) + ": " + said + " (" + format_fixed(statistic, 1) +
         ")";
}

Json scores_json(const ColumnScores& scores, const std::vector<ForecastRun>& runs) {
  Json json = {{"one_step_verdict", verdict_json(scores.one_step)},
               {"all_horizons_verdict", verdict_json(scores.all)},
               {"interval",
                {{"wanted_coverage", kCoverage},
                 {"half_width", scores.half_width},
                 {"measured_coverage_percent", scores.coverage}}},
               {"seeds", Json::array()}};
  for (std::size_t i = 0; i < runs.size(); ++i)
    json["seeds"].push_back({{"direct", by_horizon_json(scores.direct[i])},
                             {"recursive", by_horizon_json(scores.recursive[i])},
                             {"far_recursive_rmse", scores.far_rmse[i]},
                             {"direct_training", course_json(runs[i].direct_course)},
                             {"one_step_training", course_json(runs[i].one_step_course)}});
  return json;
}

Json baselines_json(const ColumnScores& scores) {
  Json json = Json::object();
  for (const BaselineScores& baseline : scores.baselines) {
    json[baseline.name] = by_horizon_json(baseline.scores);
    json[baseline.name]["far_rmse"] = baseline.far_rmse;
  }
  json["mean of the past"] = {{"far_rmse", scores.far_mean_rmse}};
  return json;
}

}  // namespace unroll::lessons
