// What the compiler calls from instrumented kernels: before every load and store and in place of
// every atomic operation (-fsanitize=thread), and where an index or an alignment is wrong
// (-fsanitize=bounds,alignment). The names and signatures are the sanitizers'; the program is
// linked without their libraries, so these are the ones.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "kernels/simt/checker/access.h"
#include "kernels/simt/checker/released.h"
#include "kernels/simt/checker/report.h"
#include "kernels/simt/checker/space.h"

namespace unroll::kernels::simt::checker {
namespace {

void plain(const volatile void* address, size_t bytes, bool writes, void* code) {
  on_access({reinterpret_cast<uintptr_t>(address), static_cast<uint32_t>(bytes), !writes, writes,
             false, reinterpret_cast<uintptr_t>(code)});
}

// An atomic operation on *address: `operate` does it, and returns its result.
template <class T, class Operate>
T atomic(const volatile T* address, bool reads, bool writes, int order, void* code,
         Operate operate) {
  const auto at = reinterpret_cast<uintptr_t>(address);
  on_access({at, sizeof(T), reads, writes, true, reinterpret_cast<uintptr_t>(code)});
  const std::scoped_lock lock(atomic_mutex());
  const T result = operate();
  order_atomic(at, reads, writes, order);
  return result;
}

template <class T>
bool compare_exchange(volatile T* address, T* expected, T desired, int order, int failure,
                      void* code) {
  const auto at = reinterpret_cast<uintptr_t>(address);
  on_access({at, sizeof(T), true, true, true, reinterpret_cast<uintptr_t>(code)});
  const std::scoped_lock lock(atomic_mutex());
  const bool done = __atomic_compare_exchange_n(address, expected, desired, false, __ATOMIC_SEQ_CST,
                                                __ATOMIC_SEQ_CST);
  order_atomic(at, true, done, done ? order : failure);
  return done;
}

// What the undefined-behaviour sanitizer's callbacks are given.
struct UbsanPlace {
  const char* file;
  uint32_t line, column;
};
struct UbsanType {
  uint16_t kind, info;
  char name[1];  // of a type, in quotes; longer than this
};
struct UbsanBounds {
  UbsanPlace place;
  const UbsanType *array, *index;
};
struct UbsanMismatch {
  UbsanPlace place;
  const UbsanType* type;
  unsigned char log_alignment, kind;  // kind 0: a load, 1: a store, then others
};

void report_at(const UbsanPlace& place, const char* kind, const char* verb, const char* space,
               const std::string& detail, void* code) {
  if (!current.watched) return;
  const Unwatched unwatched;
  Party self = party({0, 0, true, false, false, reinterpret_cast<uintptr_t>(code)});
  self.verb = verb;
  report({kind, space, detail, self, std::nullopt,
          SourceLine{place.file, static_cast<int>(place.line)}});
}

}  // namespace
}  // namespace unroll::kernels::simt::checker

namespace checker = unroll::kernels::simt::checker;

// Names beginning with two underscores are the compiler's to choose, and macros the shortest way to
// spell a function for each size.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_vptr_read(void**) {}
void __tsan_vptr_update(void**, void*) {}

#define UNROLL_PLAIN(bytes)                                       \
  void __tsan_read##bytes(void* p) {                              \
    checker::plain(p, bytes, false, __builtin_return_address(0)); \
  }                                                               \
  void __tsan_write##bytes(void* p) {                             \
    checker::plain(p, bytes, true, __builtin_return_address(0));  \
  }                                                               \
  void __tsan_unaligned_read##bytes(void* p) {                    \
    checker::plain(p, bytes, false, __builtin_return_address(0)); \
  }                                                               \
  void __tsan_unaligned_write##bytes(void* p) {                   \
    checker::plain(p, bytes, true, __builtin_return_address(0));  \
  }
UNROLL_PLAIN(1)
UNROLL_PLAIN(2)
UNROLL_PLAIN(4)
UNROLL_PLAIN(8)
UNROLL_PLAIN(16)
#undef UNROLL_PLAIN

void __tsan_read_range(void* p, size_t bytes) {
  checker::plain(p, bytes, false, __builtin_return_address(0));
}
void __tsan_write_range(void* p, size_t bytes) {
  checker::plain(p, bytes, true, __builtin_return_address(0));
}

