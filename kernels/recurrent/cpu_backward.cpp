// A whole sequence on the CPU, backward.
//
// Idea: a tile of the product dr·W_hh is the gradient of some units' states, and the equations that
// turn it into the gradients of their gates run while the tile is in the first-level cache. The
// gradients of weights, biases and input are products over all steps, after the loop.
#include "kernels/recurrent/cpu_sequence.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

template <class Cell, class T>
struct BackwardPass {
  static constexpr int V = kTileVecs;
  static constexpr int64_t kUnits = V * kLanes<T>;
  static constexpr int64_t kDepth = 1024;  // of the product at a time, so that a tile's dr stays in
                                           // the first-level cache

  const RecurrentBackward<T>& args;
  int64_t H, gate_rows, panels;
  T* weights;  // (panels, G*H, unit)
  T *dx, *dr;  // (T, B, G*H)
  T *dh, *dc;  // (B, H): gradients of the state after a step, apart from the part through dr

  BackwardPass(Arena& arena, const RecurrentBackward<T>& arguments)
      : args(arguments),
        H(args.shape.hidden_size),
        gate_rows(Cell::kGates * H),
        panels(ceil_div(H, kUnits)) {
    const RecurrentShape& shape = args.shape;
    weights = arena.take<T>(panels * gate_rows * kUnits);
    const int64_t all = shape.seq_len * shape.batch * gate_rows;
    dx = args.reuse && Cell::kSaved == Cell::kGates ? args.reuse : arena.take<T>(all);
    dr = Cell::kSplitsHidden ? arena.take<T>(all) : dx;
    dh = arena.take<T>(shape.batch * H);
    dc = arena.take<T>(shape.batch * H);
  }

  void pack(Range range) const {
    for (int64_t panel = range.begin; panel < range.end; ++panel) {
      const int64_t unit = panel * kUnits;
      pack_panel(gate_rows, smaller(kUnits, H - unit), strided(args.w_hh + unit, H, false),
                 weights + panel * gate_rows * kUnits, kUnits, kUnits);
    }
  }

  /// sums (rows, kUnits) = dr·W_hh for the panel's units, with the gates' gradients of step t.
  void multiply(int64_t t, int64_t panel, int64_t next_panel, int64_t row, int64_t rows,
                T* sums) const {
    const int64_t B = args.shape.batch;
    const Tile<T> tile = tile_of<V, T>(rows, B == 1);
    for (int64_t k = 0; k < gate_rows; k += kDepth) {
      const int64_t depth = smaller(kDepth, gate_rows - k);
      tile({depth,
            strided(dr + (t * B + row) * gate_rows + k, gate_rows, false),
            weights + (panel * gate_rows + k) * kUnits,
            kUnits,
            {k > 0 ? sums : nullptr, kUnits},
            sums,
            kUnits,
            part_to_fetch(weights + (next_panel * gate_rows + k) * kUnits, depth, kUnits, row)});
    }
  }

  /// The gates' gradients of step t, after step `later` (−1: none), for the panel's units and some
  /// batch rows.
  void step(int64_t t, int64_t later, int64_t panel, int64_t next_panel, Range range) const {
    for_each_tile_row<V>(range.end - range.begin, [&](int64_t first, int64_t rows) {
      const int64_t row = range.begin + first;
      alignas(64) T sums[kTileRows<V> * kUnits] = {};
      if (later >= 0) multiply(later, panel, next_panel, row, rows, sums);
      for (int64_t r = 0; r < rows; ++r)
        for (int v = 0; v < V; ++v)
          units(t, row + r, panel * kUnits + v * kLanes<T>, sums + r * kUnits + v * kLanes<T>);
    });
  }

  /// A vector of units of one row, from the one with number `unit`; dh_dr is what flows to them
  /// through the gates of the later step.
  HD void units(int64_t t, int64_t b, int64_t unit, const T* dh_dr) const {
    const RecurrentShape& shape = args.shape;
    const int64_t B = shape.batch, at = b * H + unit, count = smaller(kLanes<T>, H - unit);
    if (count <= 0) return;
    const Blocks<T> dx_b{dx + (t * B + b) * gate_rows + unit, H, 0};
    const Blocks<T> dr_b{dr + (t * B + b) * gate_rows + unit, H, 0};
    Vec<T> dh_b = Vec<T>::load(dh + at, count) + Vec<T>::load(dh_dr);
    if (takes_part(shape, b, t)) {
      const Blocks<const T> saved{args.saved + (t * B + b) * Cell::kSaved * H + unit, H, 0};
      if (args.d_output) dh_b = dh_b + Vec<T>::load(args.d_output + t * B * H + at, count);
      backward_units<Cell>(count, saved, args.states + shape.before(t) * B * H + at,
                           row_of(args.cells, shape.before(t) * B * H + at, 1),
                           row_of(args.cells, shape.after(t) * B * H + at, 1), dh_b, dc + at, dx_b,
                           dr_b, dh + at, dc + at);
      return;
    }
    dh_b.store(dh + at, count);
    for (int g = 0; g < Cell::kGates; ++g) {
      copy_or_zero<T>(count, nullptr, dx_b[g]);
      if (Cell::kSplitsHidden) copy_or_zero<T>(count, nullptr, dr_b[g]);
    }
  }

