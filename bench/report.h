// What came out: tables, a conclusion and a picture.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/workload.h"

namespace unroll::bench {

/// The repetitions of one benchmark, in tokens a second.
struct Speed {
  double median, lower_quartile, upper_quartile;

  /// The distance of the quartiles as a share of the median.
  double spread() const { return (upper_quartile - lower_quartile) / median; }
};

/// The measurements so far, by the name of their workload.
class Results {
 public:
  void add(const std::string& workload, double tokens_per_second) {
    repetitions_[workload].push_back(tokens_per_second);
  }
  void add_peak(const std::string& workload, double bytes) { peaks_[workload] = bytes; }
  /// The most bytes that a training step used at a time.
  std::optional<double> peak(const Workload& workload) const;
  bool empty() const { return repetitions_.empty(); }
  /// Nothing where the workload was filtered out.
  std::optional<Speed> of(const Workload& workload) const;
  /// The most repetitions that a workload has.
  size_t repetitions() const;

 private:
  std::map<std::string, std::vector<double>> repetitions_;
  std::map<std::string, double> peaks_;
};

/// A table for each sweep that has results.
std::string tables(const Plan& plan, const Results& results);

/// The memory that a training step takes at the centre's size, and what it needs; empty where it
/// was not measured.
std::string memory_table(const Plan& plan, const Results& results);

/// What the numbers of the centre say, in a sentence; empty where it was not measured.
std::string conclusion(const Plan& plan, const Results& results);

/// What to say when repetitions differ so much that the machine must have been busy; mostly empty.
/// There must be results.
std::string warning(const Plan& plan, const Results& results);

/// Draws tokens a second over each factor; `caption` says what they were measured on.
void save_figure(const std::filesystem::path& path, const Plan& plan, const Results& results,
                 const std::string& caption);

}  // namespace unroll::bench
