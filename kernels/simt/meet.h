// Where CUDA threads wait for each other: what the intrinsics and cooperative groups are made of.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernels/simt/builtins.h"
#include "kernels/simt/place.h"

namespace unroll::kernels::simt {

/// Waits for all threads of the block. Returns for how many of them `predicate` was true.
int block_barrier(bool predicate, const char* what, Place place);
void grid_barrier(Place place);
void cluster_barrier(Place place);

/// The calling thread's place in its warp.
unsigned lane();

/// The lanes of `mask` meet. Each gets the `bits` that lane `source` brought.
uint64_t shuffle(uint32_t mask, uint64_t bits, unsigned source, const char* what, Place place);
/// Each gets the mask of those lanes whose predicate was true.
uint32_t ballot(uint32_t mask, bool predicate, const char* what, Place place);

/// The lanes of `mask` meet, and see what each of them wrote before.
void warp_barrier(uint32_t mask, Place place);
/// The lanes of `mask` meet; the last to come calls `exchange` with what each offers, by lane.
void warp_meet(uint32_t mask, void* offer, void (*exchange)(uint32_t mask, void* const* offers),
               const char* what, Place place);

/// The calling thread found the value `bits` at `address` and left it there. When it found the same
/// before, others run and the result is true: look again.
bool may_wait(const void* address, uint64_t bits, Place place);
/// The calling thread changed memory that others may wait for.
void note_progress();
/// Lets others run first.
void pause(Place place);

/// `own`, an address in the shared memory of this block, in block `rank` of the cluster.
void* cluster_address(void* own, unsigned rank);
unsigned cluster_rank();
unsigned cluster_blocks();

template <class T>
uint64_t bits_of(T value) {
  static_assert(sizeof(T) <= 8 && std::is_trivially_copyable_v<T>);
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

template <class T>
T shuffle_value(uint32_t mask, T value, unsigned source, const char* what, Place place) {
  const uint64_t bits = shuffle(mask, bits_of(value), source, what, place);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// After an atomic operation that replaced `old` by `fresh`.
template <class T>
void after_atomic(const void* address, T old, T fresh, Place place) {
  if (bits_of(old) == bits_of(fresh))
    may_wait(address, bits_of(old), place);
  else
    note_progress();
}

}  // namespace unroll::kernels::simt
