// Which accesses of other CUDA threads a thread comes after: CUDA's rules as clocks.
//
// Each block counts its synchronisations. A thread's clock is the count at the last one that it
// took part in, and every access is stamped with it. Meeting others (barriers, __syncwarp) moves
// all who meet to one new time, and each of them is after all that the others did before it. A
// release publishes what its thread is after, itself included; an acquire that reads the released
// value takes that over. Nothing else orders two accesses of a launch: not the order in which simt
// happened to run them, and not shuffles or votes, which exchange registers only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace unroll::kernels::simt::checker {

using Clock = uint32_t;

/// When a thread did something.
struct Stamp {
  uint32_t block;
  uint16_t thread;
  Clock clock;
};

/// A set of past accesses, as bounds: those of a block, warp or thread with a smaller clock.
class Knowledge {
 public:
  bool covers(const Stamp& stamp) const;
  void add_block(uint32_t block, Clock before);
  void add_warp(uint32_t block, unsigned warp, Clock before);
  void add_thread(uint32_t block, unsigned thread, Clock before);
  void add(const Knowledge& other);

 private:
  static constexpr unsigned kFirstWarp = 1024;  // parties: threads 0 to 1023, then warps
  struct OfBlock {
    Clock all = 0;
    std::vector<std::pair<unsigned, Clock>> parties;
  };
  static void add_party(OfBlock& known, unsigned party, Clock before);

  std::unordered_map<uint32_t, OfBlock> blocks_;
};

/// The clocks of one running block.
class BlockOrder {
 public:
  BlockOrder(uint32_t block, unsigned threads);

  Stamp now(unsigned thread) const {
    return {block_, static_cast<uint16_t>(thread), threads_[thread].clock};
  }
  /// Whether what `thread` does now is ordered after an access of the same launch.
  bool is_after(unsigned thread, const Stamp& access) const;

  void block_barrier();
  void warp_barrier(unsigned warp, uint32_t lanes);
  /// A barrier of all threads of these blocks.
  static void barrier(std::span<BlockOrder* const> blocks);

  /// What a release by `thread` publishes.
  Knowledge release(unsigned thread);
  void acquire(unsigned thread, const Knowledge& released);

  // Fences: a relaxed read before one acts as an acquire, a relaxed write after one as a release.
  void relaxed_read(unsigned thread, const Knowledge& released);
  void fence(unsigned thread);
  const Knowledge* released_by_fence(unsigned thread) const {
    return threads_[thread].fenced.get();
  }

 private:
  using Rows = std::array<std::array<Clock, 32>, 32>;  // [lane][other]: after other's clocks below
  struct Thread {
    Clock clock = 0;
    std::shared_ptr<const Knowledge> known;  // beyond what its block knows
    std::shared_ptr<Knowledge> read;         // by relaxed reads
    std::shared_ptr<const Knowledge> fenced;
  };
  struct Warp {
    Clock all = 0;                // every lane is after what all lanes did before this
    std::unique_ptr<Rows> lanes;  // for barriers of some lanes only
  };

  uint32_t block_;
  Clock time_ = 0;     // the newest clock
  Clock barrier_ = 0;  // all threads are after what was done before this
  Knowledge known_;    // of other blocks, by all threads
  std::vector<Thread> threads_;
  std::vector<Warp> warps_;
};

}  // namespace unroll::kernels::simt::checker
