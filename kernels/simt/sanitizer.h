// AddressSanitizer, in a program that is built with it; elsewhere these do nothing.
#pragma once

#include <cstddef>

// NOLINTBEGIN(readability-identifier-naming, bugprone-reserved-identifier): its names
extern "C" {
[[gnu::weak]] void __asan_poison_memory_region(const volatile void* begin, size_t bytes);
[[gnu::weak]] void __asan_unpoison_memory_region(const volatile void* begin, size_t bytes);
[[gnu::weak]] void __sanitizer_start_switch_fiber(void** save, const void* bottom, size_t bytes);
[[gnu::weak]] void __sanitizer_finish_switch_fiber(void* saved, const void** bottom, size_t* bytes);
}
// NOLINTEND(readability-identifier-naming, bugprone-reserved-identifier)

namespace unroll::kernels::simt {

/// From now on an access to these bytes is an error.
inline void poison(const void* begin, size_t bytes) {
  if (__asan_poison_memory_region) __asan_poison_memory_region(begin, bytes);
}
inline void unpoison(const void* begin, size_t bytes) {
  if (__asan_unpoison_memory_region) __asan_unpoison_memory_region(begin, bytes);
}

/// Around a change of stacks: `saved` is what the stack that is left keeps until it goes on.
inline void before_stack_change(void** saved, const void* to, size_t to_bytes) {
  if (__sanitizer_start_switch_fiber) __sanitizer_start_switch_fiber(saved, to, to_bytes);
}
inline void after_stack_change(void* saved, const void** from, size_t* from_bytes) {
  if (__sanitizer_finish_switch_fiber) __sanitizer_finish_switch_fiber(saved, from, from_bytes);
}

}  // namespace unroll::kernels::simt
