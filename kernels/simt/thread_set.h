// A set of the threads of a block, as one bit each.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace unroll::kernels::simt {

class ThreadSet {
 public:
  bool empty() const { return size_ == 0; }
  unsigned size() const { return size_; }

  /// The thread is not in the set.
  void add(unsigned thread) {
    words_[thread / 64] |= uint64_t{1} << thread % 64;
    ++size_;
  }
  /// It is.
  void remove(unsigned thread) {
    words_[thread / 64] &= ~(uint64_t{1} << thread % 64);
    --size_;
  }
  /// Takes all members of `other`, none of which is in this set.
  void take(ThreadSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    size_ += other.size_;
    other.clear();
  }
  /// Threads 0 to `threads` - 1.
  void fill(unsigned threads) {
    clear();
    for (unsigned i = 0; i < threads; ++i) add(i);
  }
  void clear() {
    words_.fill(0);
    size_ = 0;
  }

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
  unsigned size_ = 0;
};

}  // namespace unroll::kernels::simt