#define UNROLL_UPDATE(T, bits, name)                                                     \
  T __tsan_atomic##bits##_##name(volatile T* p, T value, int order) {                    \
    return checker::atomic(p, true, true, order, __builtin_return_address(0),            \
                           [&] { return __atomic_##name(p, value, __ATOMIC_SEQ_CST); }); \
  }
#define UNROLL_ATOMIC(T, bits)                                                                     \
  T __tsan_atomic##bits##_load(const volatile T* p, int order) {                                   \
    return checker::atomic(p, true, false, order, __builtin_return_address(0),                     \
                           [&] { return __atomic_load_n(p, __ATOMIC_SEQ_CST); });                  \
  }                                                                                                \
  void __tsan_atomic##bits##_store(volatile T* p, T value, int order) {                            \
    checker::atomic(p, false, true, order, __builtin_return_address(0), [&] {                      \
      __atomic_store_n(p, value, __ATOMIC_SEQ_CST);                                                \
      return value;                                                                                \
    });                                                                                            \
  }                                                                                                \
  T __tsan_atomic##bits##_exchange(volatile T* p, T value, int order) {                            \
    return checker::atomic(p, true, true, order, __builtin_return_address(0),                      \
                           [&] { return __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST); });       \
  }                                                                                                \
  UNROLL_UPDATE(T, bits, fetch_add)                                                                \
  UNROLL_UPDATE(T, bits, fetch_sub)                                                                \
  UNROLL_UPDATE(T, bits, fetch_and)                                                                \
  UNROLL_UPDATE(T, bits, fetch_or)                                                                 \
  UNROLL_UPDATE(T, bits, fetch_xor)                                                                \
  int __tsan_atomic##bits##_compare_exchange_strong(volatile T* p, T* expected, T desired,         \
                                                    int order, int failure) {                      \
    return checker::compare_exchange(p, expected, desired, order, failure,                         \
                                     __builtin_return_address(0));                                 \
  }                                                                                                \
  int __tsan_atomic##bits##_compare_exchange_weak(volatile T* p, T* expected, T desired,           \
                                                  int order, int failure) {                        \
    return checker::compare_exchange(p, expected, desired, order, failure,                         \
                                     __builtin_return_address(0));                                 \
  }                                                                                                \
  T __tsan_atomic##bits##_compare_exchange_val(volatile T* p, T expected, T desired, int order,    \
                                               int failure) {                                      \
    checker::compare_exchange(p, &expected, desired, order, failure, __builtin_return_address(0)); \
    return expected;                                                                               \
  }
UNROLL_ATOMIC(uint8_t, 8)
UNROLL_ATOMIC(uint16_t, 16)
UNROLL_ATOMIC(uint32_t, 32)
UNROLL_ATOMIC(uint64_t, 64)
#undef UNROLL_ATOMIC
#undef UNROLL_UPDATE

void __tsan_atomic_thread_fence(int order) {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (order != __ATOMIC_RELAXED) checker::order_fence();
}
void __tsan_atomic_signal_fence(int) {}

// clang copies structures by calling these, which it does not report; instrumented.h names them.
void* unroll_simt_memcpy(void* to, const void* from, size_t bytes) {
  checker::plain(from, bytes, false, __builtin_return_address(0));
  checker::plain(to, bytes, true, __builtin_return_address(0));
  return std::memcpy(to, from, bytes);
}
void* unroll_simt_memmove(void* to, const void* from, size_t bytes) {
  checker::plain(from, bytes, false, __builtin_return_address(0));
  checker::plain(to, bytes, true, __builtin_return_address(0));
  return std::memmove(to, from, bytes);
}
void* unroll_simt_memset(void* to, int byte, size_t bytes) {
  checker::plain(to, bytes, true, __builtin_return_address(0));
  return std::memset(to, byte, bytes);
}

void __ubsan_handle_out_of_bounds(checker::UbsanBounds* data, uintptr_t index) {
  checker::report_at(data->place, "out of bounds", "access", "",
                     "index " + std::to_string(static_cast<intptr_t>(index)) + " of " +
                         static_cast<const char*>(data->array->name),
                     __builtin_return_address(0));
}
void __ubsan_handle_type_mismatch_v1(checker::UbsanMismatch* data, uintptr_t address) {
  const uintptr_t alignment = uintptr_t{1} << data->log_alignment;
  if (address % alignment == 0) return;  // a null pointer, which on_access() reports
  checker::report_at(data->place, "misaligned access",
                     data->kind == 0   ? "read"
                     : data->kind == 1 ? "write"
                                       : "use",
                     checker::current.block ? name(checker::locate(address, 1).space) : "",
                     std::string(static_cast<const char*>(data->type->name)) +
                         " needs an address divisible by " + std::to_string(alignment) +
                         "; this one is " + std::to_string(address % alignment) + " past such",
                     __builtin_return_address(0));
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
