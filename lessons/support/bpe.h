// Byte pair encoding: words as pieces that were learnt, so that a small vocabulary spells all
// words.
//
// At first each letter is a piece. The pair of neighbouring pieces that comes most often in the
// training text is merged into one piece, then the next, N times: frequent words become whole,
// rare ones stay in pieces. Pieces that do not end a word are written with "@@": "low@@ er".
//
// R. Sennrich, B. Haddow and A. Birch, "Neural machine translation of rare words with subword
// units", ACL 2016.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace unroll::lessons {

class Bpe {
 public:
  /// Behind a piece that does not end its word.
  static constexpr std::string_view kGoesOn = "@@";

  /// Learns up to `merges` merges from the words of the training texts (UTF-8); of pairs that are
  /// equally frequent the first in the order of their letters comes first. Ends early when no pair
  /// comes twice.
  static Bpe learn(std::span<const std::vector<std::string>> training_texts, std::int64_t merges);

  /// What `merges()` of another has returned, learnt before.
  explicit Bpe(std::vector<std::pair<std::string, std::string>> merges);

  /// The merges in the order in which they were learnt.
  const std::vector<std::pair<std::string, std::string>>& merges() const { return merges_; }

  /// The pieces of some words. `join_pieces` makes the same words of them, unless one ends in "@@".
  std::vector<std::string> apply(std::span<const std::string> words) const;

 private:
  using Pair = std::pair<std::string, std::string>;

  std::vector<std::string> cut(const std::string& word) const;

  std::vector<Pair> merges_;
  std::map<Pair, std::size_t> ranks_;  // of each merge, from 0
  mutable std::unordered_map<std::string, std::vector<std::string>> known_;  // words cut before
};

/// The words of which these are the pieces. A last piece that does not end a word ends one here.
std::vector<std::string> join_pieces(std::span<const std::string> pieces);

}  // namespace unroll::lessons
