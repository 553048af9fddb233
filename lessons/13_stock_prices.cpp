// Lesson 13 · Stock prices · about 15 seconds
//
// A recurrent network reads two weeks of a stock market and says what the next day and the next
// week will bring, and how sure it is. Most programs of this kind "work", because of a mistake. You
// will learn
//   - what to feed: returns r_t = ln(P_t/P_{t−1}) and the indicators that traders look at, each
//     known at the close of day t and scaled with the past only
//   - to forecast a distribution, not a number: mean μ and deviation σ of a return by
//     L = ln σ + (r − μ)²/(2σ²), or quantiles f_q by L = max(q·(r − f_q), (q − 1)·(r − f_q))
//   - to walk forward: learn from the past, forecast the next months, move on, learn again
//   - what to beat: "the price stays", "it drifts on", "the direction it mostly has"
//   - not to be fooled: one test of Diebold and Mariano for each claim, Holm's correction for the
//     number of claims, and two made-up markets: a random walk, in which nothing may be found, and
//     a control with a planted signal, which must be found
//   - what a forecast is worth: positions, costs, slippage, Sharpe ratio, drawdown, value at risk
//
// Try next: --head quantile; --signal 0.1 (does it still see it?); --costs 0 --slippage 0;
// --delay 1 (what is left of the control's profit?); --data with a folder of
// Date,Open,High,Low,Close,Adj Close,Volume files.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <iostream>
#include <memory>

#include "engine/autograd.h"
#include "engine/nn.h"
#include "engine/optim.h"
#include "lessons/support/best_weights.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/significance.h"
#include "lessons/support/stock_features.h"
#include "lessons/support/stock_report.h"

namespace unroll::lessons {
namespace {

// A recurrent network reads a window of days; a linear layer turns its last state and the last day
// itself into a distribution of the next day's return and one of the next week's. (Without the
// direct way for the last day the network was too slow to see even a plain echo of it, such as the
// control's.) Returns are scaled by mean and deviation of the past. The linear layer starts at 0
// and says then: as in the past. Every step away from this the network has to earn.
struct ReturnNetwork : nn::Module {
  ReturnNetwork(const StockOptions& options, uint64_t seed, int64_t features, int64_t numbers)
      : Module(seed),
        rnn(*this, "rnn", parse_cell(options.cell), features, options.hidden,
            {.num_layers = static_cast<int>(options.layers)}),
        head(*this, "head", options.hidden + features, 2 * numbers) {
    const NoGrad no_grad;
    assign(head.weight, zeros_like(head.weight));
    assign(head.bias, zeros_like(head.bias));
  }

  // (lookback, batch, features) to (batch, 2, numbers)
  Tensor operator()(const Tensor& windows) {
    const Tensor state = select(rnn(windows).state.h, rnn.num_layers() - 1);
    const Tensor said = head(concat({state, select(windows, windows.size(0) - 1)}, 1));
    return reshape(said, {said.size(0), 2, said.size(1) / 2});
  }

  nn::Recurrent rnn;
  nn::Linear head;
};

// What the numbers mean. Quantile number k of kLevels, in scaled returns; the middle one is what is
// expected. `which` is 0 for the next day, 1 for the days ahead.
struct Head {
  virtual ~Head() = default;
  virtual int64_t numbers() const = 0;
  // said: (batch, 2, numbers), returns: (batch, 2)
  virtual Tensor loss(const Tensor& said, const Tensor& returns) const = 0;
  virtual double quantile(std::span<const float> said, size_t which, size_t k) const = 0;
};

// A normal distribution: μ and ln σ. The loss is −ln of the density, without its constant.
struct GaussianHead : Head {
  GaussianHead() { std::transform(kLevels.begin(), kLevels.end(), z.begin(), normal_quantile); }
  int64_t numbers() const override { return 2; }
  Tensor loss(const Tensor& said, const Tensor& returns) const override {
    const Tensor mu = slice(said, 2, 0, 1), log_sigma = slice(said, 2, 1, 2);
    const Tensor r = reshape(returns, {returns.size(0), 2, 1});
    return mean(log_sigma + 0.5 * square((r - mu) * exp(-log_sigma)));
  }
  double quantile(std::span<const float> said, size_t, size_t k) const override {
    return static_cast<double>(said[0]) + std::exp(static_cast<double>(said[1])) * z[k];
  }

