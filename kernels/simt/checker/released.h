// Release and acquire: what the value last written to an atomic object tells those who read it.
#pragma once

#include <cstdint>
#include <mutex>

namespace unroll::kernels::simt::checker {

/// Held from before an atomic operation until after order_atomic().
std::mutex& atomic_mutex();

/// The current CUDA thread has done an atomic operation that read or wrote or both. A read that
/// acquires orders the thread after what was released with the value; a write that releases makes
/// the thread's knowledge that of the value, and one that also read (an update) adds to it.
/// `order` is the number of C++'s memory order.
void order_atomic(uintptr_t address, bool reads, bool writes, int order);

/// A fence of the current CUDA thread: __threadfence() or atomic_thread_fence().
void order_fence();

/// A new launch has begun, which is after everything before it.
void forget_released();

}  // namespace unroll::kernels::simt::checker
