// Threads, and how kernels share out their work among them.
//
// Work is split by output, never along a sum, and every kernel computes an output the same way
// whichever thread has it: results are the same bits for any number of threads.
//
// `parallel_for` hands out independent ranges. `parallel_team` runs threads that wait for each
// other at a barrier, for work that goes on in many short steps. Both return when all is done; a
// call from within a parallel loop or a team, or while another thread of the program has the
// workers, runs on its own thread alone. Bodies must not throw.
#pragma once

#include <cstdint>

namespace unroll::kernels {

/// Threads that may work at once, the caller included. Starts as `OMP_NUM_THREADS`, or as the
/// number of processors that the process may run on.
int num_threads();

/// Sets `num_threads()`; n ≥ 1, or 0 for the number of processors.
void set_num_threads(int n);

/// Where the threads of a team wait for each other.
class Barrier {
 public:
  /// How many threads meet here: the size of the team.
  int threads() const { return threads_; }

  /// Returns when every thread of the team has come here. What a thread wrote before it, all see
  /// after it. Some 100 ns where every thread has a processor; where one has to share its own, the
  /// others make room instead of spinning.
  void wait();

 private:
  friend class Workers;
  struct State;
  Barrier(int threads, State* state) : threads_(threads), state_(state) {}

  int threads_;
  State* state_;
};

namespace detail {
void run_for(int64_t n, int64_t grain, void (*run)(const void* body, int64_t, int64_t),
             const void* body);
void run_team(int threads, void (*run)(const void* body, int, Barrier&), const void* body);
}  // namespace detail

/// Calls body(begin, end) for consecutive ranges that cover [0, n), in parallel when there is work
/// for more than one piece of `grain` items. Every range but the last is a multiple of `grain`.
template <class Body>
void parallel_for(int64_t n, int64_t grain, const Body& body) {
  detail::run_for(
      n, grain,
      [](const void* erased, int64_t begin, int64_t end) {
        (*static_cast<const Body*>(erased))(begin, end);
      },
      &body);
}

/// Calls body(thread, barrier) for thread = 0, 1, …, barrier.threads() − 1, all at the same time.
/// The team has `threads` threads, or fewer: ask the barrier. Each must call barrier.wait() equally
/// often.
template <class Body>
void parallel_team(int threads, const Body& body) {
  detail::run_team(
      threads,
      [](const void* erased, int thread, Barrier& barrier) {
        (*static_cast<const Body*>(erased))(thread, barrier);
      },
      &body);
}

}  // namespace unroll::kernels
