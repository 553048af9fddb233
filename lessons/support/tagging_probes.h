// What a tagger makes of its context, in numbers to be drawn.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lessons/support/tagging_data.h"

namespace unroll::lessons {

/// How many words behind a word may be read; the last means all.
inline constexpr std::array<std::int64_t, 8> kVisible{
    0, 1, 2, 3, 4, 6, 8, std::numeric_limits<std::int64_t>::max()};
/// How far gradients are told apart by the distance of the words.
inline constexpr std::int64_t kReach = 8;

/// Where the tags of some words came from: the share of the gradient (length of ∂lead/∂vector, the
/// lead being that over the next best tag) that falls on each word of the sentence.
struct ContextUse {
  std::vector<double> shares = std::vector<double>(2 * kReach + 1);  // from kReach before
  double before = 0, behind = 0;                                     // all words on that side
};

/// Averages shares over the places; `shares[i]` has one for each word of the sentence of places[i].
ContextUse context_use(std::span<const std::vector<double>> shares,
                       std::span<const TokenPlace> places);

/// The share of the places that are right, where sentence i of `cut` is that of places[i] and
/// `right` has one value a word of `cut`, all sentences joined.
double accuracy_at(std::span<const TokenPlace> places, const TaggingPart& cut,
                   std::span<const double> right);

/// The numbers of the highest of two or more scores and of the next.
std::pair<std::size_t, std::size_t> best_two(std::span<const float> scores);

/// A sentence as the first seed's networks see it.
struct SentenceFlow {
  std::vector<std::string> words;
  std::vector<std::int32_t> said;  // by the network with both directions, or the only one
  /// Its states, (words, units) a direction; no backward ones in a network that has none.
  std::vector<std::vector<float>> forward, backward;
  /// By how much each direction's part of the score puts the tag that was said before the next
  /// best, one number a word. Empty unless there are both.
  std::vector<double> forward_margin, backward_margin;
  /// For each network (words, words): which share of the gradient of word t's lead (row) falls on
  /// which word's vector.
  std::vector<std::vector<double>> sources;
};

/// Adds the states of one more word, `state` (directions*units, the forward ones first), to a flow
/// whose network `reads_backward` only, or forward, or both ways. With both, the score is a sum
/// over the two states, and each one's part of the lead is added as well: `scores` are the word's,
/// `weights` (tags, directions*units) those that made them.
void add_states(SentenceFlow& flow, std::span<const float> state, std::span<const float> scores,
                std::span<const float> weights, bool is_both, bool reads_backward);

}  // namespace unroll::lessons
