#include "lessons/support/comparison_tasks.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/ops.h"
#include "lessons/support/forecast_plan.h"
#include "lessons/support/hash.h"
#include "lessons/support/metrics.h"
#include "lessons/support/series_windows.h"
#include "lessons/support/text_generation.h"
#include "lessons/support/text_streams.h"

namespace unroll::lessons {

Tensor ComparisonTask::loss(const Tensor& answers, const Tensor& targets) const {
  return targets.dtype() == DType::i32 ? cross_entropy(answers, targets) : mse(answers, targets);
}

const TaskBaseline& ComparisonTask::best_baseline() const {
  return *std::min_element(baselines_.begin(), baselines_.end(), [](const auto& a, const auto& b) {
    return a.validation < b.validation;
  });
}

namespace {

// ---- adding

class Adding : public ComparisonTask {
 public:
  Adding(std::int64_t distance, std::uint64_t seed)
      : task_(SequenceTask::Kind::kAdding, distance), seed_(seed) {
    const auto baseline = [this](Part part) {
      return over_sequences(
          part, [this](const TaskBatch& batch) { return task_.loss_without_memory(batch); });
    };
    baselines_.push_back({"no memory", baseline(Part::kValidation), baseline(Part::kTest)});
  }

  std::string name() const override { return task_.name(); }
  std::string title() const override { return task_.title(); }
  std::string score_name() const override { return "mean squared error"; }
  TaskSizes sizes() const override { return {.inputs = 2}; }

  std::function<TrainingBatch()> batches(std::int64_t batch, std::uint64_t seed) const override {
    return [this, batch, random = Random(seed, "training sequences")]() mutable {
      return TrainingBatch{task_.draw(batch, random)};
    };
  }

  double score(Part part, const Answer& answer) const override {
    return over_sequences(part, [&](const TaskBatch& batch) {
      nn::RecurrentState blank;
      return loss(answer(batch.inputs, blank), batch.targets).item();
    });
  }

  double goal() const override { return kSolvedShare * task_.baseline(); }
  std::string goal_name() const override { return "5 % of 1/6"; }

  GateSample sample() const override {
    Random random(seed_, "sequences to look at");
    GateSample sample{task_.draw(100, random).inputs};
    const std::vector<float> read = sample.inputs.to_vector<float>();
    for (std::size_t i = 1; i < read.size(); i += 2) sample.marks.push_back(read[i] > 0);
    sample.marks_name = "marked numbers";
    return sample;
  }

  Json data() const override {
    std::string bytes;
    over_sequences(Part::kTest, [&](const TaskBatch& batch) {
      const std::vector<float> inputs = batch.inputs.to_vector<float>();
      bytes.append(reinterpret_cast<const char*>(inputs.data()), inputs.size() * sizeof(float));
      return 0.0;
    });
    return {{"name", "generated"}, {"steps", task_.steps()}, {"sha256", sha256(bytes)}};
  }

 private:
  // The mean of `loss` over 500 sequences to validate on or 2000 to test on.
  template <class Loss>
  double over_sequences(Part part, Loss loss_of) const {
    const bool is_test = part == Part::kTest;
    Random random(seed_, is_test ? "test" : "check");
    RunningMean all;
    for (int i = 0; i < (is_test ? 20 : 5); ++i) all.add(loss_of(task_.draw(100, random)));
    return all.value();
  }

  SequenceTask task_;
  std::uint64_t seed_;
};

// ---- text

class Text : public ComparisonTask {
 public:
  Text(const std::string& path, std::int64_t characters, std::int64_t window)
      : data_(read_text_data(path, characters, 0.8, 0.1)), window_(window) {
    if (std::min(data_.validation.size(), data_.test.size()) < 3)
      throw input_error("the text is too short to validate and to test on: ",
                        data_.corpus.characters, " characters");
    const NgramScores ngrams = score_ngrams(data_, 6);
    baselines_.push_back({"1-gram", ngrams.validation[0], ngrams.test[0]});
    if (ngrams.best > 0)
      baselines_.push_back(
          {ngrams.name(), ngrams.validation[ngrams.best], ngrams.test[ngrams.best]});
  }

