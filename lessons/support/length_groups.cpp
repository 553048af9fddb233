#include "lessons/support/length_groups.h"

#include <map>

namespace unroll::lessons {

std::string LengthGroup::name() const {
  const std::string from = std::to_string(shortest);
  return shortest == longest ? from : from + "–" + std::to_string(longest);
}

double LengthGroup::bleu(std::span<const BleuCounts> counts) const {
  BleuCounts all;
  for (const std::int64_t i : sentences) all += counts[static_cast<std::size_t>(i)];
  return Bleu(all).score;
}

std::vector<LengthGroup> length_groups(std::span<const std::vector<std::int32_t>> sentences,
                                       std::int64_t groups) {
  std::map<std::int64_t, std::vector<std::int64_t>> by_length;
  for (std::size_t i = 0; i < sentences.size(); ++i)
    by_length[static_cast<std::int64_t>(sentences[i].size())].push_back(
        static_cast<std::int64_t>(i));
  std::vector<LengthGroup> result;
  auto left = static_cast<std::int64_t>(sentences.size());
  for (const auto& [length, members] : by_length) {
    // A group is full when what is left would give the others no less than it has.
    const auto made = static_cast<std::int64_t>(result.size());
    const bool is_full =
        result.empty() ||
        (made < groups &&
         static_cast<std::int64_t>(result.back().sentences.size()) * (groups - made) >= left);
    if (is_full) result.push_back({.shortest = length});
    LengthGroup& group = result.back();
    group.longest = length;
    group.sentences.insert(group.sentences.end(), members.begin(), members.end());
    left -= static_cast<std::int64_t>(members.size());
  }
  return result;
}

}  // namespace unroll::lessons
