// What the CPU's forward and backward pass over a sequence share: who does which part of a step.
#pragma once

#include "kernels/arena.h"
#include "kernels/gemm.h"
#include "kernels/panel.h"
#include "kernels/parallel.h"
#include "kernels/recurrent/cpu_units.h"

namespace unroll::kernels {
namespace {

template <class T>
void copy_or_zero(int64_t n, const T* from, T* to) {
  for (int64_t i = 0; i < n; ++i) to[i] = from ? from[i] : T(0);
}

inline bool takes_part(const RecurrentShape& shape, int64_t row, int64_t t) {
  return shape.lengths == nullptr || t < shape.lengths[row];
}

/// Step number i of those run, in the direction of the sequence.
inline int64_t step_number(const RecurrentShape& shape, int64_t i) {
  return shape.reverse ? shape.seq_len - 1 - i : i;
}

struct Range {
  int64_t begin, end;
};

/// Part number `part` of `parts` nearly equal ones of [0, n).
inline Range part_of(int64_t n, int part, int parts) {
  return {n * part / parts, n * (part + 1) / parts};
}

/// How threads share a step (batch, hidden_size), of which they multiply `panels` panels of
/// weights.
///
/// By batch rows: a thread takes its rows through the whole sequence and waits for nobody, but
/// reads all weights, which pays where they are few or multiplied by many rows. By panels, which
/// are groups of units: its part of the weights stays in its own cache, but it needs the other
/// units' states, so that all wait for each other at every step.
struct Schedule {
  int threads;
  bool by_rows;

  Schedule(const RecurrentShape& shape, int64_t gate_rows, int64_t panels) {
    constexpr int64_t kRowsWorthAThread = 4, kManyRows = 24;
    constexpr int64_t kCachedWeights = 1 << 17;  // as many as a thread can well read for few rows
    constexpr int64_t kWorkWorthAThread = 1 << 18, kStepWorthAThread = 1 << 15;  // multiplications
    const int64_t weights = gate_rows * shape.hidden_size, step = weights * shape.batch;
    const int64_t useful = smaller(num_threads(), 1 + step * shape.seq_len / kWorkWorthAThread);
    const int64_t for_rows = smaller(useful, shape.batch / kRowsWorthAThread);
    const int64_t for_panels = smaller(smaller(useful, panels), step / kStepWorthAThread);
    const bool reads_all = weights <= kCachedWeights || shape.batch >= kManyRows * for_rows;
    by_rows = for_rows > for_panels || (for_rows == for_panels && reads_all);
    threads = static_cast<int>(by_rows ? for_rows : for_panels);
    if (threads < 1) threads = 1;
  }

  Range rows(const RecurrentShape& shape, int thread, int all) const {
    return by_rows ? part_of(shape.batch, thread, all) : Range{0, shape.batch};
  }
  Range panels(int64_t count, int thread, int all) const {
    return by_rows ? Range{0, count} : part_of(count, thread, all);
  }
};

/// Calls f(panel, next) for the panels in `range`, upwards at even steps and downwards at odd ones:
/// those read last are still in the cache. `next` is the panel after this one, of the next step
/// behind the last.
template <class F>
void for_each_panel(Range range, int64_t step, const F& f) {
  const int64_t first = step % 2 == 0 ? range.begin : range.end - 1;
  const int64_t last = range.begin + range.end - 1 - first, by = first <= last ? 1 : -1;
  if (range.begin == range.end) return;
  for (int64_t panel = first; panel != last; panel += by) f(panel, panel + by);
  f(last, last);
}

/// The quarter (or third …) of a panel's `k` rows of `width` columns that a tile should fetch, the
/// tiles of different rows different ones.
template <class T>
const T* part_to_fetch(const T* panel, int64_t k, int64_t width, int64_t row) {
  const int64_t parts = ceil_div(width, kCacheLine<T>);
  return panel + row / kTileRows<kTileVecs> % parts * k * kCacheLine<T>;
}

}  // namespace
}  // namespace unroll::kernels
