#include "engine/allocator.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <new>
#include <utility>

#include "engine/error.h"

namespace unroll {
namespace {

constexpr size_t kAlignment = 64;

struct SizeClass {
  int index;
  size_t bytes;
};

// Below 512 bytes the classes are multiples of 64; above, eight equal steps from each power of two
// to the next.
SizeClass size_class(size_t bytes) {
  bytes = std::max<size_t>(bytes, 1);
  if (bytes <= 512) {
    const size_t steps = (bytes + kAlignment - 1) / kAlignment;
    return {static_cast<int>(steps) - 1, steps * kAlignment};
  }
  const int octave = std::bit_width(bytes - 1) - 1;  // 2^octave ≤ bytes − 1 < 2^(octave + 1)
  const size_t step = size_t{1} << (octave - 3);
  const size_t steps = (bytes - (size_t{1} << octave) + step - 1) / step;  // 1 to 8
  return {8 * (octave - 8) + static_cast<int>(steps) - 1, (size_t{1} << octave) + steps * step};
}

}  // namespace

void* Pool::allocate(size_t bytes) {
  require(bytes < size_t{1} << 50, "cannot allocate ", bytes, " bytes: more than any machine has");
  const SizeClass size = size_class(bytes);
  FreeBlock*& head = free_[size.index];
  void* block = head;
  if (head) {
    head = head->next;
    stats_.cached -= size.bytes;
  } else {
    block = std::aligned_alloc(kAlignment, size.bytes);
    if (!block) {
      release();
      block = std::aligned_alloc(kAlignment, size.bytes);
    }
    require(block != nullptr, "out of memory: could not allocate ", bytes, " bytes with ",
            stats_.in_use, " in use");
    ++stats_.system_allocations;
  }
  stats_.in_use += size.bytes;
  stats_.peak = std::max(stats_.peak, stats_.in_use);
  return block;
}

void Pool::free(void* block, size_t bytes) noexcept {
  const SizeClass size = size_class(bytes);
  free_[size.index] = new (block) FreeBlock{free_[size.index]};
  stats_.in_use -= size.bytes;
  stats_.cached += size.bytes;
}

void Pool::release() noexcept {
  for (FreeBlock*& head : free_)
    while (head) std::free(std::exchange(head, head->next));
  stats_.cached = 0;
}

Pool& pool(Device) {
  static Pool& cpu = *new Pool;  // never destroyed: tensors of static lifetime may outlive it
  return cpu;
}

}  // namespace unroll
