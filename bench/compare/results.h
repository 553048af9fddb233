// All that a comparison found, as the program keeps it, writes it and reads it again.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/compare/case.h"
#include "bench/compare/statistics.h"

namespace unroll::compare {

/// What became of a contender as a whole.
struct PeerRecord {
  std::string id, title;
  std::string version = {};  // empty: it is missing
  std::map<std::string, std::string> settings = {};
  std::string problem = {};  // why it is missing
  std::string install = {};  // how to get it
};

/// What became of a contender in one case.
struct Outcome {
  std::string problem;    // why it was not timed; empty: it was
  bool supported = true;  // false: `problem` says why the library cannot do this
  double error = 0;  // largest difference of a result from ours, as a share of the array's largest
  int64_t iterations = 0;       // in a sample
  std::vector<Sample> samples;  // one a round
};

struct Comparison {
  Case one;
  std::map<std::string, Outcome> outcomes;  // by the contender's id
};

struct Results {
  std::string date, machine, version;  // of the run, and of unroll
  bool quick = false;
  double tolerance = 0;
  std::vector<PeerRecord> peers = {};
  std::map<int, double> peak = {};  // usual FLOP/s of the FMA probe, by threads
  /// Bytes/s at which arrays of so many bytes are read, by threads and bytes.
  std::map<std::pair<int, int64_t>, double> reading = {};
  std::vector<Comparison> comparisons = {};

  /// Null where there is none.
  const PeerRecord* peer(const std::string& id) const;

  /// Seconds of a contender; its time as a multiple of ours; its FLOP/s as a share of the peak.
  /// Nothing where it was not timed.
  std::optional<Timing> timing(const Comparison& comparison, const std::string& id) const;
  std::optional<double> ratio(const Comparison& comparison, const std::string& id) const;
  std::optional<double> share_of_peak(const Comparison& comparison, const std::string& id) const;
  /// What bandwidth and peak allow at batch 1, as a share of our time: the steps stream W_hh once,
  /// in training twice, at the measured bandwidth, and all other products run at peak. Nothing for
  /// other cases.
  std::optional<double> share_of_bandwidth(const Comparison& comparison) const;
  /// Samples of all contenders that were dropped, and all.
  std::pair<size_t, size_t> dropped() const;
};

/// Adds a later run's cases, in the order of the grid. Throws an input `Error` when that run had
/// another machine, effort, version of unroll or version of a contender.
void append(Results& results, const Results& later);

nlohmann::ordered_json to_json(const Results& results);

/// Reads what `to_json` gave. Throws an input `Error` for another file.
Results read_results(const std::filesystem::path& file);

}  // namespace unroll::compare
