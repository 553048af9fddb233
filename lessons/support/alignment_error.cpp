#include "lessons/support/alignment_error.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/error.h"

namespace unroll::lessons {
namespace {

double ratio(std::int64_t part, std::int64_t all) {
  if (all == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(part) / static_cast<double>(all);
}

}  // namespace

Links largest_links(std::span<const double> weights, std::int64_t target_words,
                    std::int64_t source_words) {
  require(source_words > 0 && target_words >= 0 &&
              static_cast<std::int64_t>(weights.size()) == target_words * source_words,
          "[largest_links] expected a weight for each of ", target_words, " x ", source_words,
          " words, got ", weights.size());
  Links links;
  for (std::int64_t target = 0; target < target_words; ++target) {
    const auto row = weights.begin() + target * source_words;
    links.push_back({std::max_element(row, row + source_words) - row, target});
  }
  return links;
}

Links diagonal_links(std::int64_t target_words, std::int64_t source_words) {
  Links links;
  for (std::int64_t target = 0; target < target_words; ++target)
    links.push_back({(2 * target + 1) * source_words / (2 * target_words), target});
  return links;
}

void AlignmentError::add(const Links& found, const Links& sure, const Links& possible) {
  found_ += static_cast<std::int64_t>(found.size());
  sure_ += static_cast<std::int64_t>(sure.size());
  for (const auto& link : found) {
    const bool is_sure = std::find(sure.begin(), sure.end(), link) != sure.end();
    found_sure_ += is_sure;
    found_possible_ +=
        is_sure || std::find(possible.begin(), possible.end(), link) != possible.end();
  }
}

double AlignmentError::rate() const {
  return 1 - ratio(found_sure_ + found_possible_, found_ + sure_);
}

double AlignmentError::precision() const { return ratio(found_possible_, found_); }

double AlignmentError::recall() const { return ratio(found_sure_, sure_); }

}  // namespace unroll::lessons
