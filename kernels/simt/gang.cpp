// gang.h: turns go round the blocks in the order that the schedule says.
#include "kernels/simt/gang.h"

#include <algorithm>

namespace unroll::kernels::simt {

Gang::Gang(uint64_t first, unsigned blocks, unsigned cluster)
    : first_(first), cluster_(cluster), members_(blocks), random_(config().seed ^ first) {
  for (unsigned i = 0; i < std::min(config().workers, blocks); ++i) give_turn(blocks - 1);
}

void Gang::run(Block& block, Grid& grid, uint64_t index) {
  Member& member = members_[index - first_];
  {
    std::unique_lock lock(mutex_);
    await_turn(lock, member);
    member.block = &block;
  }
  block.run(grid, index, this);
  std::unique_lock lock(mutex_);
  member.state = State::kExited;
  member.turn = false;
  --turns_;
  give_turn(index - first_);
  // A block may still be read by others of its cluster, so its shared memory stays until all ended.
  if (turns_ > 0) return;
  for (Member& other : members_)
    if (other.state != State::kExited) other.block->fail("a block exited while others wait for it");
}

void Gang::pass(Block& block) {
  std::unique_lock lock(mutex_);
  const size_t self = block.index() - first_;
  Member& member = members_[self];
  member.turn = false;
  --turns_;
  give_turn(self);
  await_turn(lock, member);
}

void Gang::wait(Block& block, State barrier) {
  std::unique_lock lock(mutex_);
  const size_t self = block.index() - first_;
  const size_t size = barrier == State::kAtGrid ? members_.size() : cluster_;
  const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(self / size * size);
  const auto end = begin + static_cast<std::ptrdiff_t>(size);
  Member& member = members_[self];
  member.state = barrier;
  if (std::all_of(begin, end, [&](const Member& m) { return m.state == barrier; })) {
    block.announce(barrier);
    for (auto m = begin; m != end; ++m) m->state = State::kReady;
    return;  // keeps its turn
  }
  member.turn = false;
  --turns_;
  give_turn(self);
  if (turns_ == 0) block.fail("deadlock: the blocks wait for each other at different places");
  await_turn(lock, member);
}

void Gang::await_turn(std::unique_lock<std::mutex>& lock, Member& member) {
  member.wake.wait(lock, [&] { return member.turn; });
}

// Gives a turn to a block that can use one: the first after `from` in the schedule's direction.
void Gang::give_turn(size_t from) {
  const size_t n = members_.size();
  size_t start = from, step = 1;
  if (config().schedule == Schedule::kReverse) step = n - 1;
  if (config().schedule == Schedule::kRandom) {
    random_ = random_ * 6364136223846793005u + 1442695040888963407u;
    start = (random_ >> 33) % n;
  }
  for (size_t i = 1; i <= n; ++i) {
    Member& member = members_[(start + i * step) % n];
    if (member.turn || member.state != State::kReady) continue;
    member.turn = true;
    ++turns_;
    member.wake.notify_one();
    return;
  }
}

}  // namespace unroll::kernels::simt
