#include "lessons/support/stock_pictures.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "lessons/support/figure.h"
#include "lessons/support/format.h"
#include "lessons/support/indicators.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

constexpr std::size_t kMostPanels = 6;   // of a picture: those of made-up series are always shown
constexpr std::int64_t kShownDays = 80;  // of forecasts: more would be a grey band
constexpr std::int64_t kIndicatorDays = 250;

// Which symbols get a panel of their own: the last two and the first ones.
std::vector<std::size_t> shown(const std::vector<StockScores>& all) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i + 2 >= all.size() || i + 2 < kMostPanels) chosen.push_back(i);
  return chosen;
}

std::string title_of(const StockPrices& prices) {
  return prices.symbol + (prices.is_generated ? " (generated)" : "");
}

// What `pick` takes from each seed: the mean, with a band of a deviation where there are several.
template <class Pick>
void draw_mean(Panel& panel, const Values& x, const std::vector<Backtest>& seeds, Pick pick,
               const LineStyle& style) {
  Values middle, deviation;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::vector<double> at =
        collect(seeds, [&](const Backtest& test) { return pick(test)[i]; });
    middle.push_back(mean(at));
    deviation.push_back(at.size() > 1 ? standard_deviation(at) : 0.0);
  }
  if (seeds.size() > 1)
    panel.line_with_band(x, middle, deviation, style);
  else
    panel.line(x, middle, style);
}

void draw_forecasts(const StockReport& report, const std::vector<StockScores>& all,
                    const std::string& caption) {
  const std::vector<std::size_t> panels = shown(all);
  Figure figure(
      "Next day's price and return: forecast, 90 % interval, and what came",
      {.rows = static_cast<int>(panels.size()),
       .columns = 2,
       .caption = caption + "; first seed, last " + std::to_string(kShownDays) + " days"});
  for (std::size_t row = 0; row < panels.size(); ++row) {
    const StockResult& stock = report.results[panels[row]];
    const StockPrices& prices = stock.prices;
    const ReturnForecasts& said = stock.runs[0].next_day;
    Values x, close, middle, low, high, change, expected, worst, best;
    const auto count = static_cast<std::int64_t>(said.origins.size());
    for (auto k = static_cast<std::size_t>(std::max<std::int64_t>(0, count - kShownDays));
         k < said.origins.size(); ++k) {
      const auto day = static_cast<std::size_t>(said.origins[k]);
      const double before = prices.close[day];
      x.push_back(prices.axis.positions[day + 1]);
      close.push_back(prices.close[day + 1]);
      change.push_back(100 * std::log(close.back() / before));
      expected.push_back(100 * said.expected[k]);
      worst.push_back(100 * said.quantiles[k][1]);
      best.push_back(100 * said.quantiles[k][kLevels.size() - 2]);
      middle.push_back(before * std::exp(said.expected[k]));
      low.push_back(before * std::exp(said.quantiles[k][1]));
      high.push_back(before * std::exp(said.quantiles[k][kLevels.size() - 2]));
    }
    Panel& price = figure.panel(static_cast<int>(row), 0);
    price.title(title_of(prices)).x_label(prices.axis.label).y_label("price");
    price.band(x, low, high, {.label = "90 %", .color = palette(0)});
    price.line(x, middle, {.label = report.network, .color = palette(0)});
    price.line(x, close, {.label = "close", .color = kInk});
    Panel& moved = figure.panel(static_cast<int>(row), 1);
    moved.title("its return").x_label(prices.axis.label).y_label("log return (%)");
    moved.band(x, worst, best, {.color = palette(0)});
    moved.line(x, change, {.color = kInk});
    moved.line(x, expected, {.color = palette(0)});
  }
  figure.save(report.out.file("forecasts.png"));
}

void draw_equity(const StockReport& report, const std::vector<StockScores>& all,
                 const std::string& caption) {
  const std::vector<std::size_t> panels = shown(all);
  Figure figure("What became of a capital of 1, with costs of " +
                    format_fixed(100 * report.options.rules.price_of_trade(), 2) +
                    " % of what is traded",
                {.rows = static_cast<int>(panels.size() + 1) / 2,
                 .columns = 2,
                 .caption = caption + "; bands: standard deviation over seeds"});
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const StockResult& stock = report.results[panels[i]];
    const StockScores& scores = all[panels[i]];
    Values x;
    for (const std::int64_t origin : stock.runs[0].next_day.origins)
      x.push_back(stock.prices.axis.positions[static_cast<std::size_t>(origin) + 1]);
    Panel& panel = figure.panel(static_cast<int>(i) / 2, static_cast<int>(i) % 2);
    panel.title(title_of(stock.prices)).x_label(stock.prices.axis.label).y_label("capital");
    const auto capital = [](const Backtest& test) { return test.capital; };
    for (const ForecasterScores& baseline : scores.baselines)
      if (!baseline.trading.empty())
        draw_mean(panel, x, baseline.trading, capital,
                  {.label = i == 0 ? baseline.name : "",
                   .color = baseline.name == kBuyAndHold ? kInk : palette(2),
                   .dashed = baseline.name != kBuyAndHold});
    draw_mean(panel, x, scores.network.trading, capital,
              {.label = i == 0 ? report.network : "", .color = palette(0)});
  }
  figure.save(report.out.file("equity.png"));
}

