// What networks are compared on: numbers to add, a text to go on with, a series to forecast.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/nn/recurrent.h"
#include "lessons/support/json.h"
#include "lessons/support/sequence_tasks.h"

namespace unroll::lessons {

/// What goes into a network and what comes out.
struct TaskSizes {
  std::int64_t vocabulary = 0;  // different symbols, where it reads those
  std::int64_t inputs = 0;      // numbers a step, where it reads those
  std::int64_t outputs = 1;
  bool answers_each_step = false;  // else after the last one
};

struct TrainingBatch {
  TaskBatch batch;
  bool goes_on = false;  // where the batch before ended: the state is carried over
};

/// What a network says about `inputs`, (steps, batch, …): (batch, outputs), or (steps, batch,
/// outputs). `state` is where it starts, undefined for blank, and then where it has got to.
using Answer = std::function<Tensor(const Tensor& inputs, nn::RecurrentState& state)>;

enum class Part { kValidation, kTest };

/// The score of the best answers without a network, or of a simpler model.
struct TaskBaseline {
  std::string name;  // AR(12)
  double validation = 0, test = 0;
};

/// Sequences for a network's gates to be looked at.
struct GateSample {
  Tensor inputs;                          // (steps, sequences, …)
  std::vector<std::string> symbols = {};  // what the first sequence reads, if it is symbols
  std::vector<bool> marks = {};           // (steps, sequences), steps unlike the others, if any are
  std::string marks_name = {};            // "marked numbers"
};

class ComparisonTask {
 public:
  virtual ~ComparisonTask() = default;

  virtual std::string name() const = 0;        // of files: "adding"
  virtual std::string title() const = 0;       // "adding, T = 100"
  virtual std::string score_name() const = 0;  // "mean squared error"; lower is better
  virtual TaskSizes sizes() const = 0;

  /// A source of batches to learn from, the same for the same seed.
  virtual std::function<TrainingBatch()> batches(std::int64_t batch, std::uint64_t seed) const = 0;
  /// What is learned by.
  Tensor loss(const Tensor& answers, const Tensor& targets) const;
  /// How good the answers are on a part that nothing is learned from.
  virtual double score(Part part, const Answer& answer) const = 0;
  /// The best on the validation part is the one to beat.
  const std::vector<TaskBaseline>& baselines() const { return baselines_; }
  const TaskBaseline& best_baseline() const;
  /// A validation score below this counts as success, and what it is called.
  virtual double goal() const { return best_baseline().validation; }
  virtual std::string goal_name() const { return best_baseline().name; }

  /// From the validation part.
  virtual GateSample sample() const = 0;
  /// What was read, for metrics.json.
  virtual Json data() const = 0;

 protected:
  std::vector<TaskBaseline> baselines_;
};

using ComparisonTasks = std::vector<std::unique_ptr<ComparisonTask>>;

/// The adding task at distance T. Validation and test sequences are drawn from `seed`.
std::unique_ptr<ComparisonTask> adding_comparison(std::int64_t distance, std::uint64_t seed);

/// The next character of a text (`read_text_data`), 80 % of it to learn from and 10 % to validate,
/// in windows of `window` characters. The score is in nats a character.
std::unique_ptr<ComparisonTask> text_comparison(const std::string& path, std::int64_t characters,
                                                std::int64_t window);

/// The next `horizon` steps of a series: a file, a fact or a data set, "name" or "name:column".
/// The score is the RMSE over all steps ahead; network and AR learn from the first 65 % alone.
/// Throws an input error for a series of several columns.
std::unique_ptr<ComparisonTask> series_comparison(const std::string& name, std::int64_t lookback,
                                                  std::int64_t horizon);

}  // namespace unroll::lessons