  std::string name() const override { return "text"; }
  std::string title() const override { return "text"; }
  std::string score_name() const override { return "nats a character"; }
  TaskSizes sizes() const override {
    return {.vocabulary = data_.vocabulary.size(),
            .outputs = data_.vocabulary.size(),
            .answers_each_step = true};
  }

  std::function<TrainingBatch()> batches(std::int64_t batch, std::uint64_t) const override {
    return [streams = TextStreams(data_.train, batch, window_), next = std::int64_t{0}]() mutable {
      const std::int64_t index = std::exchange(next, (next + 1) % streams.windows());
      TextStreams::Window window = streams.window(index);
      return TrainingBatch{{window.inputs, window.targets}, index > 0};
    };
  }

  // Read in some streams from blank states, but for the last few characters.
  double score(Part part, const Answer& answer) const override {
    constexpr std::int64_t kStreams = 16, kWindow = 512;
    const std::vector<std::int32_t>& text = part == Part::kTest ? data_.test : data_.validation;
    const std::int64_t length = static_cast<std::int64_t>(text.size()) - 1;
    const std::int64_t batch = std::min(kStreams, length);
    const std::int64_t windows = (length + batch * kWindow - 1) / (batch * kWindow);
    const TextStreams streams(text, batch, length / (batch * windows));
    RunningMean all;
    nn::RecurrentState state;
    for (std::int64_t i = 0; i < streams.windows(); ++i) {
      const TextStreams::Window window = streams.window(i);
      all.add(loss(answer(window.inputs, state), window.targets).item());
    }
    return all.value();
  }

  GateSample sample() const override {
    const auto length = std::min<std::size_t>(1000, data_.validation.size());
    const std::vector<std::int32_t> ids(
        data_.validation.begin(), data_.validation.begin() + static_cast<std::ptrdiff_t>(length));
    GateSample sample{from_vector(ids, {static_cast<std::int64_t>(length), 1})};
    for (const std::int32_t id : ids) {
      sample.symbols.push_back(data_.vocabulary.symbol(id));
      sample.marks.push_back(sample.symbols.back() == " " || sample.symbols.back() == "\n");
    }
    sample.marks_name = "blanks and line ends";
    return sample;
  }

  Json data() const override {
    return {{"sha256", data_.sha256},
            {"characters", data_.corpus.characters},
            {"train_characters", data_.train.size()},
            {"validation_characters", data_.validation.size()},
            {"test_characters", data_.test.size()},
            {"vocabulary", data_.vocabulary.size()}};
  }

 private:
  TextData data_;
  std::int64_t window_;
};

// ---- series

class Series : public ComparisonTask {
 public:
  Series(TimeSeries series, std::int64_t lookback, std::int64_t horizon)
      : plan_(plan_forecast(std::move(series), lookback, horizon, 0)),
        lookback_(lookback),
        transform_(plan_.series, plan_.split.train, plan_.transform),
        origins_(training_origins(transform_, plan_.split.train, lookback, horizon)) {
    const auto add = [&](const std::string& name, auto forecasts) {
      baselines_.push_back(
          {name, rmse(forecasts(rolling_origins(plan_.split.validation)), Part::kValidation),
           rmse(forecasts(rolling_origins(plan_.split.test)), Part::kTest)});
    };
    using Origins = const std::vector<std::int64_t>&;
    add("naive", [&](Origins at) { return naive_forecasts(plan_.series, at, horizon); });
    if (plan_.season > 1)
      add("seasonal naive", [&](Origins at) {
        return seasonal_naive_forecasts(plan_.series, at, horizon, plan_.season);
      });
    if (plan_.transform.season > 0)  // what a network says that says 0
      add("season + change", [&](Origins at) {
        return to_values(transform_, at, horizon,
                         std::vector<float>(at.size() * static_cast<std::size_t>(horizon)));
      });
    add(concat_message("AR(", plan_.ar_orders[0], ")"),
        [&](Origins at) { return ar_forecasts(plan_, plan_.split.train, at, horizon); });
  }