  Quantiles z;  // of the normal distribution with mean 0 and deviation 1
};

// Any distribution: how far each quantile is from that of the past. The loss pulls quantile q to
// where a share q of the returns is below it: q·e for a return e above, (1 − q)·e for one below.
struct QuantileHead : Head {
  explicit QuantileHead(const StockSamples& samples) {
    for (size_t which = 0; which < past.size(); ++which)
      for (size_t k = 0; k < kLevels.size(); ++k)
        past[which][k] = samples.quantile_of_past(kLevels[k], which);
  }
  int64_t numbers() const override { return static_cast<int64_t>(kLevels.size()); }
  Tensor loss(const Tensor& said, const Tensor& returns) const override {
    std::vector<float> q(kLevels.begin(), kLevels.end()), start;
    for (const Quantiles& quantiles : past)
      start.insert(start.end(), quantiles.begin(), quantiles.end());
    const Tensor level = from_vector(q, {numbers()});
    const Tensor e =
        reshape(returns, {returns.size(0), 2, 1}) - (said + from_vector(start, {1, 2, numbers()}));
    return mean(maximum(e * level, e * (level - 1)));
  }
  double quantile(std::span<const float> said, size_t which, size_t k) const override {
    return past[which][k] + static_cast<double>(said[k]);
  }

  std::array<Quantiles, 2> past;
};

// One network of one fold: learns on `train`, is watched on `validation`, knows nothing later.
class Training {
 public:
  Training(const StockOptions& options, uint64_t seed, const StockPrices& prices,
           const StockFeatures& features, const WalkForwardFold& fold)
      : samples_(prices, features, fold.train, options.lookback, options.horizon),
        options_(options),
        origins_(samples_.origins(fold.train)),
        validation_(samples_.origins(fold.validation)),
        random_(seed, "batches"),
        head_(make_head(options, samples_)),
        model_(options, seed, samples_.width(), head_->numbers()) {}

  // One step down the gradient; returns the loss of its batch.
  double step() {
    std::vector<int64_t> batch;
    for (int64_t i = 0; i < options_.batch; ++i) {
      if (order_.empty()) order_ = random_.permutation(static_cast<int64_t>(origins_.size()));
      batch.push_back(origins_[static_cast<size_t>(order_.back())]);
      order_.pop_back();
    }
    optimizer_.set_learning_rate(rate_.at(done_));
    optimizer_.zero_grad();
    const Tensor loss = loss_of(batch);
    check_finite_loss(loss.item(), done_);
    loss.backward();
    check_finite_loss(optimizer_.step({.max_norm = options_.clip}).item(), done_);
    ++done_;
    if (interrupted())
      throw Interrupted("the networks are short-lived and nothing was saved; start again");
    return loss.item();
  }

  double validation_loss() {
    const NoGrad no_grad;
    return loss_of(validation_).item();
  }

  // Trains; keeps the weights that were best on the validation part, those of step 0 included.
  StockCourse train(Progress& progress) {
    StockCourse course;
    BestWeights best(model_);
    double lowest = std::numeric_limits<double>::infinity();
    const auto look = [&](int64_t steps) {
      course.steps.push_back(static_cast<double>(steps));
      course.validation.push_back(validation_loss());
      if (course.validation.back() >= lowest) return;
      lowest = course.validation.back();
      course.best_step = steps;
      best.keep();
    };
    look(0);
    for (int64_t done = 1; done <= options_.steps; ++done) {
      progress.advance(1, step());
      if (done % steps_a_look(options_) == 0) look(done);
    }
    best.restore();
    return course;
  }

  // Adds what the network says on each of some days to both lists.
  void forecast(const std::vector<int64_t>& origins, StockRun& run) {
    const NoGrad no_grad;
    const std::vector<float> said = model_(samples_.windows(origins)).to_vector<float>();
    const auto numbers = static_cast<size_t>(head_->numbers());
    for (const size_t which : {0u, 1u}) {
      ReturnForecasts forecasts{which == 0 ? 1 : options_.horizon, origins};
      for (size_t i = 0; i < origins.size(); ++i) {
        const std::span its = std::span(said).subspan((2 * i + which) * numbers, numbers);
        Quantiles& quantiles = forecasts.quantiles.emplace_back();
        for (size_t k = 0; k < quantiles.size(); ++k)
          quantiles[k] = samples_.to_return(head_->quantile(its, which, k), which);
        std::sort(quantiles.begin(), quantiles.end());  // learned one by one, they may cross
        forecasts.expected.push_back(quantiles[quantiles.size() / 2]);
      }
      (which == 0 ? run.next_day : run.ahead).append(forecasts);
    }
  }

