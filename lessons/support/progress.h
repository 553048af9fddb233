// A progress bar with rate, time left and running loss; plain lines when nobody watches.
//
//   Progress progress("training", epochs * characters, "characters");
//   progress.advance(batch * window, loss);
//   progress.note("validation 1.62");
//   progress.finish();
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "lessons/support/metrics.h"

namespace unroll::lessons {

/// Where progress goes. The default is standard error as it is; tests put their own.
struct ProgressOutput {
  std::ostream* stream;
  bool terminal;
  std::function<int()> width;       // columns
  std::function<double()> seconds;  // a clock that never goes back

  static ProgressOutput standard_error();
};

/// On a terminal one line, redrawn at most ten times a second and as wide as the terminal;
/// elsewhere a line at each tenth of the way, and after 30 seconds without one. When an exception
/// passes, the cursor is left at the start of a fresh line.
class Progress {
 public:
  /// `total` items, at least 1, counted in `unit` (a plural: "characters").
  Progress(std::string label, std::int64_t total, std::string unit,
           ProgressOutput output = ProgressOutput::standard_error());
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Says that `items` more were done by an earlier run; they do not count for the rate.
  void skip(std::int64_t items);

  /// Corrects how many items there are in all, where that was a guess.
  void total(std::int64_t total);

  /// `items` more are done.
  void advance(std::int64_t items);
  /// `items` more are done, and their loss goes into the running one.
  void advance(std::int64_t items, double loss);

  /// Replaces what is written before the bar, "epoch 2 of 10".
  void label(std::string text);
  /// Replaces what is written after everything else, "validation 1.62".
  void note(std::string text);

  /// Takes the bar off the terminal, so that the caller can print; `advance` puts it back.
  void clear();

  /// Shows the last state and the time taken, and ends the line. To be called once.
  void finish();

 private:
  void update(bool is_last);
  void draw(bool is_last);
  void print_line(bool is_last);
  std::vector<std::string> figures(bool is_last) const;

  std::string label_;
  std::int64_t total_;
  std::string unit_;
  ProgressOutput output_;
  std::string note_;
  ExponentialAverage loss_{0.98};
  std::int64_t done_ = 0;
  std::int64_t done_before_ = 0;
  double start_;
  double last_shown_;
  std::int64_t last_tenth_ = 0;
  bool drawn_ = false;
  bool finished_ = false;
};

}  // namespace unroll::lessons
