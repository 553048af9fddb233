#include "lessons/support/bpe.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "lessons/support/utf8.h"

namespace unroll::lessons {
namespace {

using Pair = std::pair<std::string, std::string>;
using Pieces = std::vector<std::string>;

constexpr std::string_view kGoesOn = Bpe::kGoesOn;

Pieces spell(std::string_view word) {
  Pieces pieces;
  while (!word.empty()) {
    const std::size_t bytes = code_point_bytes(word);
    pieces.emplace_back(word.substr(0, bytes));
    word.remove_prefix(bytes);
    if (!word.empty()) pieces.back() += kGoesOn;
  }
  return pieces;
}

std::string merged(const Pair& pair) {
  return pair.first.substr(0, pair.first.size() - kGoesOn.size()) + pair.second;
}

// Merges the pair wherever it stands, from left to right.
void merge(Pieces& pieces, const Pair& pair) {
  Pieces result;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i + 1 < pieces.size() && pieces[i] == pair.first && pieces[i + 1] == pair.second) {
      result.push_back(merged(pair));
      ++i;
    } else {
      result.push_back(std::move(pieces[i]));
    }
  }
  pieces = std::move(result);
}

// The words of the training text and how often each pair of neighbouring pieces comes in them.
class PairCounts {
 public:
  explicit PairCounts(const std::map<std::string, std::int64_t>& words) {
    for (const auto& [word, count] : words) {
      words_.push_back({spell(word), count});
      count_pairs(words_.size() - 1, 1);
    }
  }

  // The most frequent pair and its count; nothing if there is none.
  std::optional<std::pair<Pair, std::int64_t>> most_frequent() const {
    if (by_count_.empty()) return std::nullopt;
    const auto& [minus_count, pair] = *by_count_.begin();
    return std::pair(pair, -minus_count);
  }

  void merge_all(const Pair& pair) {
    const std::set<std::size_t> words = uses_.at(pair).words;
    for (const std::size_t word : words) {
      count_pairs(word, -1);
      merge(words_[word].pieces, pair);
      count_pairs(word, 1);
    }
  }

 private:
  struct Word {
    Pieces pieces;
    std::int64_t count;
  };
  struct Uses {
    std::int64_t count = 0;
    std::set<std::size_t> words = {};
  };

  // Adds the pairs of a word (sign 1) or takes them away (−1).
  void count_pairs(std::size_t word, std::int64_t sign) {
    const auto& [pieces, count] = words_[word];
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
      const Pair pair{pieces[i], pieces[i + 1]};
      Uses& uses = uses_[pair];
      by_count_.erase({-uses.count, pair});
      uses.count += sign * count;
      if (sign > 0)
        uses.words.insert(word);
      else
        uses.words.erase(word);
      if (uses.count > 0)
        by_count_.emplace(-uses.count, pair);
      else
        uses_.erase(pair);
    }
  }

  std::vector<Word> words_;
  std::map<Pair, Uses> uses_;
  std::set<std::pair<std::int64_t, Pair>> by_count_;  // (−count, pair): the most frequent first
};

}  // namespace

Bpe Bpe::learn(std::span<const std::vector<std::string>> training_texts, std::int64_t merges) {
  std::map<std::string, std::int64_t> words;
  for (const auto& text : training_texts)
    for (const std::string& word : text) ++words[word];
  PairCounts pairs(words);
  std::vector<Pair> learnt;
  while (static_cast<std::int64_t>(learnt.size()) < merges) {
    const auto next = pairs.most_frequent();
    if (!next || next->second < 2) break;
    pairs.merge_all(next->first);
    learnt.push_back(next->first);
  }
  return Bpe(std::move(learnt));
}

Bpe::Bpe(std::vector<Pair> merges) : merges_(std::move(merges)) {
  for (std::size_t i = 0; i < merges_.size(); ++i) ranks_.emplace(merges_[i], i);
}

std::vector<std::string> Bpe::apply(std::span<const std::string> words) const {
  std::vector<std::string> all;
  for (const std::string& word : words) {
    auto known = known_.find(word);
    if (known == known_.end()) known = known_.emplace(word, cut(word)).first;
    all.insert(all.end(), known->second.begin(), known->second.end());
  }
  return all;
}

std::vector<std::string> Bpe::cut(const std::string& word) const {
  Pieces pieces = spell(word);
  while (pieces.size() > 1) {
    auto earliest = ranks_.end();
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
      const auto found = ranks_.find({pieces[i], pieces[i + 1]});
      if (found != ranks_.end() && (earliest == ranks_.end() || found->second < earliest->second))
        earliest = found;
    }
    if (earliest == ranks_.end()) break;
    merge(pieces, earliest->first);
  }
  return pieces;
}

std::vector<std::string> join_pieces(std::span<const std::string> pieces) {
  std::vector<std::string> words;
  bool goes_on = false;
  for (const std::string& piece : pieces) {
    if (!goes_on) words.emplace_back();
    goes_on = piece.ends_with(kGoesOn);
    words.back() += piece.substr(0, piece.size() - (goes_on ? kGoesOn.size() : 0));
  }
  return words;
}

}  // namespace unroll::lessons
