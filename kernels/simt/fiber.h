// Stackful fibers: code on a stack of its own that stops in the middle and goes on later.
#pragma once

#include <cstddef>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <ucontext.h>
#endif

namespace unroll::kernels::simt {

/// One fiber. It stays on the OS thread that first ran it.
class Fiber {
 public:
  /// What the OS thread runs already: something to come back to.
  Fiber() = default;
  /// Runs `entry`, which must never return, when first switched to. `number` staggers the stacks of
  /// fibers that are used together, or their tops would compete for the same cache lines.
  Fiber(void (*entry)(), size_t number);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Stops `from`, which is running, and goes on with `to`.
  static void change(Fiber& from, Fiber& to);

  const void* stack() const { return stack_; }
  size_t stack_bytes() const { return stack_ ? kStackBytes : 0; }

 private:
  static constexpr size_t kStackBytes = size_t{256} << 10;  // reserved; used page by page
  static constexpr size_t kGuardBytes = size_t{16} << 10;   // below: an overflow faults

  static void begin();
  void arrived();

  void (*entry_)() = nullptr;
  char* stack_ = nullptr;
#if defined(__x86_64__) || defined(__aarch64__)
  void* stack_pointer_ = nullptr;  // while stopped
#else
  ucontext_t context_{};
#endif
  // What AddressSanitizer wants to know of a stack.
  void* fake_stack_ = nullptr;
  const void* sanitizer_stack_ = nullptr;
  size_t sanitizer_bytes_ = 0;
};

}  // namespace unroll::kernels::simt
