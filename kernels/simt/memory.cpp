// memory.h: first fit among the free pieces of the range, which join when they touch.
#include "kernels/simt/memory.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <signal.h>
#include <string_view>
#include <sys/mman.h>

#include "kernels/simt/hooks.h"
#include "kernels/simt/model_gpu.h"
#include "kernels/simt/sanitizer.h"

namespace unroll::kernels::simt {
namespace {

constexpr size_t kMargin = 256;
constexpr size_t kReservedBytes = 2 * ModelGpu::kMemoryBytes;  // more, as it may be in pieces
constexpr size_t kKeptBytes = size_t{64} << 20;                // of freed memory, for a tool

constexpr size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

// What an allocation takes of the range.
constexpr size_t footprint(size_t bytes) { return round_up(bytes, kMargin) + 2 * kMargin; }

[[noreturn]] void stop(const char* text) {
  std::fprintf(stderr, "simt: %s\n", text);
  std::abort();
}

class DeviceMemory {
 public:
  DeviceMemory()
      : strict_(std::getenv("UNROLL_SIMT_STRICT") &&
                std::string_view(std::getenv("UNROLL_SIMT_STRICT")) == "1") {
    void* range = mmap(nullptr, kReservedBytes, strict_ ? PROT_NONE : PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED) stop("no addresses for device memory: raise the limit (ulimit -v)");
    begin_ = static_cast<unsigned char*>(range);
    free_[begin_] = kReservedBytes;
    if (strict_) report_segmentation_faults();
  }

  void* allocate(size_t bytes) {
    const std::lock_guard lock(mutex_);
    bytes = std::max<size_t>(bytes, 1);
    if (bytes > ModelGpu::kMemoryBytes - used_) return nullptr;
    const size_t size = footprint(bytes);
    const auto range = std::find_if(free_.begin(), free_.end(),
                                    [size](const auto& r) { return r.second >= size; });
    if (range == free_.end()) return nullptr;
    const auto [begin, available] = *range;
    free_.erase(range);
    if (available > size) free_[begin + size] = available - size;
    unsigned char* memory = begin + kMargin;
    allocations_[memory] = {bytes, false};
    used_ += bytes;
    open();
    unpoison(begin, size);
    std::memset(begin, 0xFF, size);
    poison(begin, kMargin);
    poison(memory + bytes, size - kMargin - bytes);
    close();
    return memory;
  }

  bool free(void* pointer) {
    const std::lock_guard lock(mutex_);
    auto* memory = static_cast<unsigned char*>(pointer);
    const auto allocation = allocations_.find(memory);
    if (allocation == allocations_.end() || allocation->second.freed) return false;
    used_ -= allocation->second.bytes;
    if (keeps_freed_memory && keeps_freed_memory()) {
      allocation->second.freed = true;
      kept_.push_back(memory);
      kept_bytes_ += allocation->second.bytes;
      while (kept_bytes_ > kKeptBytes) {
        const auto oldest = allocations_.find(kept_.front());
        kept_.pop_front();
        kept_bytes_ -= oldest->second.bytes;
        give_back(oldest);
      }
    } else {
      check_margins(memory, allocation->second.bytes);
      give_back(allocation);
    }
    return true;
  }

  Allocation find(const void* pointer) {
    const std::lock_guard lock(mutex_);
    auto* address = static_cast<unsigned char*>(const_cast<void*>(pointer));
    auto after = allocations_.upper_bound(address + kMargin);
    if (after == allocations_.begin()) return {};
    --after;
    // The one that begins in the margin's distance above may not be it.
    if (after->first > address && after != allocations_.begin() &&
        address < end_of(std::prev(after)))
      --after;
    if (address >= end_of(after) + kMargin) return {};
    return {reinterpret_cast<uintptr_t>(after->first), after->second.bytes, after->second.freed};
  }

  bool contains(const void* address) const {
    return address >= begin_ && address < begin_ + kReservedBytes;
  }

  size_t free_bytes() {
    const std::lock_guard lock(mutex_);
    return ModelGpu::kMemoryBytes - used_;
  }

