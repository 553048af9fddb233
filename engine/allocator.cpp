#include "engine/allocator.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "engine/dispatch.h"
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

void* Pool::ask_system(size_t bytes) {
  void* block = nullptr;
  if (device_ == Device::cpu)
    block = std::aligned_alloc(kAlignment, bytes);
  else
    dispatch_gpu("allocate", device_, [&](auto gpu) { block = kernels::gpu_allocate(gpu, bytes); });
  if (block) ++stats_.system_allocations;
  return block;
}

void* Pool::allocate(size_t bytes) {
  require(bytes < size_t{1} << 50, "cannot allocate ", bytes, " bytes: more than any machine has");
  const SizeClass size = size_class(bytes);
  FreeBlock*& head = free_[size.index];
  void* block = head;
  if (head) {
    head = head->next;
    stats_.cached -= size.bytes;
  } else {
    // A GPU's own pool rounds up itself; simt then knows where a tensor ends.
    const size_t wanted = device_ == Device::cpu ? size.bytes : std::max<size_t>(bytes, 1);
    block = ask_system(wanted);
    if (!block) {
      release();
      block = ask_system(wanted);
    }
    require(block != nullptr, "out of memory on ", name(device_), ": could not allocate ", bytes,
            " bytes with ", stats_.in_use, " in use; choose a smaller batch or model");
  }
  stats_.in_use += size.bytes;
  stats_.peak = std::max(stats_.peak, stats_.in_use);
  return block;
}

void Pool::free(void* block, size_t bytes) noexcept {
  const SizeClass size = size_class(bytes);
  stats_.in_use -= size.bytes;
  if (device_ == Device::cpu) {
    free_[size.index] = new (block) FreeBlock{free_[size.index]};
    stats_.cached += size.bytes;
  } else {
    dispatch_gpu("free", device_, [=](auto gpu) { kernels::gpu_free(gpu, block); });
  }
}

void Pool::release() noexcept {
  for (FreeBlock*& head : free_)
    while (head) std::free(std::exchange(head, head->next));
  stats_.cached = 0;
  if (device_ != Device::cpu)
    dispatch_gpu("release", device_, [](auto gpu) { kernels::gpu_release(gpu); });
}

Pool& pool(Device device) {
  // Never destroyed: tensors of static lifetime may outlive them.
  static Pool* const pools = new Pool[3]{Pool(Device::cpu), Pool(Device::simt), Pool(Device::cuda)};
  return pools[static_cast<size_t>(device)];
}

void copy_bytes(size_t bytes, Device from_device, const void* from, Device to_device, void* to) {
  if (bytes == 0) return;
  if (from_device == Device::cpu && to_device == Device::cpu) {
    std::memcpy(to, from, bytes);
  } else if (from_device == Device::cpu) {
    dispatch_gpu("copy", to_device, [=](auto gpu) { gpu_from_host(gpu, bytes, from, to); });
  } else if (to_device == Device::cpu) {
    dispatch_gpu("copy", from_device, [=](auto gpu) { gpu_to_host(gpu, bytes, from, to); });
  } else if (from_device == to_device) {
    dispatch_gpu("copy", to_device, [=](auto gpu) { gpu_copy(gpu, bytes, from, to); });
  } else {  // between two GPU devices: through the host
    const Workspace host(Device::cpu, bytes);
    copy_bytes(bytes, from_device, from, Device::cpu, host.data());
    copy_bytes(bytes, Device::cpu, host.data(), to_device, to);
  }
}

void zero_bytes(size_t bytes, Device device, void* memory) {
  if (bytes == 0) return;
  if (device == Device::cpu)
    std::memset(memory, 0, bytes);
  else
    dispatch_gpu("zeros", device, [=](auto gpu) { gpu_zero(gpu, bytes, memory); });
}

void synchronize(Device device) {
  if (device == Device::cpu) return;
  dispatch_gpu("synchronize", device, [](auto gpu) { kernels::synchronize(gpu); });
}

}  // namespace unroll
