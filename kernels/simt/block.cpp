// block.h: the life of a block and of its threads, and who of them runs next.
#include "kernels/simt/block.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "kernels/simt/gang.h"
#include "kernels/simt/hooks.h"
#include "kernels/simt/model_gpu.h"
#include "kernels/simt/sanitizer.h"

namespace unroll::kernels::simt {
namespace {

thread_local constinit Block* current_block = nullptr;
thread_local constinit unsigned char tls_anchor = 0;

}  // namespace

Block& Block::current() { return *current_block; }

Block::Block()
    : threads_(std::make_unique<Thread[]>(ModelGpu::kBlockThreads)),
      dynamic_shared_(static_cast<unsigned char*>(
          std::aligned_alloc(1024, ModelGpu::kSharedBytesOptin + 1024))),
      anchor_(&tls_anchor) {}

Block::~Block() { std::free(dynamic_shared_); }

void Block::run(Grid& grid, uint64_t index, Gang* gang) {
  current_block = this;
  grid_ = &grid;
  gang_ = gang;
  index_ = index;
  reset_threads();
  reset_shared_memory();
  blockDim = launch().block;
  gridDim = launch().grid;
  blockIdx = {static_cast<unsigned>(index % gridDim.x),
              static_cast<unsigned>(index / gridDim.x % gridDim.y),
              static_cast<unsigned>(index / gridDim.x / gridDim.y)};
  if (on_block)
    on_block(
        {index, count_, index - index % launch().cluster, dynamic_shared_, launch().shared_bytes});

  Thread* first = next();
  first->fiber = take_fiber();
  become(first);
  Fiber::change(main_, *first->fiber);

  if (on_switch) on_switch(index, -1, nullptr, 0);
  if (on_block_end) on_block_end(index);
}

void Block::reset_threads() {
  const dim3 size = launch().block;
  count_ = live_ = size.x * size.y * size.z;
  uint3 at{};
  for (unsigned i = 0; i < count_; ++i) {
    threads_[i] = {at, i};
    if (++at.x < size.x) continue;
    at.x = 0;
    if (++at.y < size.y) continue;
    at.y = 0;
    ++at.z;
  }
  for (unsigned warp = 0; warp * 32 < count_; ++warp) {
    const unsigned lanes = std::min(count_ - warp * 32, 32u);
    warps_[warp] = {~0u >> (32 - lanes), 0};
  }
  std::fill(std::begin(waiting_), std::end(waiting_), 0);
  ready_.fill(count_);
  spinning_.clear();
  random_ = config().seed * 0x9E3779B97F4A7C15u + index_;
  barrier_votes_ = 0;
  stuck_since_ = 0;
}

void Block::reset_shared_memory() {
  const size_t bytes = launch().shared_bytes;
  unpoison(dynamic_shared_, bytes);
  poison(dynamic_shared_ + bytes, ModelGpu::kSharedBytesOptin - bytes);
  std::memset(dynamic_shared_, 0xFF, bytes);  // NaN: a read of it shows
}

// The life of a fiber: one CUDA thread after the other.
void Block::run_threads() {
  Block& block = current();
  for (;;) {
    block.grid_->launch.body();
    block.end_thread();
  }
}

void Block::end_thread() {
  Fiber* fiber = thread_->fiber;
  thread_->fiber = nullptr;
  thread_->state = State::kExited;
  --live_;
  note_progress();
  Thread* following = next();
  if (following && !following->fiber) {
    following->fiber = fiber;
    become(following);
    return;
  }
  idle_.push_back(fiber);
  if (following) become(following);
  Fiber::change(*fiber, following ? *following->fiber : main_);
}

// Runs others until the running thread is picked again.
void Block::park() {
  Thread* self = thread_;
  Thread* following = next();
  if (!following->fiber) following->fiber = take_fiber();
  become(following);
  if (following != self) Fiber::change(*self->fiber, *following->fiber);
}

Fiber* Block::take_fiber() {
  if (idle_.empty()) {
    fibers_.push_back(std::make_unique<Fiber>(&Block::run_threads, fibers_.size()));
    return fibers_.back().get();
  }
  Fiber* fiber = idle_.back();
  idle_.pop_back();
  return fiber;
}

void Block::become(Thread* thread) {
  thread_ = thread;
  thread->state = State::kReady;
  threadIdx = thread->index;
  if (on_switch)
    on_switch(index_, static_cast<int>(thread->number), thread->fiber->stack(),
              thread->fiber->stack_bytes());
}

// The thread that is to run now; null when all have exited.
Thread* Block::next() {
  for (;;) {
    if (!ready_.empty()) {
      const unsigned number = pick(ready_);
      ready_.remove(number);
      return &threads_[number];
    }
    if (live_ == 0) return nullptr;
    if (!spinning_.empty()) {
      check_patience();
      if (gang_) gang_->pass(*this);
      ready_.take(spinning_);
    } else if (waiting_[static_cast<int>(State::kAtGrid)] == count_) {
      meet_blocks(State::kAtGrid);
    } else if (waiting_[static_cast<int>(State::kAtCluster)] == count_) {
      meet_blocks(State::kAtCluster);
    } else {
      fail(deadlock());
    }
  }
}

unsigned Block::pick(const ThreadSet& threads) {
  switch (config().schedule) {
    case Schedule::kForward:
      return threads.lowest();
    case Schedule::kReverse:
      return threads.highest();
    case Schedule::kRandom:
      break;
  }
  random_ = random_ * 6364136223846793005u + 1442695040888963407u;
  return threads.at(static_cast<unsigned>((random_ >> 33) % threads.size()));
}

// A static shared variable is a variable of the OS thread: at one distance from the anchor in all.
void* Block::in_peer(void* own, unsigned rank) const {
  const Block* peer = gang_->member(index_ - index_ % launch().cluster + rank);
  if (!peer) fail("map_shared_rank: the other block may not run yet; call cluster.sync() first");
  auto* address = static_cast<unsigned char*>(own);
  if (address >= dynamic_shared_ && address <= dynamic_shared_ + launch().shared_bytes)
    return peer->dynamic_shared_ + (address - dynamic_shared_);
  return peer->anchor_ + (address - anchor_);
}

}  // namespace unroll::kernels::simt
