#include "bench/compare/baseline.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "bench/compare/format.h"
#include "bench/compare/peers.h"
#include "engine/error.h"

namespace unroll::compare {
namespace {

struct Change {
  std::string name;
  double before, now;  // shares of peak

  double ratio() const { return now / before; }
};

}  // namespace

std::string against_baseline(const Results& now, const Results& before) {
  std::map<std::string, double> old;
  for (const Comparison& comparison : before.comparisons)
    if (const auto share = before.share_of_peak(comparison, kOurs))
      old[comparison.one.name()] = *share;
  std::map<std::string, std::vector<double>> groups;
  std::vector<Change> changes;
  for (const Comparison& comparison : now.comparisons) {
    const Case& one = comparison.one;
    const auto share = now.share_of_peak(comparison, kOurs);
    const auto found = old.find(one.name());
    if (!share || found == old.end()) continue;
    const Change change{one.name(), found->second, *share};
    groups[group_title(one.kind, one.pass)].push_back(change.ratio());
    if (std::abs(std::log(change.ratio())) > std::log(1.05)) changes.push_back(change);
  }
  if (groups.empty()) return "\nThe baseline has none of these cases.\n";
  std::string text =
      concat_message("\nSpeed now over that of ", before.date, ", by share of peak:\n");
  for (const auto& [title, ratios] : groups)
    text += concat_message("  ", significant(geometric_mean(ratios)), "×  ", title, ", mean of ",
                           ratios.size(), '\n');
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.ratio() < b.ratio(); });
  if (!changes.empty()) text += "Changed by more than 5 %:\n";
  for (const Change& change : changes)
    text += concat_message("  ", significant(change.ratio()), "×  ", change.name, ": ",
                           percent(change.before), " to ", percent(change.now), '\n');
  return text;
}

}  // namespace unroll::compare
