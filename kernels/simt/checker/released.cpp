// released.h
#include "kernels/simt/checker/released.h"

#include <unordered_map>

#include "kernels/simt/checker/space.h"

namespace unroll::kernels::simt::checker {
namespace {

struct Released {
  Epoch epoch;
  Knowledge knowledge;
};

std::unordered_map<uintptr_t, Released>& table() {
  static auto& only = *new std::unordered_map<uintptr_t, Released>;
  return only;
}

bool acquires(int order) { return order != __ATOMIC_RELAXED && order != __ATOMIC_RELEASE; }
bool releases(int order) { return order >= __ATOMIC_RELEASE; }

}  // namespace

std::mutex& atomic_mutex() {
  static std::mutex& only = *new std::mutex;
  return only;
}

void order_atomic(uintptr_t address, bool reads, bool writes, int order) {
  if (!current.watched) return;
  const Unwatched unwatched;
  const Location location = locate(address, 1);
  BlockOrder& mine = current.block->order;
  auto found = table().find(address);
  if (found != table().end() && found->second.epoch != location.epoch) {
    table().erase(found);
    found = table().end();
  }
  if (reads && found != table().end()) {
    if (acquires(order))
      mine.acquire(current.thread, found->second.knowledge);
    else
      mine.relaxed_read(current.thread, found->second.knowledge);
  }
  if (!writes) return;
  const bool update = reads && found != table().end();
  if (!update && found != table().end()) table().erase(found);
  if (releases(order)) {
    Released& released = table()[address];
    released.epoch = location.epoch;
    released.knowledge.add(mine.release(current.thread));
  } else if (const Knowledge* fenced = mine.released_by_fence(current.thread)) {
    Released& released = table()[address];
    released.epoch = location.epoch;
    released.knowledge.add(*fenced);
  }
}

void order_fence() {
  if (!current.watched) return;
  const Unwatched unwatched;
  current.block->order.fence(current.thread);
}

void forget_released() {
  const std::scoped_lock lock(atomic_mutex());
  table().clear();
}

}  // namespace unroll::kernels::simt::checker