void draw_calibration(const StockReport& report, const std::vector<StockScores>& all,
                      const std::string& caption) {
  Figure figure("Does it know how sure it is? Next day's return",
                {.columns = 2, .caption = caption + "; error bars: deviation over seeds"});
  Panel& levels = figure.panel(0, 0);
  levels.title(report.network + ": days below each quantile");
  levels.x_label("quantile (%)").y_label("measured − wanted (% of days)");
  Values wanted;
  for (const double level : kLevels) wanted.push_back(100 * level);
  Names symbols;
  for (const std::size_t i : shown(all)) {
    Values off;
    for (std::size_t k = 0; k < kLevels.size(); ++k)
      off.push_back(mean(collect(all[i].network.spread,
                                 [k](const QuantileScores& s) { return s.below[k]; })) -
                    wanted[k]);
    levels.line(wanted, off, {.label = all[i].title, .markers = true});
  }
  levels.horizontal(0);
  Panel& held = figure.panel(0, 1);
  held.title("Days within the 90 % interval").y_label("%").y_range(70, 100);
  const auto add = [&](const std::string& label, auto pick, Color color) {
    Values heights, errors;
    for (const std::size_t i : shown(all)) {
      const std::vector<double> seeds =
          collect(pick(all[i]).spread, [](const QuantileScores& s) { return s.coverage[1]; });
      heights.push_back(mean(seeds));
      errors.push_back(seeds.size() > 1 ? standard_deviation(seeds) : 0.0);
    }
    held.bars(heights, {.label = label, .color = color, .errors = errors});
  };
  const auto named = [](const char* name) {
    return [name](const StockScores& scores) -> const ForecasterScores& {
      return *std::find_if(scores.baselines.begin(), scores.baselines.end(),
                           [name](const auto& baseline) { return baseline.name == name; });
    };
  };
  add(
      report.network, [](const auto& s) -> const ForecasterScores& { return s.network; },
      palette(0));
  add("all past returns", named(kDrift), palette(3));
  add("EWMA", named(kRecentSpread), palette(2));
  for (const std::size_t i : shown(all)) symbols.push_back(all[i].title);
  held.categories(symbols).horizontal(90, {.label = "wanted"});
  figure.save(report.out.file("calibration.png"));
}

void draw_claims(const StockReport& report, const std::vector<StockScores>& all,
                 const std::string& caption) {
  const std::size_t questions = all[0].claims.size();
  Figure figure("Is there anything to know? Real markets beside a random walk and a control",
                {.columns = 2, .caption = caption + "; error bars: deviation over seeds"});
  Names symbols;
  for (const std::size_t i : shown(all)) symbols.push_back(all[i].title);
  Panel& skill = figure.panel(0, 0);
  skill.title("Squared error saved against the best simple rule").y_label("%");
  for (const std::size_t question : {0u, 1u}) {
    Values heights, errors;
    for (const std::size_t i : shown(all)) {
      const Claim& claim = all[i].claims[question];
      const std::vector<double> saved = collect(claim.network, [&](double rmse) {
        return 100 * (1 - std::pow(rmse / claim.baseline_score, 2));
      });
      heights.push_back(mean(saved));
      errors.push_back(saved.size() > 1 ? standard_deviation(saved) : 0.0);
    }
    skill.bars(heights, {.label = all[0].claims[question].question, .errors = errors});
  }
  skill.categories(symbols);
  Panel& evidence = figure.panel(0, 1);
  evidence.title("How surprising that would be by chance").y_label("−log₁₀ of p");
  for (std::size_t question = 0; question < questions; ++question) {
    Values heights;
    for (const std::size_t i : shown(all))
      heights.push_back(-std::log10(std::clamp(all[i].claims[question].p, 1e-12, 1.0)));
    evidence.bars(heights, {.label = all[0].claims[question].question});
  }
  const double claims = static_cast<double>(questions * all.size());
  evidence.categories(symbols).horizontal(-std::log10(Claim::kSignificance), {.label = "p = 0.05"});
  evidence.horizontal(-std::log10(Claim::kSignificance / claims),
                      {.label = concat_message("0.05 / ", claims, " claims")});
  figure.save(report.out.file("claims.png"));
}