  std::string name() const override {
    std::string name = plan_.series.name;
    std::replace_if(
        name.begin(), name.end(),
        [](unsigned char letter) { return letter < 128 && std::isalnum(letter) == 0; }, '_');
    return name;
  }
  std::string title() const override {
    std::string title = plan_.series.name;
    std::replace(title.begin(), title.end(), '_', ' ');
    return title;
  }
  std::string score_name() const override {
    return concat_message("RMSE, 1 to ", plan_.horizon, " steps ahead");
  }
  TaskSizes sizes() const override { return {.inputs = 1, .outputs = plan_.horizon}; }

  std::function<TrainingBatch()> batches(std::int64_t batch, std::uint64_t seed) const override {
    return [this, batch, random = Random(seed, "batches"),
            order = std::vector<std::int64_t>()]() mutable {
      const auto all = static_cast<std::int64_t>(origins_.size());
      std::vector<std::int64_t> chosen;
      while (static_cast<std::int64_t>(chosen.size()) < std::min(batch, all)) {
        if (order.empty()) order = random.permutation(all);
        chosen.push_back(origins_[static_cast<std::size_t>(order.back())]);
        order.pop_back();
      }
      return TrainingBatch{
          {windows(transform_, chosen, lookback_), targets(transform_, chosen, plan_.horizon)}};
    };
  }

  double score(Part part, const Answer& answer) const override {
    const std::vector<std::int64_t> origins = rolling_origins(range(part));
    nn::RecurrentState blank;
    const Tensor moved = answer(windows(transform_, origins, lookback_), blank);
    return rmse(to_values(transform_, origins, plan_.horizon, moved.to_vector<float>()), part);
  }

  GateSample sample() const override {
    return {windows(transform_, rolling_origins(plan_.split.validation), lookback_)};
  }

  Json data() const override {
    return {{"sha256", plan_.series.sha256},
            {"steps", plan_.series.steps()},
            {"validation_from", plan_.series.date(plan_.split.validation.begin)},
            {"test_from", plan_.series.date(plan_.split.test.begin)},
            {"logarithm", plan_.transform.log},
            {"seasonal_difference", plan_.transform.season}};
  }

 private:
  IndexRange range(Part part) const {
    return part == Part::kTest ? plan_.split.test : plan_.split.validation;
  }
  double rmse(const Forecasts& forecasts, Part part) const {
    return score_forecasts(plan_.series, forecasts, 0, range(part), 1.0).all.rmse;
  }

  ForecastPlan plan_;
  std::int64_t lookback_;
  SeriesTransform transform_;
  std::vector<std::int64_t> origins_;
};

}  // namespace

std::unique_ptr<ComparisonTask> adding_comparison(std::int64_t distance, std::uint64_t seed) {
  return std::make_unique<Adding>(distance, seed);
}

std::unique_ptr<ComparisonTask> text_comparison(const std::string& path, std::int64_t characters,
                                                std::int64_t window) {
  return std::make_unique<Text>(path, characters, window);
}

std::unique_ptr<ComparisonTask> series_comparison(const std::string& name, std::int64_t lookback,
                                                  std::int64_t horizon) {
  const std::size_t colon = name.rfind(':');
  TimeSeries series = read_time_series(find_series(name.substr(0, colon)),
                                       colon == std::string::npos ? "" : name.substr(colon + 1));
  if (series.width() != 1)
    throw input_error(name, ": the series has ", series.width(),
                      " columns, expected one; name it, ", name, ":", series.column(0));
  if (colon != std::string::npos) series.name += ", " + series.column(0);
  return std::make_unique<Series>(std::move(series), lookback, horizon);
}

}  // namespace unroll::lessons
