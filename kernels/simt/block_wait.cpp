// block.h: what the threads of a block wait for, and what makes them ready again.
#include <chrono>
#include <cstring>

#include "kernels/simt/block.h"
#include "kernels/simt/gang.h"
#include "kernels/simt/hooks.h"

namespace unroll::kernels::simt {
namespace {

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool same(Place a, Place b) {
  return a.line == b.line && (a.file == b.file || std::strcmp(a.file, b.file) == 0);
}

bool all_wait(const auto& warp, const Thread* lanes, uint32_t mask) {
  if ((warp.waiting & mask) != mask) return false;
  for (uint32_t rest = mask; rest; rest &= rest - 1)
    if (lanes[std::countr_zero(rest)].mask != mask) return false;
  return true;
}

}  // namespace

void Block::note(State state, const char* what, Place place) {
  thread_->state = state;
  thread_->what = what;
  thread_->place = place;
  if (state != State::kSpins && state != State::kAtWarp) note_progress();
}

int Block::block_barrier(bool predicate, const char* what, Place place) {
  note(State::kAtBlock, what, place);
  unsigned& waiting = waiting_[static_cast<int>(State::kAtBlock)];
  if (waiting++ == 0) barrier_place_ = place;
  if (!same(place, barrier_place_)) fail("threads of one block wait at different barriers");
  barrier_votes_ += predicate;
  if (waiting == count_) {
    if (on_block_barrier) on_block_barrier(index_, place);
    barrier_result_ = barrier_votes_;
    barrier_votes_ = 0;
    release(State::kAtBlock);
  }
  park();
  return barrier_result_;
}

// All threads that wait in `state` may go on.
void Block::release(State state) {
  waiting_[static_cast<int>(state)] = 0;
  for (unsigned i = 0; i < count_; ++i)
    if (threads_[i].state == state) {
      threads_[i].state = State::kReady;
      ready_.add(i);
    }
}

void Block::gang_barrier(State barrier, const char* what, Place place) {
  note(barrier, what, place);
  ++waiting_[static_cast<int>(barrier)];
  barrier_place_ = place;
  park();
}

// All threads wait for the other blocks of the cluster or the grid.
void Block::meet_blocks(State barrier) {
  if (gang_)
    gang_->wait(*this, barrier);
  else
    announce(barrier);
  release(barrier);
}

void Block::announce(State barrier) const {
  if (barrier == State::kAtGrid && on_grid_barrier) on_grid_barrier(barrier_place_);
  if (barrier == State::kAtCluster && on_cluster_barrier)
    on_cluster_barrier(index_, barrier_place_);
}

void Block::warp_meet(uint32_t mask, void* offer, void (*exchange)(uint32_t, void* const*),
                      bool orders_memory, const char* what, Place place) {
  note(State::kAtWarp, what, place);
  Warp& warp = warps_[thread_->number / 32];
  Thread* lanes = &threads_[thread_->number / 32 * 32];
  mask &= warp.exists;
  thread_->mask = mask;
  thread_->offer = offer;
  if (!(mask >> lane() & 1)) fail("a thread is not in the mask of its own warp operation");
  warp.waiting |= 1u << lane();
  if (all_wait(warp, lanes, mask)) {
    warp.waiting &= ~mask;
    void* offers[32];
    for (uint32_t rest = mask; rest; rest &= rest - 1)
      offers[std::countr_zero(rest)] = lanes[std::countr_zero(rest)].offer;
    if (exchange) exchange(mask, offers);
    if (on_warp_barrier) on_warp_barrier(index_, thread_->number / 32, mask, orders_memory, place);
    for (uint32_t rest = mask; rest; rest &= rest - 1) {
      Thread& other = lanes[std::countr_zero(rest)];
      other.state = State::kReady;
      ready_.add(other.number);
    }
  }
  park();
}

// A thread that finds the same twice in a row, or looks 64 times, is taken to wait for a change.
bool Block::may_wait(const void* address, uint64_t bits, Place place) {
  Thread& self = *thread_;
  const bool waits = (self.watched == address && self.watched_bits == bits) || ++self.looks == 64;
  self.watched = address;
  self.watched_bits = bits;
  if (waits) spin(place);
  return waits;
}

// Not one atomic step: that it changes is all that matters.
void Block::note_progress() {
  grid_->progress.store(grid_->progress.load(std::memory_order_relaxed) + 1,
                        std::memory_order_relaxed);
}

void Block::spin(Place place) {
  note(State::kSpins, "an atomic operation", place);
  spinning_.add(thread_->number);
  thread_->looks = 0;
  park();
}

void Block::check_patience() {
  const uint64_t progress = grid_->progress.load(std::memory_order_relaxed);
  if (progress != seen_progress_ || stuck_since_ == 0) {
    seen_progress_ = progress;
    stuck_since_ = seconds();
  } else if (seconds() - stuck_since_ > config().patience) {
    fail("no thread gets on: those that spin wait for something that never comes");
  }
}

}  // namespace unroll::kernels::simt