void draw_training(const StockReport& report, const std::vector<StockScores>& all,
                   const std::string& caption) {
  Figure figure("Training: loss on the validation part, less what it was at step 0",
                {.caption = caption + "; mean of all folds and seeds"});
  Panel& panel = figure.panel();
  panel.x_label("steps").y_label("validation loss − that of knowing nothing");
  for (const std::size_t i : shown(all)) {
    std::vector<const StockCourse*> courses;
    for (const StockRun& run : report.results[i].runs)
      for (const StockCourse& course : run.courses) courses.push_back(&course);
    Values gained;
    for (std::size_t look = 0; look < courses[0]->steps.size(); ++look)
      gained.push_back(mean(collect(courses, [look](const StockCourse* course) {
        return course->validation[look] - course->validation[0];
      })));
    panel.line(courses[0]->steps, gained, {.label = all[i].title});
  }
  panel.horizontal(0);
  figure.save(report.out.file("training.png"));
}

void draw_indicators(const StockReport& report) {
  const auto found =
      std::find_if(report.results.begin(), report.results.end(),
                   [](const StockResult& stock) { return stock.prices.has_range(); });
  const StockPrices prices =
      found != report.results.end()
          ? found->prices
          : generate_prices("random walk", {.days = report.results.back().prices.days()},
                            report.options.seed);
  const auto days = static_cast<std::size_t>(prices.days());
  const std::size_t begin = days - std::min<std::size_t>(days, kIndicatorDays);
  const auto last = [&](const std::vector<double>& values) {
    return Values(
        std::vector<double>(values.begin() + static_cast<std::ptrdiff_t>(begin), values.end()));
  };
  const Values x = last(prices.axis.positions);
  Figure figure("Indicators: " + title_of(prices) +
                    (prices.is_generated ? ". They look as if they meant something" : ""),
                {.rows = 2, .columns = 2, .caption = "last " + std::to_string(x.size()) + " days"});
  const BollingerBands bands = bollinger_bands(prices.close);
  Panel& price = figure.panel(0, 0).title("Price").y_label("price");
  price.band(x, last(bands.low), last(bands.high), {.label = "Bollinger", .color = palette(0)});
  price.line(x, last(prices.close), {.label = "close", .color = kInk, .width = 1});
  price.line(x, last(bands.middle), {.label = "SMA(20)", .color = palette(0), .dashed = true});
  price.line(x, last(ema(prices.close, 20)), {.label = "EMA(20)", .color = palette(1)});
  Panel& strength = figure.panel(0, 1).title("Relative strength").y_label("RSI(14)");
  strength.y_range(0, 100).line(x, last(rsi(prices.close)), {.color = palette(0)});
  strength.horizontal(70, {.label = "“overbought”"}).horizontal(30, {.label = "“oversold”"});
  const Macd trend = macd(prices.close);
  Panel& crossing = figure.panel(1, 0).title("MACD(12, 26, 9)").y_label("price");
  crossing.line(x, last(trend.line), {.label = "MACD", .color = palette(0)});
  crossing.line(x, last(trend.signal), {.label = "signal", .color = palette(1)});
  crossing.horizontal(0);
  Panel& wild = figure.panel(1, 1).title("How far it moves").y_label("% of the price a day");
  Values range, deviation;
  const std::vector<double> true_ranges = atr(prices.high, prices.low, prices.close);
  const std::vector<double> annual = volatility(prices.close);
  for (std::size_t day = begin; day < days; ++day) {
    range.push_back(100 * true_ranges[day] / prices.close[day]);
    deviation.push_back(100 * annual[day] / std::sqrt(kTradingDays));
  }
  wild.line(x, range, {.label = "ATR(14)", .color = palette(0)});
  wild.line(x, deviation, {.label = "volatility(20)", .color = palette(1)});
  for (Panel* panel : {&price, &strength, &crossing, &wild}) panel->x_label(prices.axis.label);
  figure.save(report.out.file("indicators.png"));
}

}  // namespace

void draw_stock_pictures(const StockReport& report, const std::vector<StockScores>& all,
                         const std::string& caption) {
  draw_forecasts(report, all, caption);
  draw_equity(report, all, caption);
  draw_calibration(report, all, caption);
  draw_claims(report, all, caption);
  draw_training(report, all, caption);
  draw_indicators(report);
}

}  // namespace unroll::lessons
