#include "lessons/support/stock_scores.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/forecast_comparison.h"
#include "lessons/support/indicators.h"
#include "lessons/support/metrics.h"
#include "lessons/support/significance.h"

namespace unroll::lessons {

namespace {

// What one way to forecast scored, and its losses in the order of time.
struct Entry {
  std::string name;
  double score;
  std::vector<double> loss;
};

using Entries = std::vector<Entry>;

std::vector<double> mean_loss(const Entries& seeds) {
  std::vector<double> sum(seeds[0].loss.size(), 0.0);
  for (const Entry& seed : seeds)
    for (std::size_t i = 0; i < sum.size(); ++i)
      sum[i] += seed.loss[i] / static_cast<double>(seeds.size());
  return sum;
}

Claim test_claim(const std::string& question, const std::string& unit, const Entries& network,
                 const Entries& baselines, std::int64_t horizon) {
  Claim claim{question, unit, collect(network, [](const Entry& seed) { return seed.score; })};
  const std::vector<double> loss = mean_loss(network);
  // Neighbouring origins share days; even one day ahead, calm and wild times cluster.
  const auto lags =
      std::max(horizon - 1, static_cast<std::int64_t>(std::cbrt(static_cast<double>(loss.size()))));
  claim.p = -1;
  for (const Entry& baseline : baselines) {
    const double statistic = diebold_mariano(loss, baseline.loss, lags);
    const double p = std::isnan(statistic) ? 1.0 : normal_probability(statistic);
    if (p <= claim.p) continue;
    claim.p = p;
    claim.statistic = statistic;
    claim.baseline = baseline.name;
    claim.baseline_score = baseline.score;
  }
  return claim;
}

// One score of every seed of a way to forecast.
template <class Scores, class Pick>
void add_entries(Entries& entries, const std::string& name, const std::vector<Scores>& seeds,
                 Pick pick) {
  for (const Scores& seed : seeds) entries.push_back({name, pick(seed), seed.loss});
}

// A claim about one list of scores, against all baselines that have it.
template <class Scores, class Pick>
Claim claim_about(const StockScores& scores, const std::string& question, const std::string& unit,
                  std::vector<Scores> ForecasterScores::*list, std::int64_t horizon, Pick pick) {
  Entries network, baselines;
  add_entries(network, scores.network.name, scores.network.*list, pick);
  for (const ForecasterScores& baseline : scores.baselines)
    if (baseline.name != kAr1) add_entries(baselines, baseline.name, baseline.*list, pick);
  return test_claim(question, unit, network, baselines, horizon);
}

double root_mean(const PriceScores& scores) { return std::sqrt(mean(scores.loss)); }

// Profit: what is lost is what was not gained. To be beaten: to have all the time, and never.
Claim claim_profit(const StockScores& scores, const Backtest& held) {
  Entries network, baselines;
  const auto entry = [](const std::string& name, const std::vector<double>& gain) {
    Entry made{name, 100 * kTradingDays * mean(gain), {}};
    for (const double share : gain) made.loss.push_back(-share);
    return made;
  };
  for (const Backtest& seed : scores.network.trading)
    network.push_back(entry(scores.network.name, seed.gain));
  baselines.push_back(entry(kBuyAndHold, held.gain));
  baselines.push_back(entry("cash", std::vector<double>(held.gain.size(), 0.0)));
  return test_claim("profit", "% a year", network, baselines, 1);
}

}  // namespace

StockScores score_stock(const StockResult& stock, const StockOptions& options,
                        const std::string& network) {
  const std::vector<double>& close = stock.prices.close;
  const std::vector<std::int64_t>& origins = stock.runs[0].next_day.origins;
  const std::int64_t horizon = options.horizon;
  std::vector<double> change;
  for (const std::int64_t t : origins)
    change.push_back(close[static_cast<std::size_t>(t) + 1] / close[static_cast<std::size_t>(t)] -
                     1);

  const auto add = [&](ForecasterScores& to, const ReturnForecasts& next_day,
                       const ReturnForecasts& ahead, bool trades) {
    to.next_day.push_back(score_prices(close, next_day));
    to.ahead.push_back(score_prices(close, ahead));
    if (to.name != kLastValue)
      to.direction.push_back(score_directions(close, origins, next_day.expected, 1));
    if (!next_day.quantiles.empty()) {
      to.spread.push_back(score_quantiles(close, next_day));
      to.spread_ahead.push_back(score_quantiles(close, ahead));
    }
    if (trades)
      to.trading.push_back(
          backtest(positions(next_day.expected, options.rules), change, options.rules));
  };
  StockScores scores{stock.prices.symbol, static_cast<std::int64_t>(origins.size()), {}, {}, {}};
  const auto baseline = [&](const std::string& name) -> ForecasterScores& {
    return scores.baselines.emplace_back(ForecasterScores{name});
  };
  add(baseline(kLastValue), last_value_forecasts(origins, 1),
      last_value_forecasts(origins, horizon), false);
  add(baseline(kDrift), drift_forecasts(close, origins, 1),
      drift_forecasts(close, origins, horizon), false);
  baseline(kMajority).direction.push_back(
      score_directions(close, origins, majority_directions(close, origins, 1), 1));
  ForecasterScores& recent = baseline(kRecentSpread);
  recent.spread.push_back(score_quantiles(close, calm_or_wild_forecasts(close, origins, 1)));
  recent.spread_ahead.push_back(
      score_quantiles(close, calm_or_wild_forecasts(close, origins, horizon)));
  baseline(kBuyAndHold)
      .trading.push_back(backtest(std::vector<double>(change.size(), 1.0), change, options.rules));
  const Backtest held = scores.baselines.back().trading[0];
  add(baseline(kAr1), ar1_forecasts(close, origins, 1), ar1_forecasts(close, origins, horizon),
      true);
  scores.network.name = network;
  for (const StockRun& run : stock.runs) add(scores.network, run.next_day, run.ahead, true);

  scores.claims = {
      claim_about(scores, "next day", "% RMSE", &ForecasterScores::next_day, 1, root_mean),
      claim_about(scores, concat_message(horizon, " days"), "% RMSE", &ForecasterScores::ahead,
                  horizon, root_mean),
      claim_about(scores, "direction", "% right", &ForecasterScores::direction, 1,
                  [](const DirectionScores& s) { return s.accuracy; }),
      claim_about(scores, "spread", "% pinball", &ForecasterScores::spread, 1,
                  [](const QuantileScores& s) { return s.pinball; }),
      claim_profit(scores, held)};
  return scores;
}

void judge_together(std::vector<StockScores>& all) {
  std::vector<double> p;
  for (const StockScores& scores : all)
    for (const Claim& claim : scores.claims) p.push_back(claim.p);
  const std::vector<double> adjusted = holm_adjusted(p);
  std::size_t next = 0;
  for (StockScores& scores : all)
    for (Claim& claim : scores.claims) claim.adjusted = adjusted[next++];
}

double smallest_visible_signal(std::int64_t days, std::size_t claims) {
  // With r_{t+1} = φ·r_t + e, the squared errors of both forecasts differ by φ²r² + 2φ·r·e: by φ²
  // on average with deviation 2φ, in units of the variance. So the statistic is about φ·√days/2.
  const double wanted =
      -normal_quantile(Claim::kSignificance / static_cast<double>(claims)) + normal_quantile(0.8);
  return std::min(1.0, 2 * wanted / std::sqrt(static_cast<double>(days)));
}

namespace {

Json price_json(const PriceScores& scores) {
  return {{"rmse", scores.rmse}, {"mae", scores.mae}, {"mape_percent", scores.mape}};
}

Json spread_json(const QuantileScores& scores) {
  return {{"interval_coverage_percent", scores.coverage},
          {"below_quantile_percent", scores.below},
          {"pinball_percent", scores.pinball}};
}

Json trading_json(const Backtest& test) {
  return {{"profit", test.profit},
          {"sharpe", test.sharpe},
          {"max_drawdown", test.drawdown},
          {"value_at_risk_95", test.value_at_risk},
          {"times_turned_over", test.traded},
          {"paid", test.paid}};
}

Json forecaster_json(const ForecasterScores& scores, std::size_t seed) {
  Json json = Json::object();
  if (!scores.next_day.empty()) {
    json["next_day"] = price_json(scores.next_day[seed]);
    json["ahead"] = price_json(scores.ahead[seed]);
  }
  if (!scores.direction.empty())
    json["direction_accuracy_percent"] = scores.direction[seed].accuracy;
  if (!scores.spread.empty()) {
    json["spread"] = spread_json(scores.spread[seed]);
    json["spread_ahead"] = spread_json(scores.spread_ahead[seed]);
  }
  if (!scores.trading.empty()) json["trading"] = trading_json(scores.trading[seed]);
  return json;
}

Json claim_json(const Claim& claim) {
  Json json = {{"question", claim.question},
               {"unit", claim.unit},
               {"mean", mean(claim.network)},
               {"hardest_baseline", claim.baseline},
               {"baseline", claim.baseline_score},
               {"diebold_mariano", claim.statistic},
               {"p", claim.p},
               {"p_adjusted", claim.adjusted},
               {"found", claim.found()},
               {"preliminary", claim.network.size() < 3}};
  if (claim.network.size() > 1) json["deviation"] = standard_deviation(claim.network);
  return json;
}

}  // namespace

Json scores_json(const StockScores& scores, const std::vector<StockRun>& runs) {
  Json json = {{"days", scores.days}, {"claims", Json::array()}, {"seeds", Json::array()}};
  for (const Claim& claim : scores.claims) json["claims"].push_back(claim_json(claim));
  for (std::size_t seed = 0; seed < runs.size(); ++seed) {
    json["seeds"].push_back(forecaster_json(scores.network, seed));
    for (const StockCourse& course : runs[seed].courses)
      json["seeds"].back()["folds"].push_back(
          {{"validation_loss", course.validation}, {"best_step", course.best_step}});
  }
  return json;
}

Json baselines_json(const StockScores& scores) {
  Json json = Json::object();
  for (const ForecasterScores& baseline : scores.baselines)
    json[baseline.name] = forecaster_json(baseline, 0);
  return json;
}

}  // namespace unroll::lessons
