#include "engine/allocator.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <utility>

#include "engine/dispatch.h"
#include "engine/error.h"

namespace unroll {
// Never destroyed: tensors of static lifetime may outlive every other object.
constinit Pool detail::pools[3] = {Pool(Device::cpu), Pool(Device::simt), Pool(Device::cuda)};

// Rows of a large matrix may lie a page of 4 KB apart, so that a column of it wants more pages than
// the processor knows at a time.
constexpr size_t kLargePage = size_t{2} << 20;

void* Pool::ask_system(size_t bytes) {
  void* block = nullptr;
  if (device_ != Device::cpu) {
    dispatch_gpu("allocate", device_, [&](auto gpu) { block = kernels::gpu_allocate(gpu, bytes); });
  } else if (bytes < kLargePage) {
    block = std::aligned_alloc(64, bytes);
  } else if (posix_memalign(&block, kLargePage, bytes) == 0) {
    (void)madvise(block, bytes, MADV_HUGEPAGE);  // a wish: any page will do
  }
  if (block) ++system_allocations_;
  return block;
}

void* Pool::allocate_new(size_t bytes) {
  require(bytes < size_t{1} << 50, "cannot allocate ", bytes, " bytes: more than any machine has");
  const SizeClass size = size_class(bytes);
  // A GPU's own pool rounds up itself; simt then knows where a tensor ends.
  const size_t wanted = device_ == Device::cpu ? size.bytes : std::max<size_t>(bytes, 1);
  void* block = ask_system(wanted);
  if (!block) {
    release();
    block = ask_system(wanted);
  }
  require(block != nullptr, "out of memory on ", name(device_), ": could not allocate ", bytes,
          " bytes with ", in_use_, " in use; choose a smaller batch or model");
  held_ += size.bytes;
  count(size.bytes);
  return block;
}

void Pool::free_on_gpu(void* block, size_t bytes) noexcept {
  const SizeClass size = size_class(bytes);
  in_use_ -= size.bytes;
  held_ -= size.bytes;
  dispatch_gpu("free", device_, [=](auto gpu) { kernels::gpu_free(gpu, block); });
}

void Pool::release() noexcept {
  for (FreeBlock*& head : free_)
    while (head) std::free(std::exchange(head, head->next));
  held_ = in_use_;
  if (device_ != Device::cpu)
    dispatch_gpu("release", device_, [](auto gpu) { kernels::gpu_release(gpu); });
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
