// space.h
#include "kernels/simt/checker/space.h"

#include "kernels/simt/memory.h"

namespace unroll::kernels::simt::checker {
namespace {

// How far from dynamic shared memory an address still counts as meant for it.
constexpr size_t kMargin = 64 * 1024;

const void* pointer(uintptr_t address) {
  return reinterpret_cast<const void*>(address);  // NOLINT(performance-no-int-to-ptr): it was one
}

bool is_builtin(uintptr_t address) {
  const auto is_in = [&](const auto& variable) {
    return Range{reinterpret_cast<uintptr_t>(&variable), sizeof variable}.holds(address);
  };
  return is_in(threadIdx) || is_in(blockIdx) || is_in(blockDim) || is_in(gridDim);
}

bool fits(const Range& range, uintptr_t address, size_t bytes) {
  return range.holds(address) && bytes <= range.begin + range.bytes - address;
}

bool is_near(const Range& range, uintptr_t address) {
  return Range{range.begin - kMargin, range.bytes + 2 * kMargin}.holds(address);
}

// The allocation that was found last: most accesses go where the one before went.
const Allocation& allocation_at(uintptr_t address, Epoch launch) {
  thread_local Allocation last;
  thread_local Epoch seen_in = 0;
  if (launch != seen_in || !Range{last.begin, last.bytes}.holds(address)) {
    last = find_allocation(pointer(address));
    seen_in = launch;
  }
  return last;
}

std::string bytes_text(size_t bytes) {
  return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

// "8 bytes past the end of `what`", of an access of `bytes` that lies outside the range.
std::string outside(const Range& range, uintptr_t address, size_t bytes, const std::string& what) {
  if (address < range.begin)
    return bytes_text(range.begin - address) + " before the start of " + what;
  const uintptr_t end = range.begin + range.bytes;
  if (address < end)
    return "the last of its " + bytes_text(bytes) + " is " + bytes_text(address + bytes - end) +
           " past the end of " + what;
  if (address == end) return "right behind the end of " + what;
  return bytes_text(address - end) + " past the end of " + what;
}

}  // namespace

Location locate(uintptr_t address, size_t bytes) {
  const Block& block = *current.block;
  const Epoch launch = current_launch().epoch;
  if (current.stack.holds(address)) return {Space::kLocal, Fault::kNone, launch};
  if (block.dynamic_shared.holds(address))
    return {Space::kShared,
            fits(block.dynamic_shared, address, bytes) ? Fault::kNone : Fault::kOutOfBounds,
            block.epoch};
  if (block.static_shared.holds(address))
    return {is_builtin(address) ? Space::kLocal : Space::kShared, Fault::kNone, block.epoch};
  const Allocation& allocation = allocation_at(address, launch);
  const Range range{allocation.begin, allocation.bytes};
  if (allocation.begin != 0) {
    const Fault fault = !fits(range, address, bytes) ? Fault::kOutOfBounds
                        : allocation.freed           ? Fault::kFreed
                                                     : Fault::kNone;
    return {Space::kGlobal, fault, launch};
  }
  if (current_launch().host.holds(address)) return {Space::kLocal, Fault::kNone, launch};
  if (program().image.holds(address)) return {Space::kProgram, Fault::kNone, launch};
  if (const Block* owner = owner_of_shared(address))
    return {Space::kShared, Fault::kNone, owner->epoch};
  if (is_near(block.dynamic_shared, address))
    return {Space::kShared, Fault::kOutOfBounds, block.epoch};
  return {Space::kGlobal, Fault::kNotDevice, launch};
}

const char* name(Space space) {
  switch (space) {
    case Space::kLocal:
      return "local";
    case Space::kShared:
      return "shared";
    case Space::kGlobal:
      return "global";
    case Space::kProgram:
      return "global (a variable of the program)";
  }
  return "";
}

std::string explain_fault(uintptr_t address, size_t bytes) {
  const Location location = locate(address, bytes);
  if (location.space == Space::kShared)
    return outside(current.block->dynamic_shared, address, bytes,
                   "the block's " + bytes_text(current.block->dynamic_shared.bytes) +
                       " of dynamic shared memory");
  if (location.fault == Fault::kNotDevice)
    return address < 4096                ? "a null pointer"
           : is_device(pointer(address)) ? "device memory that is not allocated"
                                         : "memory of the host, or a wild pointer";
  const Allocation allocation = find_allocation(pointer(address));
  const std::string what = std::string(allocation.freed ? "a freed" : "an") + " allocation of " +
                           bytes_text(allocation.bytes);
  if (location.fault == Fault::kFreed) return "in " + what;
  return outside({allocation.begin, allocation.bytes}, address, bytes, what);
}

}  // namespace unroll::kernels::simt::checker
