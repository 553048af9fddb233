// A set of the threads of a block, as one bit each.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace unroll::kernels::simt {

class ThreadSet {
 public:
  bool empty() const {
    for (const uint64_t word : words_)
      if (word) return false;
    return true;
  }
  unsigned size() const {
    int count = 0;
    for (const uint64_t word : words_) count += std::popcount(word);
    return static_cast<unsigned>(count);
  }
  bool holds(unsigned thread) const { return words_[thread / 64] >> thread % 64 & 1; }
  void add(unsigned thread) { words_[thread / 64] |= uint64_t{1} << thread % 64; }
  void remove(unsigned thread) { words_[thread / 64] &= ~(uint64_t{1} << thread % 64); }
  void add_all(const ThreadSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void fill(unsigned threads) {
    clear();
    for (unsigned i = 0; i < threads; ++i) add(i);
  }
  void clear() { words_.fill(0); }

  // The set is not empty.
  unsigned lowest() const {
    size_t i = 0;
    while (!words_[i]) ++i;
    return static_cast<unsigned>(i) * 64 + static_cast<unsigned>(std::countr_zero(words_[i]));
  }
  unsigned highest() const {
    size_t i = words_.size() - 1;
    while (!words_[i]) --i;
    return static_cast<unsigned>(i) * 64 + 63 - static_cast<unsigned>(std::countl_zero(words_[i]));
  }
  /// The member that has `rank` members below it.
  unsigned at(unsigned rank) const {
    size_t i = 0;
    while (rank >= static_cast<unsigned>(std::popcount(words_[i])))
      rank -= static_cast<unsigned>(std::popcount(words_[i++]));
    uint64_t word = words_[i];
    for (; rank > 0; --rank) word &= word - 1;
    return static_cast<unsigned>(i) * 64 + static_cast<unsigned>(std::countr_zero(word));
  }

 private:
  std::array<uint64_t, 16> words_{};
};

}  // namespace unroll::kernels::simt
