// sort.h on a GPU: a radix sort, digit by digit from the least significant.
//
// A digit has 8 bits. To sort by a digit is to move each pair to
//   start of its digit + pairs of this digit in earlier tiles + pairs of it earlier in the tile,
// so that pairs of one digit stay in order; sorted by one digit after the other they end up sorted
// by all. A block has one tile of pairs. Each digit takes three kernels, in which nothing depends
// on who comes first:
//   count     how often each digit occurs in each tile
//   scan      for each digit, sums of its counts over the tiles before each tile
//   scatter   moves the pairs
#include <string>

#include "kernels/arena.h"
#include "kernels/gpu.h"
#include "kernels/sort.h"

namespace unroll::kernels {
namespace {

constexpr int kDigitBits = 8;
constexpr int kDigits = 1 << kDigitBits;
constexpr int kThreads = 256, kWarps = kThreads / 32;
constexpr int kRounds = 4;  // of a warp over its part of a tile, 32 pairs at a time
constexpr int kTile = kThreads * kRounds;
static_assert(kThreads == kDigits, "a thread looks after one digit");

int64_t tiles_for(int64_t n) { return (n + kTile - 1) / kTile; }

/// What the kernels share; tile t's count of digit d is counts[d * tiles + t].
struct Scratch {
  SortPairs other;
  uint32_t *counts, *totals;

