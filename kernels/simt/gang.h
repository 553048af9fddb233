// Blocks that are there at once - a cooperative grid, or a cluster - each on an OS thread of its
// own.
//
// Only so many run at a time as there are workers; the others wait for a turn. A block gives its
// turn away when all its threads wait for the cluster or the grid, or spin on atomics.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "kernels/simt/block.h"

namespace unroll::kernels::simt {

class Gang {
 public:
  /// Blocks `first` to `first + blocks - 1` of the grid, in clusters of `cluster`.
  Gang(uint64_t first, unsigned blocks, unsigned cluster);

  /// Runs `block` as member `index - first` from its first turn to its end.
  void run(Block& block, Grid& grid, uint64_t index);

  /// Lets another block have a turn, if one can use it.
  void pass(Block& block);
  /// Waits until all blocks of the cluster or the grid do.
  void wait(Block& block, State barrier);

  /// Null before its first turn.
  const Block* member(uint64_t index) const { return members_[index - first_].block; }
  /// What all members do.
  std::string describe() const;

 private:
  struct Member {
    Block* block = nullptr;
    State state = State::kReady;  // kReady: could use a turn, or has one
    bool turn = false;
    std::condition_variable wake;
  };

  void await_turn(std::unique_lock<std::mutex>& lock, Member& member);
  void give_turn(size_t from);

  const uint64_t first_;
  const unsigned cluster_;
  std::vector<Member> members_;
  std::mutex mutex_;
  unsigned turns_ = 0;  // given
  uint64_t random_;
};

}  // namespace unroll::kernels::simt
