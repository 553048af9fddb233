// A vector whose first few elements need no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace unroll {

/// Holds up to `N` elements in place, and all of them in a std::vector beyond that. A tape node has
/// few inputs, so its lists almost never allocate.
template <class T, size_t N>
class SmallVector {
 public:
  void push_back(T value) {
    if (size_ < N) {
      few_[size_] = std::move(value);
    } else {
      if (size_ == N)
        many_.assign(std::make_move_iterator(few_.begin()), std::make_move_iterator(few_.end()));
      many_.push_back(std::move(value));
    }
    ++size_;
  }
  void clear() {
    for (T& value : *this) value = T();
    many_.clear();
    size_ = 0;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* begin() { return size_ > N ? many_.data() : few_.data(); }
  T* end() { return begin() + size_; }
  const T* begin() const { return size_ > N ? many_.data() : few_.data(); }
  const T* end() const { return begin() + size_; }
  T& operator[](size_t i) { return begin()[i]; }
  const T& operator[](size_t i) const { return begin()[i]; }

 private:
  std::array<T, N> few_{};
  std::vector<T> many_;
  size_t size_ = 0;
};

}  // namespace unroll
