// The only place that knows OpenMP.
//
// Work is split by output, never along a sum, and every kernel computes an output the same way
// whichever thread has it: results are the same bits for any number of threads.
#pragma once

#include <cstdint>

namespace unroll::kernels {

/// Threads that a parallel loop may use. Starts as OpenMP's own choice (`OMP_NUM_THREADS`).
int num_threads();

/// Sets `num_threads()`; n ≥ 1, or 0 for the number of processors.
void set_num_threads(int n);

namespace detail {
void parallel_run(int64_t n, int64_t grain, void (*run)(const void* body, int64_t, int64_t),
                  const void* body);
}  // namespace detail

/// Calls body(begin, end) for consecutive ranges that cover [0, n), in parallel when there is work
/// for more than one piece of `grain` items. Every range but the last is a multiple of `grain`. A
/// call from within a parallel loop runs on its own thread alone.
template <class Body>
void parallel_for(int64_t n, int64_t grain, const Body& body) {
  detail::parallel_run(
      n, grain,
      [](const void* erased, int64_t begin, int64_t end) {
        (*static_cast<const Body*>(erased))(begin, end);
      },
      &body);
}

}  // namespace unroll::kernels