  /// d_h_0, from the gates' gradients of the first step run.
  void finish(int64_t t, int64_t panel, Range range) const {
    for_each_tile_row<V>(range.end - range.begin, [&](int64_t first, int64_t rows) {
      const int64_t row = range.begin + first, unit = panel * kUnits;
      alignas(64) T sums[kTileRows<V> * kUnits] = {};
      multiply(t, panel, panel, row, rows, sums);
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t u = 0; u < smaller(kUnits, H - unit); ++u) {
          const int64_t at = (row + r) * H + unit + u;
          args.d_h_0[at] = dh[at] + sums[r * kUnits + u];
        }
    });
  }
};

// sums[j] = Σ over rows of matrix[row][j], row after row.
template <class T>
void sum_rows(int64_t rows, int64_t columns, const T* matrix, T* sums) {
  parallel_for(columns, 64, [=](int64_t begin, int64_t end) {
    for (int64_t j = begin; j < end; ++j) sums[j] = T(0);
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t j = begin; j < end; ++j) sums[j] += matrix[row * columns + j];
  });
}

// C (m, n) = A·B.
template <class T>
void multiply_into(T* c, int64_t m, int64_t n, int64_t k, Strided<T> a, const T* b) {
  if (c) gemm(Cpu{}, Product<T>{m, n, k, a, strided(b, n, false), {nullptr, 0}, c, n});
}

}  // namespace

template <class Cell, class Device, class T>
int64_t recurrent_backward_workspace(Device, const RecurrentBackward<T>& args) {
  Arena arena(nullptr);
  BackwardPass<Cell, T>(arena, args);
  return arena.used();
}

template <class Cell, class Device, class T>
void recurrent_backward(Device, const RecurrentBackward<T>& args, void* workspace) {
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, I = shape.input_size, rows = shape.seq_len * B;
  Arena arena(workspace);
  const BackwardPass<Cell, T> pass(arena, args);
  const int64_t H = pass.H, gate_rows = pass.gate_rows;
  copy_or_zero(B * H, args.d_h_n, pass.dh);
  copy_or_zero(B * H, args.d_c_n, pass.dc);
  const Schedule schedule(shape, gate_rows, pass.panels);
  parallel_team(schedule.threads, [&](int thread, Barrier& barrier) {
    const int all = barrier.threads();
    const Range batch = schedule.rows(shape, thread, all);
    const Range panels = schedule.panels(pass.panels, thread, all);
    pass.pack(part_of(pass.panels, thread, all));
    barrier.wait();
    int64_t later = -1;
    for (int64_t i = shape.seq_len - 1; i >= 0; --i) {
      const int64_t t = step_number(shape, i);
      for_each_panel(panels, i,
                     [&](int64_t panel, int64_t next) { pass.step(t, later, panel, next, batch); });
      if (!schedule.by_rows) barrier.wait();
      later = t;
    }
    if (args.d_h_0 && later >= 0)
      for (int64_t panel = panels.begin; panel < panels.end; ++panel)
        pass.finish(later, panel, batch);
  });

  if (args.d_h_0 && shape.seq_len == 0) copy_or_zero(B * H, pass.dh, args.d_h_0);
  if (args.d_c_0) copy_or_zero(B * H, pass.dc, args.d_c_0);
  const Strided<T> dx = strided<T>(pass.dx, gate_rows, false);
  const Strided<T> dx_t = strided<T>(pass.dx, gate_rows, true);
  const Strided<T> dr_t = strided<T>(pass.dr, gate_rows, true);
  const T* before = args.states + (shape.reverse ? B * H : 0);  // states before steps 0 … T−1
  multiply_into(args.d_x, rows, I, gate_rows, dx, args.w_ih);
  multiply_into(args.d_w_ih, gate_rows, I, rows, dx_t, args.x);
  multiply_into(args.d_w_hh, gate_rows, H, rows, dr_t, before);
  if (args.d_b_ih) sum_rows(rows, gate_rows, pass.dx, args.d_b_ih);
  if (args.d_b_hh && args.d_b_ih && pass.dr == pass.dx)
    copy_or_zero<T>(gate_rows, args.d_b_ih, args.d_b_hh);
  else if (args.d_b_hh)
    sum_rows(rows, gate_rows, pass.dr, args.d_b_hh);
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once for each cell and dtype.
template <class Cell, class T>
struct Emit {
  int64_t (*workspace)(Cpu,
                       const RecurrentBackward<T>&) = recurrent_backward_workspace<Cell, Cpu, T>;
  void (*backward)(Cpu, const RecurrentBackward<T>&, void*) = recurrent_backward<Cell, Cpu, T>;
};
template <class List>
struct EmitAll;
template <class... Cell>
struct EmitAll<TypeList<Cell...>> : Emit<Cell, float>..., Emit<Cell, double>... {};

[[gnu::used]] constinit const EmitAll<Cells> kBackward{};

}  // namespace

}  // namespace unroll::kernels