  static int64_t steps_a_look(const StockOptions& options) {
    return std::max<int64_t>(1, options.steps / kLooks);
  }

  static constexpr int64_t kLooks = 20;  // at the validation part, during one training

 private:
  static std::unique_ptr<Head> make_head(const StockOptions& options, const StockSamples& samples) {
    if (options.head == "quantile") return std::make_unique<QuantileHead>(samples);
    return std::make_unique<GaussianHead>();
  }

  Tensor loss_of(const std::vector<int64_t>& origins) {
    return head_->loss(model_(samples_.windows(origins)), samples_.targets(origins));
  }

  StockSamples samples_;
  const StockOptions& options_;
  std::vector<int64_t> origins_, validation_, order_;
  Random random_;
  std::unique_ptr<Head> head_;
  ReturnNetwork model_;
  optim::AdamW optimizer_{model_.parameters(),
                          {.lr = options_.lr, .weight_decay = options_.weight_decay}};
  optim::CosineSchedule rate_{options_.lr, options_.steps, options_.lr / 20, options_.steps / 20};
  int64_t done_ = 0;
};

// Walks through the test days of one symbol with the networks of one seed.
StockRun walk_forward(const StockOptions& options, uint64_t seed, const StockResult& stock,
                      Progress& progress) {
  const StockFeatures features = stock_features(stock.prices);
  StockRun run{{.horizon = 1}, {.horizon = options.horizon}, {}};
  for (const WalkForwardFold& fold : stock.folds) {
    Training training(options, seed, stock.prices, features, fold);
    run.courses.push_back(training.train(progress));
    std::vector<int64_t> origins;  // the day before each test day
    for (int64_t day = fold.test.begin; day < fold.test.end; ++day) origins.push_back(day - 1);
    training.forecast(origins, run);
  }
  return run;
}

// How long all trainings will take, judged by one stretch of one of them.
double expected_seconds(const StockOptions& options, const StockResult& stock, int64_t trainings) {
  const StockFeatures features = stock_features(stock.prices);
  Training training(options, options.seed, stock.prices, features, stock.folds.back());
  training.step();
  const auto start = std::chrono::steady_clock::now();
  for (int64_t step = 0; step < Training::steps_a_look(options); ++step) training.step();
  training.validation_loss();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return seconds.count() *
         static_cast<double>(trainings * options.steps / Training::steps_a_look(options));
}

void run(const StockOptions& options, const CommandLine& command_line) {
  const int threads = use_device_and_threads(options);
  std::vector<StockResult> stocks = choose_stocks(options);
  const RunDirectory out(options.out);
  const auto trainings = static_cast<int64_t>(stocks.size()) * options.folds * options.seeds;
  std::cout << describe(stocks) << "Training " << trainings << " networks ("
            << cell_title(options.cell) << ", " << options.hidden << " units): " << options.folds
            << " fold(s), " << options.seeds << " seed(s), " << threads << " thread(s): about "
            << format_duration(expected_seconds(options, stocks.front(), trainings)) << "\n";
  Progress progress("training", trainings * options.steps, "steps");
  for (StockResult& stock : stocks)
    for (int64_t i = 0; i < options.seeds; ++i) {
      progress.note(stock.prices.symbol + ", seed " + std::to_string(i + 1));
      stock.runs.push_back(
          walk_forward(options, options.seed + static_cast<uint64_t>(i), stock, progress));
    }
  progress.finish();
  report_stocks({out,
                 options,
                 std::move(stocks),
                 cell_title(options.cell),
                 {.lesson = command_line.lesson().file_name(),
                  .settings = command_line.settings(),
                  .threads = threads}});
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  StockOptions options;
  CommandLine command_line({13,
                            "stock_prices",
                            "Forecast stock prices, and find out whether there is anything in it.",
                            {"", "--full", "--head quantile", "--data prices/ --horizon 10"}});
  options.add_to(command_line);
  return run_lesson(command_line, argc, argv, [&] { run(options, command_line); });
}
