// Cuts a workspace into the pieces that a kernel wants.
#pragma once

#include <cstdint>

namespace unroll::kernels {
namespace {  // a SIMD level's file must not leave weak symbols

/// Hands out consecutive pieces of a workspace, aligned as the workspace is up to 256 bytes; with
/// no memory behind it, counts them.
class Arena {
 public:
  explicit Arena(void* memory) : base_(static_cast<char*>(memory)) {}

  template <class T>
  T* take(int64_t elements) {
    constexpr int64_t kAlignment = 256;
    T* piece = base_ ? reinterpret_cast<T*>(base_ + used_) : nullptr;
    const int64_t bytes = elements * static_cast<int64_t>(sizeof(T));
    used_ += (bytes + kAlignment - 1) / kAlignment * kAlignment;
    return piece;
  }

  int64_t used() const { return used_; }
  bool only_counts() const { return base_ == nullptr; }

 private:
  char* base_;
  int64_t used_ = 0;
};

}  // namespace
}  // namespace unroll::kernels
