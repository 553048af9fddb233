// Axes: the range of the data, round ticks, and how numbers are written.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace unroll::lessons {

struct Range {
  double low = 0;
  double high = 1;

  friend bool operator==(const Range&, const Range&) = default;
};

/// What a lesson asked of an axis.
struct AxisSettings {
  std::string label = {};
  bool log = false;
  std::optional<Range> range = {};
};

/// Collects the range of the numbers that can be drawn.
class DataRange {
 public:
  explicit DataRange(bool log) : log_(log) {}

  /// Whether `value` has a place on the axis: finite, and above 0 on a log axis.
  bool drawable(double value) const;
  void add(double value);
  void add(std::span<const double> values);
  bool empty() const { return !range_; }

  /// The range with a margin of `below` and `above` of its length; a single value is put into the
  /// middle of a range of its own, and no value at all gives 0 to 1 (1 to 10 on a log axis).
  Range padded(double below, double above) const;

 private:
  bool log_;
  std::optional<Range> range_;
};

/// What ticks are multiples of.
enum class TickRule {
  kRound,        // 1, 2 or 5 times a power of ten
  kWhole,        // the same, and never a fraction: for counts, such as epochs
  kPowersOfTwo,  // on a log axis, for sizes that are powers of two themselves
};

/// Where a value lies on an axis.
struct Scale {
  Range range;
  bool log = false;
  TickRule rule = TickRule::kRound;

  /// 0 at the low end, 1 at the high end, outside that beyond the ends.
  double position(double value) const;
};

/// The multiples of 1, 2 or 5 times a power of ten inside `range`: the finest such step that
/// gives at most `most` of them, or a finer one where those are fewer than two. `whole`: a step
/// of at least 1.
std::vector<double> linear_ticks(Range range, int most, bool whole = false);

/// Powers of ten inside `range`, with 2 and 5 times them where there are few; linear ticks where
/// the range is too short for either.
std::vector<double> log_ticks(Range range, int most);

/// The ticks that suit `scale`.
std::vector<double> ticks(const Scale& scale, int most);

/// Ticks written with just the decimals that they need and a true minus sign, very large and small
/// numbers as 2×10⁶. Thousands are separated by commas, on a linear axis from 10,000 on.
std::vector<std::string> tick_labels(std::span<const double> ticks, bool log);

/// Numbers to be compared, in the same style: all with the same decimals, which give the largest
/// `digits` significant digits; one more where that is too few for the smallest.
std::vector<std::string> value_labels(std::span<const double> values, int digits = 3);

}  // namespace unroll::lessons
