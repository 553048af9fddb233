// Two tasks that nothing but a long memory solves, generated: no file, and no end of sequences.
//
// Every batch is new, so the loss of a batch that was not yet learned from is the loss on unseen
// sequences.
#pragma once

#include <cstdint>
#include <string>

#include "engine/random.h"
#include "engine/tensor.h"

namespace unroll::lessons {

/// A task is solved by a network whose loss is below this share of the baseline.
inline constexpr double kSolvedShare = 0.05;

/// Sequences side by side and what is to be said about them.
struct TaskBatch {
  Tensor inputs;   // (steps, batch, inputs)
  Tensor targets;  // adding: (batch, 1), f32; copying: (steps, batch), i32
};

/// One of both tasks, at one distance T.
///
/// Adding (S. Hochreiter and J. Schmidhuber, "Long short-term memory", 1997, section 5.4, as
/// simplified by Q. V. Le et al., 2015, section 4.1): T steps of two numbers, the first uniform in
/// [0, 1), the second 1 at one step of each half and 0 elsewhere; after the last step the sum of
/// the two marked numbers is asked for. Who remembers nothing says 1, with a mean squared error
/// of 1/6.
///
/// Copying (the same paper, section 5.1, as set up by M. Arjovsky et al., "Unitary evolution
/// recurrent neural networks", 2016, section 4.1): 10 symbols of 8 kinds, T − 1 blanks, a sign to
/// go, 10 blanks: T + 20 steps of 10 numbers, one of them 1. The answer is T + 10 blanks and then
/// the 10 symbols. Who remembers nothing says blanks and then guesses, with a mean cross entropy
/// of 10·ln 8/(T + 20).
class SequenceTask {
 public:
  enum class Kind { kAdding, kCopying };

  static constexpr std::int64_t kSymbols = 10;  // to be copied
  static constexpr std::int64_t kKinds = 8;     // of symbols
  static constexpr std::int32_t kBlank = 8, kGo = 9;

  /// Throws an input error unless distance ≥ 2.
  SequenceTask(Kind kind, std::int64_t distance);

  Kind kind() const { return kind_; }
  bool is_adding() const { return kind_ == Kind::kAdding; }
  std::int64_t distance() const { return distance_; }
  /// "adding" or "copying".
  std::string name() const { return is_adding() ? "adding" : "copying"; }
  /// "adding, T = 100".
  std::string title() const { return name() + ", T = " + std::to_string(distance_); }

  std::int64_t steps() const { return is_adding() ? distance_ : distance_ + 2 * kSymbols; }
  std::int64_t inputs() const { return is_adding() ? 2 : kKinds + 2; }
  std::int64_t outputs() const { return is_adding() ? 1 : kKinds + 1; }

  /// The loss of the best answer without a memory: 1/6, or 10·ln 8/(T + 20).
  double baseline() const;

  /// The loss of that answer on these sequences: for adding, 1/6 but for chance.
  double loss_without_memory(const TaskBatch& batch) const;

  /// The next `batch` sequences of `random`.
  TaskBatch draw(std::int64_t batch, Random& random) const;

 private:
  TaskBatch draw_adding(std::int64_t batch, Random& random) const;
  TaskBatch draw_copying(std::int64_t batch, Random& random) const;

  Kind kind_;
  std::int64_t distance_;
};

}  // namespace unroll::lessons
