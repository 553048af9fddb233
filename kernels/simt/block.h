// A block on its OS thread: which of its CUDA threads runs, and what the others wait for.
//
// A CUDA thread gets a fiber when it starts and keeps it until it ends. A thread that ends hands
// its fiber to one that has not started, so a kernel without barriers runs on one stack and never
// changes it. Threads change only in park(): the one that runs picks its successor.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/simt/fiber.h"
#include "kernels/simt/launch.h"
#include "kernels/simt/place.h"
#include "kernels/simt/thread_set.h"

namespace unroll::kernels::simt {

class Gang;

enum class State : uint8_t { kReady, kSpins, kAtBlock, kAtWarp, kAtCluster, kAtGrid, kExited };

/// A CUDA thread.
struct Thread {
  uint3 index{};        // threadIdx
  unsigned number = 0;  // index.x + blockDim.x * (index.y + blockDim.y * index.z)
  State state = State::kReady;
  Fiber* fiber = nullptr;         // while it is under way
  const char* what = nullptr;     // what it waits or last waited for
  Place place{};                  // and where
  uint32_t mask = 0;              // the lanes of its warp operation
  void* offer = nullptr;          // and what it brings to it
  const void* watched = nullptr;  // where it last looked for a change
  uint64_t watched_bits = 0;      // and what it found
  unsigned looks = 0;             // since it last let others run
};

/// What the blocks of one launch share.
struct Grid {
  const Launch& launch;
  std::atomic<uint64_t> progress =
      0;  // grows when a thread does something that others may wait for
};

class Block {
 public:
  /// The one that runs on this OS thread.
  static Block& current();

  Block();
  ~Block();

  /// Runs all threads of block `index`; `gang` holds those that must run at once with it, or is
  /// null.
  void run(Grid& grid, uint64_t index, Gang* gang);

  // What meet.h declares, for the running thread.
  int block_barrier(bool predicate, const char* what, Place place);
  void gang_barrier(State barrier, const char* what, Place place);
  void warp_meet(uint32_t mask, void* offer, void (*exchange)(uint32_t, void* const*),
                 bool orders_memory, const char* what, Place place);
  bool may_wait(const void* address, uint64_t bits, Place place);
  void note_progress();
  void spin(Place place);

  unsigned lane() const { return thread_->number % 32; }
  void* dynamic_shared() const { return dynamic_shared_; }
  /// `own`, in the shared memory of this block, in that of block `rank` of the cluster.
  void* in_peer(void* own, unsigned rank) const;
  /// Tells a tool that all threads of the cluster or the grid have met.
  void announce(State barrier) const;
  uint64_t index() const { return index_; }
  const Launch& launch() const { return grid_->launch; }

  /// Ends the program with what went wrong and what every thread is doing.
  [[noreturn]] void fail(const std::string& what) const;
  /// "block (0, 0, 0)" and a line for each range of threads that do the same.
  std::string describe() const;

 private:
  // Masks of lanes.
  struct Warp {
    uint32_t exists, waiting;
  };

  void reset_threads();
  void reset_shared_memory();
  static void run_threads();
  void end_thread();
  void note(State state, const char* what, Place place);
  void park();
  Fiber* take_fiber();
  Thread* next();
  void become(Thread* thread);
  unsigned pick(const ThreadSet& threads);
  void release(State state);
  void meet_blocks(State barrier);
  void check_patience();
  std::string deadlock() const;

  Grid* grid_ = nullptr;
  Gang* gang_ = nullptr;
  uint64_t index_ = 0;
  unsigned count_ = 0, live_ = 0;  // threads of the block; those that have not exited
  unsigned waiting_[8] = {};       // threads in each State
  std::unique_ptr<Thread[]> threads_;
  Thread* thread_ = nullptr;  // the running one
  Warp warps_[32] = {};
  ThreadSet ready_, spinning_;
  uint64_t random_ = 0;

  Place barrier_place_{};
  int barrier_votes_ = 0, barrier_result_ = 0;

  uint64_t seen_progress_ = 0;
  double stuck_since_ = 0;

  Fiber main_;  // what called run()
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;
  unsigned char* dynamic_shared_ = nullptr;
  unsigned char* anchor_;  // a variable of this OS thread
};

}  // namespace unroll::kernels::simt
