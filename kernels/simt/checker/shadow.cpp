// shadow.h
#include "kernels/simt/checker/shadow.h"

#include <unordered_map>

namespace unroll::kernels::simt::checker {

Page& shadow_page(uintptr_t address) {
  struct Seen {
    uintptr_t number = 0;
    Page* page = nullptr;
  };
  thread_local std::array<Seen, 64> seen;  // spares most calls the table and its lock
  const uintptr_t number = address / Page::kBytes;
  Seen& slot = seen[number % seen.size()];
  if (slot.page != nullptr && slot.number == number) return *slot.page;

  static std::mutex& mutex = *new std::mutex;
  static auto& pages = *new std::unordered_map<uintptr_t, std::unique_ptr<Page>>;
  const std::scoped_lock lock(mutex);
  std::unique_ptr<Page>& page = pages[number];
  if (!page) page = std::make_unique<Page>();
  slot = {number, page.get()};
  return *page;
}

}  // namespace unroll::kernels::simt::checker
