#include "lessons/support/near_duplicates.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace unroll::lessons {

namespace {

using Hashes = std::vector<std::uint64_t>;

constexpr std::size_t kSketch = 8;
constexpr double kAlike = 0.5;
// Of the texts that share a hash, each is compared with so many of those before it: a phrase that
// thousands begin with must not cost millions of comparisons.
constexpr std::size_t kMostCompared = 32;

// FNV-1a, then mixed, so that the smallest hashes are a fair sample.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93ull;
  return hash ^ (hash >> 32);
}

bool is_mark(const std::string& word) {
  return std::none_of(word.begin(), word.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0;
  });
}

// The hashes of a text's pairs of words, sorted, each once; its only word, or what marks it has,
// where there are no pairs.
Hashes pairs_of(const std::vector<std::string>& words) {
  std::vector<std::string> own;
  std::copy_if(words.begin(), words.end(), std::back_inserter(own),
               [](const std::string& word) { return !is_mark(word); });
  if (own.empty()) own = words;
  Hashes hashes;
  for (std::size_t i = 1; i < own.size(); ++i) hashes.push_back(hash_of(own[i - 1] + ' ' + own[i]));
  if (hashes.empty() && !own.empty()) hashes.push_back(hash_of(own[0]));
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

bool alike(const Hashes& a, const Hashes& b) {
  Hashes shared;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(shared));
  const auto all = static_cast<double>(a.size() + b.size() - shared.size());
  return static_cast<double>(shared.size()) >= kAlike * all;
}

// Sets that grow together.
class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    parent_[std::max(root(a), root(b))] = std::min(root(a), root(b));
  }

 private:
  std::vector<std::size_t> parent_;
};

}  // namespace

std::vector<std::int64_t> near_duplicate_groups(std::span<const std::vector<std::string>> texts) {
  std::vector<Hashes> pairs;
  for (const auto& words : texts) pairs.push_back(pairs_of(words));
  Groups groups(texts.size());
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> having;  // a hash in the sketch
  for (std::size_t i = 0; i < texts.size(); ++i)
    for (std::size_t k = 0; k < std::min(kSketch, pairs[i].size()); ++k) {
      std::vector<std::size_t>& others = having[pairs[i][k]];
      for (std::size_t n = 0; n < std::min(kMostCompared, others.size()); ++n) {
        const std::size_t other = others[others.size() - 1 - n];
        if (groups.root(i) != groups.root(other) && alike(pairs[i], pairs[other]))
          groups.join(i, other);
      }
      others.push_back(i);
    }
  std::map<std::size_t, std::int64_t> numbers;
  std::vector<std::int64_t> found;
  for (std::size_t i = 0; i < texts.size(); ++i)
    found.push_back(numbers.try_emplace(groups.root(i), static_cast<std::int64_t>(numbers.size()))
                        .first->second);
  return found;
}

}  // namespace unroll::lessons
