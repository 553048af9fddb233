// What samples of one case say: which of them count, medians, ratios.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace unroll::compare {

/// One measurement of a contender, in one round of all contenders.
struct Sample {
  double seconds;     // an iteration
  double probe;       // FLOP/s of the probe, the lower of those before and after the sample
  double waited = 0;  // how long a thread was ready, but had no core, as a share of the time
};

/// A sample counts when the machine ran at no less than this share of its usual speed around it,
/// and when other programs kept it waiting for no more than this share of the time. The first shows
/// what a hypervisor takes away, the second what other programs on this machine do.
inline constexpr double kUndisturbed = 0.9;
inline constexpr double kPatient = 0.05;

/// A case is called noisy for a contender with fewer samples that count.
inline constexpr size_t kEnough = 3;

/// The value below which a share of the values lies, between two of them where need be. There must
/// be a value.
double quantile(std::vector<double> values, double share);
double median(const std::vector<double>& values);
/// Of positive values; there must be one.
double geometric_mean(const std::vector<double>& values);

/// The usual speed of a machine: the 90th percentile of its probes. There must be one.
double usual_speed(const std::vector<double>& probes);

bool counts(const Sample& sample, double usual_speed);

struct Timing {
  double median, lower_quartile, upper_quartile;  // seconds
  size_t counted, dropped;
  bool noisy;  // fewer than `kEnough` samples counted, so all of them were used
};

/// Nothing where there are no samples.
std::optional<Timing> timing(const std::vector<Sample>& samples, double usual_speed);

/// The median of theirs/ours over the rounds in which both samples count; over all rounds when
/// those are fewer than `kEnough`. Nothing where there is no round with both.
std::optional<double> ratio(const std::vector<Sample>& theirs, const std::vector<Sample>& ours,
                            double usual_speed);

}  // namespace unroll::compare