  void trim() {
    const std::lock_guard lock(mutex_);
    for (const auto& [begin, size] : free_) {
      const size_t first = round_up(static_cast<size_t>(begin - begin_), kPageBytes);
      const size_t end = static_cast<size_t>(begin + size - begin_) / kPageBytes * kPageBytes;
      if (end > first) (void)madvise(begin_ + first, end - first, MADV_DONTNEED);
    }
  }

  void open() {
    if (!strict_) return;
    const std::lock_guard lock(access_mutex_);
    if (opened_++ == 0) protect(PROT_READ | PROT_WRITE);
  }
  void close() {
    if (!strict_) return;
    const std::lock_guard lock(access_mutex_);
    if (--opened_ == 0) protect(PROT_NONE);
  }

 private:
  struct State {
    size_t bytes;
    bool freed;
  };
  using Allocations = std::map<unsigned char*, State>;
  static constexpr size_t kPageBytes = size_t{64} << 10;

  static unsigned char* end_of(Allocations::iterator a) { return a->first + a->second.bytes; }

  void protect(int access) { (void)mprotect(begin_, kReservedBytes, access); }

  void check_margins(unsigned char* memory, size_t bytes) {
    open();
    unsigned char* begin = memory - kMargin;
    unsigned char* end = begin + footprint(bytes);
    unpoison(begin, footprint(bytes));
    const auto touched = [](unsigned char byte) { return byte != 0xFF; };
    const char* where = std::any_of(begin, memory, touched)         ? "before its begin"
                        : std::any_of(memory + bytes, end, touched) ? "behind its end"
                                                                    : nullptr;
    if (where) {
      std::fprintf(stderr, "simt: device memory of %zu bytes at %p was written %s\n", bytes,
                   static_cast<void*>(memory), where);
      std::abort();
    }
    poison(begin, footprint(bytes));
    close();
  }

  void give_back(Allocations::iterator allocation) {
    unsigned char* begin = allocation->first - kMargin;
    size_t size = footprint(allocation->second.bytes);
    allocations_.erase(allocation);
    auto next = free_.lower_bound(begin);
    if (next != free_.end() && next->first == begin + size) {
      size += next->second;
      next = free_.erase(next);
    }
    if (next != free_.begin()) {
      const auto before = std::prev(next);
      if (before->first + before->second == begin) {
        before->second += size;
        return;
      }
    }
    free_[begin] = size;
  }

  static void report_segmentation_faults();

  const bool strict_;
  std::mutex mutex_;
  unsigned char* begin_;
  size_t used_ = 0;  // bytes allocated
  std::map<unsigned char*, size_t> free_;
  Allocations allocations_;
  std::deque<unsigned char*> kept_;  // freed, oldest first
  size_t kept_bytes_ = 0;
  std::mutex access_mutex_;
  int opened_ = 0;  // by how many
};

DeviceMemory& device_memory() {
  static DeviceMemory& memory = *new DeviceMemory;  // tensors of static lifetime outlive all else
  return memory;
}

void on_fault(int, siginfo_t* fault, void*) {
  if (device_memory().contains(fault->si_addr)) {
    std::fprintf(stderr, "simt: host code touched device memory at %p; copy it with cudaMemcpy\n",
                 fault->si_addr);
    std::abort();
  }
  signal(SIGSEGV, SIG_DFL);  // the access is repeated and ends the program
}

void DeviceMemory::report_segmentation_faults() {
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, nullptr);
}

}  // namespace

void* allocate_device(size_t bytes) { return device_memory().allocate(bytes); }
bool free_device(void* memory) { return device_memory().free(memory); }
size_t free_device_bytes() { return device_memory().free_bytes(); }
void trim_device() { device_memory().trim(); }
bool is_device(const void* address) { return device_memory().contains(address); }

bool in_allocation(const void* address, size_t bytes) {
  const Allocation found = device_memory().find(address);
  const auto begin = reinterpret_cast<uintptr_t>(address);
  return found.begin && !found.freed && begin >= found.begin &&
         begin + bytes <= found.begin + found.bytes;
}

Allocation find_allocation(const void* address) { return device_memory().find(address); }

DeviceAccess::DeviceAccess() { device_memory().open(); }
DeviceAccess::~DeviceAccess() { device_memory().close(); }

}  // namespace unroll::kernels::simt