  Scratch(Arena& arena, int64_t n)
      : other{arena.take<uint32_t>(n), arena.take<int32_t>(n)},
        counts(arena.take<uint32_t>(kDigits * tiles_for(n))),
        totals(arena.take<uint32_t>(kDigits)) {}
};

__device__ __forceinline__ int digit_of(uint32_t key, int shift) {
  return static_cast<int>(key >> shift) & (kDigits - 1);
}

__global__ void count_kernel(int64_t n, int shift, const uint32_t* keys, uint32_t* counts) {
  __shared__ uint32_t count[kDigits];
  count[threadIdx.x] = 0;
  __syncthreads();
  for (int round = 0; round < kRounds; ++round) {
    const int64_t i = int64_t{blockIdx.x} * kTile + round * kThreads + threadIdx.x;
    if (i < n) atomicAdd(&count[digit_of(keys[i], shift)], 1u);
  }
  __syncthreads();
  counts[int64_t{threadIdx.x} * gridDim.x + blockIdx.x] = count[threadIdx.x];
}

// The sum of `value` over the lanes up to this one. After each step a lane has the sum of twice as
// many lanes before it.
__device__ __forceinline__ uint32_t sum_up_to_lane(uint32_t value) {
  const unsigned lane = threadIdx.x % 32;
  for (unsigned distance = 1; distance < 32; distance *= 2) {
    const uint32_t before = __shfl_up_sync(0xffffffffu, value, distance);
    if (lane >= distance) value += before;
  }
  return value;
}

// Each count becomes the sum of those before it of the same digit. A warp has one digit.
__global__ void scan_kernel(int64_t tiles, uint32_t* counts, uint32_t* totals) {
  const unsigned lane = threadIdx.x % 32;
  const int64_t digit = int64_t{blockIdx.x} * kWarps + threadIdx.x / 32;
  counts += digit * tiles;
  uint32_t sum = 0;  // of the tiles before `first`
  for (int64_t first = 0; first < tiles; first += 32) {
    const int64_t tile = first + lane;
    const uint32_t count = tile < tiles ? counts[tile] : 0;
    const uint32_t up_to = sum_up_to_lane(count);
    if (tile < tiles) counts[tile] = sum + up_to - count;
    sum += __shfl_sync(0xffffffffu, up_to, 31);
  }
  if (lane == 0) totals[digit] = sum;
}

// The sum of `value` over the threads of the block before this one.
__device__ __forceinline__ uint32_t sum_before_thread(uint32_t value) {
  __shared__ uint32_t of_warps[kWarps];
  const unsigned warp = threadIdx.x / 32;
  const uint32_t up_to = sum_up_to_lane(value);
  if (threadIdx.x % 32 == 31) of_warps[warp] = up_to;
  __syncthreads();
  uint32_t before = up_to - value;
  for (unsigned earlier = 0; earlier < warp; ++earlier) before += of_warps[earlier];
  return before;
}

// The lanes of a warp that have the same digit, among those that have one at all (`active`): bit by
// bit, the lanes that differ drop out.
__device__ __forceinline__ unsigned lanes_with(int digit, bool active) {
  unsigned same = __ballot_sync(0xffffffffu, active);
  for (int bit = 0; bit < kDigitBits; ++bit) {
    const bool set = (digit >> bit & 1) != 0;
    const unsigned lanes = __ballot_sync(0xffffffffu, set);
    same &= set ? lanes : ~lanes;
  }
  return same;
}

// A warp has 32 * kRounds consecutive pairs of the tile.
__global__ void scatter_kernel(int64_t n, int shift, SortPairs from, const uint32_t* counts,
                               const uint32_t* totals, SortPairs to) {
  __shared__ uint32_t at[kWarps][kDigits];  // of each digit: a warp's pairs, later its next place
  const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  for (int w = 0; w < kWarps; ++w) at[w][threadIdx.x] = 0;
  __syncthreads();

  const int64_t begin = int64_t{blockIdx.x} * kTile + warp * (32 * kRounds);
  uint32_t rank[kRounds];  // among the warp's pairs of the same digit
  for (int round = 0; round < kRounds; ++round) {
    const int64_t i = begin + round * 32 + lane;
    const bool active = i < n;
    const int digit = active ? digit_of(from.keys[i], shift) : 0;
    const unsigned same = lanes_with(digit, active);
    const unsigned earlier = same & ((1u << lane) - 1);
    if (active) rank[round] = at[warp][digit] + static_cast<uint32_t>(__popc(earlier));
    __syncwarp();
    if (active && earlier == 0) at[warp][digit] += static_cast<uint32_t>(__popc(same));
    __syncwarp();
  }
  __syncthreads();

  // This thread's digit: where the pairs of each warp go.
  uint32_t place = sum_before_thread(totals[threadIdx.x]) +
                   counts[int64_t{threadIdx.x} * gridDim.x + blockIdx.x];
  for (int w = 0; w < kWarps; ++w) {
    const uint32_t count = at[w][threadIdx.x];
    at[w][threadIdx.x] = place;
    place += count;
  }
  __syncthreads();

  for (int round = 0; round < kRounds; ++round) {
    const int64_t i = begin + round * 32 + lane;
    if (i >= n) continue;
    const uint32_t key = from.keys[i], target = at[warp][digit_of(key, shift)] + rank[round];
    to.keys[target] = key;
    to.values[target] = from.values[i];
  }
}

}  // namespace

template <class Device>
int64_t sort_workspace(Device, int64_t n) {
  Arena arena(nullptr);
  Scratch(arena, n);
  return arena.used();
}

template <class Device>
SortPairs sort_pairs(Device, int64_t n, int bits, SortPairs pairs, void* workspace) {
  if (n > INT32_MAX)
    throw GpuError("sorting " + std::to_string(n) + " pairs: expected at most " +
                   std::to_string(INT32_MAX));
  if (n == 0) return pairs;
  Arena arena(workspace);
  const Scratch scratch(arena, n);
  SortPairs other = scratch.other;
  const unsigned tiles = static_cast<unsigned>(tiles_for(n));
  for (int shift = 0; shift < bits; shift += kDigitBits) {
    launch<count_kernel>({tiles, kThreads}, n, shift, pairs.keys, scratch.counts);
    launch<scan_kernel>({kDigits / kWarps, kThreads}, tiles, scratch.counts, scratch.totals);
    launch<scatter_kernel>({tiles, kThreads}, n, shift, pairs, scratch.counts, scratch.totals,
                           other);
    std::swap(pairs, other);
  }
  return pairs;
}

template int64_t sort_workspace(Gpu, int64_t);
template SortPairs sort_pairs(Gpu, int64_t, int, SortPairs, void*);

}  // namespace unroll::kernels
