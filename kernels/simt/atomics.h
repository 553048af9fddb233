// atomicAdd and its kin, and cuda::atomic_ref.
//
// A thread that repeats one and finds the same value again, as a loop that waits for a flag or a
// lock does, lets other threads run. A loop that waits for a volatile variable hangs.
//
// What reads or writes memory for a kernel is inlined by force, here and in the other headers: then
// the checker and the profiler see the kernel's line.
#pragma once

#include <atomic>
#include <type_traits>

#include "kernels/simt/meet.h"

// NOLINTBEGIN(readability-identifier-naming, bugprone-reserved-identifier): CUDA's names
inline namespace cuda_on_cpu {

template <class T>
__forceinline__ T atomicCAS(T* p, std::type_identity_t<T> expected, std::type_identity_t<T> desired,
                            simt::Place place = simt::Place::here()) {
  if (__atomic_compare_exchange(p, &expected, &desired, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    simt::note_progress();
  else
    simt::may_wait(p, simt::bits_of(expected), place);
  return expected;
}

template <class T>
__forceinline__ T atomicExch(T* p, std::type_identity_t<T> value,
                             simt::Place place = simt::Place::here()) {
  T old;
  __atomic_exchange(p, &value, &old, __ATOMIC_RELAXED);
  simt::after_atomic(p, old, value, place);
  return old;
}

/// Replaces *p by update(*p) in one step; returns what was there.
template <class T, class Update>
__forceinline__ T atomic_update(T* p, Update update, simt::Place place) {
  T old, fresh;
  __atomic_load(p, &old, __ATOMIC_RELAXED);
  do {
    fresh = update(old);
  } while (!__atomic_compare_exchange(p, &old, &fresh, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  simt::after_atomic(p, old, fresh, place);
  return old;
}

template <class T>
__forceinline__ T atomicAdd(T* p, std::type_identity_t<T> value,
                            simt::Place place = simt::Place::here()) {
  return atomic_update(
      p, [value](T old) { return static_cast<T>(old + value); }, place);
}
template <class T>
__forceinline__ T atomicSub(T* p, std::type_identity_t<T> value,
                            simt::Place place = simt::Place::here()) {
  return atomic_update(
      p, [value](T old) { return static_cast<T>(old - value); }, place);
}
template <class T>
__forceinline__ T atomicMin(T* p, std::type_identity_t<T> value,
                            simt::Place place = simt::Place::here()) {
  return atomic_update(
      p, [value](T old) { return value < old ? value : old; }, place);
}
template <class T>
__forceinline__ T atomicMax(T* p, std::type_identity_t<T> value,
                            simt::Place place = simt::Place::here()) {
  return atomic_update(
      p, [value](T old) { return old < value ? value : old; }, place);
}
template <class T>
__forceinline__ T atomicAnd(T* p, std::type_identity_t<T> value,
                            simt::Place place = simt::Place::here()) {
  return atomic_update(
      p, [value](T old) { return old & value; }, place);
}
template <class T>
__forceinline__ T atomicOr(T* p, std::type_identity_t<T> value,
                           simt::Place place = simt::Place::here()) {
  return atomic_update(
      p, [value](T old) { return old | value; }, place);
}
template <class T>
__forceinline__ T atomicXor(T* p, std::type_identity_t<T> value,
                            simt::Place place = simt::Place::here()) {
  return atomic_update(
      p, [value](T old) { return old ^ value; }, place);
}
/// Counts up, and from `limit` back to 0.
__forceinline__ unsigned atomicInc(unsigned* p, unsigned limit,
                                   simt::Place place = simt::Place::here()) {
  return atomic_update(
      p, [limit](unsigned old) { return old >= limit ? 0u : old + 1; }, place);
}

}  // namespace cuda_on_cpu

namespace cuda {
inline namespace cuda_on_cpu {

using std::memory_order;
using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

enum thread_scope {
  thread_scope_system,
  thread_scope_device,
  thread_scope_block,
  thread_scope_thread
};

inline void atomic_thread_fence(memory_order order, thread_scope = thread_scope_system) {
  std::atomic_thread_fence(order);
}

/// The scope makes no difference here: all threads share one coherent memory.
template <class T, thread_scope kScope = thread_scope_system>
class atomic_ref {
 public:
  explicit atomic_ref(T& object) : object_(object) {}

  __forceinline__ T load(memory_order order = memory_order_seq_cst,
                         simt::Place place = simt::Place::here()) const {
    const T value = std::atomic_ref<T>(object_).load(order);
    if (!simt::may_wait(&object_, simt::bits_of(value), place)) return value;
    return std::atomic_ref<T>(object_).load(order);
  }
  __forceinline__ void store(T value, memory_order order = memory_order_seq_cst) const {
    std::atomic_ref<T>(object_).store(value, order);
    simt::note_progress();
  }
  __forceinline__ T exchange(T value, memory_order order = memory_order_seq_cst,
                             simt::Place place = simt::Place::here()) const {
    const T old = std::atomic_ref<T>(object_).exchange(value, order);
    simt::after_atomic(&object_, old, value, place);
    return old;
  }
  __forceinline__ bool compare_exchange_strong(T& expected, T desired,
                                               memory_order order = memory_order_seq_cst,
                                               simt::Place place = simt::Place::here()) const {
    const bool done = std::atomic_ref<T>(object_).compare_exchange_strong(expected, desired, order);
    if (done)
      simt::note_progress();
    else
      simt::may_wait(&object_, simt::bits_of(expected), place);
    return done;
  }
  __forceinline__ T fetch_add(T value, memory_order order = memory_order_seq_cst,
                              simt::Place place = simt::Place::here()) const {
    const T old = std::atomic_ref<T>(object_).fetch_add(value, order);
    simt::after_atomic(&object_, old, static_cast<T>(old + value), place);
    return old;
  }
  __forceinline__ T fetch_sub(T value, memory_order order = memory_order_seq_cst,
                              simt::Place place = simt::Place::here()) const {
    return fetch_add(static_cast<T>(T{} - value), order, place);
  }
  __forceinline__ T operator++(int) const { return fetch_add(1); }
  __forceinline__ T operator++() const { return fetch_add(1) + 1; }
  __forceinline__ operator T() const { return load(); }

 private:
  T& object_;
};

}  // namespace cuda_on_cpu
}  // namespace cuda
// NOLINTEND(readability-identifier-naming, bugprone-reserved-identifier)
