#include "kernels/parallel.h"

#include <algorithm>
#include <omp.h>

namespace unroll::kernels {
namespace {

int& limit() {
  static int threads = omp_get_max_threads();
  return threads;
}

}  // namespace

int num_threads() { return limit(); }

void set_num_threads(int n) { limit() = n > 0 ? n : omp_get_num_procs(); }

void detail::parallel_run(int64_t n, int64_t grain, void (*run)(const void* body, int64_t, int64_t),
                          const void* body) {
  if (n <= 0) return;
  if (n <= grain || limit() == 1 || omp_in_parallel()) return run(body, 0, n);
  const int64_t pieces = (n + grain - 1) / grain;
  const int threads = static_cast<int>(std::min<int64_t>(limit(), pieces));
#pragma omp parallel for schedule(static, 1) num_threads(threads)
  for (int64_t thread = 0; thread < threads; ++thread) {
    const int64_t begin = pieces * thread / threads * grain;
    const int64_t end = std::min(n, pieces * (thread + 1) / threads * grain);
    run(body, begin, end);
  }
}

}  // namespace unroll::kernels
