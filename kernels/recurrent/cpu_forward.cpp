// A whole sequence on the CPU, forward.
//
// Idea: a panel of recurrent weights holds all gates of a few units side by side, so that a tile of
// the product h·W_hhᵀ has everything that these units' equations want: they run at once, while the
// tile is in the first-level cache. The input's share of the gates does not depend on the state; it
// is one product for as many steps as the cache holds.
// Limited by: with one batch row, each weight is read for one multiplication, so the speed is that
// of the cache that holds them; with many, the arithmetic of the products, and at small hidden
// sizes that of the activations.
#include "kernels/recurrent/cpu_sequence.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

template <class Cell>
constexpr int kUnitVecs = kTileVecs > Cell::kGates ? kTileVecs / Cell::kGates : 1;
template <class Cell>
constexpr int kPanelVecs = kUnitVecs<Cell>* Cell::kGates;

/// The panels of one layer and what a step needs besides.
template <class Cell, class T>
struct ForwardPass {
  static constexpr int64_t kUnits = kUnitVecs<Cell> * kLanes<T>;
  static constexpr int64_t kColumns = kPanelVecs<Cell> * kLanes<T>;

  const RecurrentForward<T>& args;
  int64_t H, panels, chunk_steps;
  T *weights, *bias;  // (panels, H, gate, unit) and (panels, gate, unit); null if read in place
  Blocks<T> gates;    // of a chunk's first row, if `saved` does not keep them all

  ForwardPass(Arena& arena, const RecurrentForward<T>& arguments)
      : args(arguments), H(args.shape.hidden_size), panels(ceil_div(H, kUnits)) {
    constexpr int64_t kChunkBytes = 3 << 17, kChunkRows = 192;
    const int64_t B = args.shape.batch, row_bytes = Cell::kGates * H * int64_t{sizeof(T)};
    const int64_t rows = kChunkBytes / (row_bytes + 1) + 1;
    chunk_steps = (rows > kChunkRows ? rows : kChunkRows) / (B + 1) + 1;
    weights = reads_in_place() ? nullptr : arena.take<T>(panels * H * kColumns);
    bias = args.b_hh && !reads_in_place() ? arena.take<T>(panels * kColumns) : nullptr;
    const int64_t kept = smaller(chunk_steps, args.shape.seq_len) * B * Cell::kGates * H;
    gates = {args.saved ? nullptr : arena.take<T>(kept), H};
  }

  /// Whether copying the weights to panels would take longer than it saves.
  bool reads_in_place() const {
    constexpr int64_t kFewRows = 4, kFewUses = 8;  // in a step; in all
    constexpr int64_t kSlowToCopy = 512;           // hidden units
    const int64_t B = args.shape.batch;
    return (B <= kFewRows && B * args.shape.seq_len <= kFewUses) || (B == 1 && H >= kSlowToCopy);
  }

  void pack(Range range) const {
    if (reads_in_place()) return;
    for (int64_t panel = range.begin; panel < range.end; ++panel)
      for (int g = 0; g < Cell::kGates; ++g) {
        const int64_t unit = panel * kUnits, row = g * H + unit, column = g * kUnits;
        const int64_t units = smaller(kUnits, H - unit);
        pack_panel(H, units, strided(args.w_hh + row * H, H, true),
                   weights + panel * H * kColumns + column, kColumns, kUnits);
        if (bias)
          pack_panel(1, units, strided(args.b_hh + row, 1, false), bias + panel * kColumns + column,
                     kColumns, kUnits);
      }
  }

  /// The gates of row b at step t, which is number `in_chunk` of its chunk.
  Blocks<T> gates_of(int64_t t, int64_t in_chunk, int64_t b) const {
    const int64_t B = args.shape.batch;
    if (args.saved) return {args.saved + (t * B + b) * Cell::kSaved * H, H};
    return {gates.data + (in_chunk * B + b) * Cell::kGates * H, H};
  }
  int64_t gates_row() const { return (args.saved ? Cell::kSaved : Cell::kGates) * H; }

  /// x·W_ihᵀ + b_ih for the steps [begin, end), a part of its columns.
  void multiply_input(int64_t begin, int64_t end, int thread, int threads) const {
    const RecurrentShape& shape = args.shape;
    const int64_t B = shape.batch, I = shape.input_size, columns = Cell::kGates * H;
    const Product<T> product{(end - begin) * B,
                             columns,
                             I,
                             strided(args.x + begin * B * I, I, false),
                             strided(args.w_ih, I, true),
                             {args.b_ih, 0},
                             gates_of(begin, 0, 0).data,
                             gates_row()};
    const Range groups = part_of(ceil_div(columns, kLanes<T>), thread, threads);
    const int64_t first = groups.begin * kLanes<T>, last = smaller(columns, groups.end * kLanes<T>);
    gemm_columns(Cpu{}, product, first, last);
  }

  /// sums (rows, kColumns) = h·W_hhᵀ + b_hh for the panel's units, from row `state` of the states
  /// on.
  void multiply_state(int64_t state, int64_t rows, int64_t panel, int64_t next_panel, int64_t first,
                      T* sums) const {
    const Strided<T> h = strided<T>(args.states + state * H, H, false);
    if (!reads_in_place()) {
      const Tile<T> multiply = tile_of<kPanelVecs<Cell>, T>(rows, args.shape.batch == 1);
      return multiply({H,
                       h,
                       weights + panel * H * kColumns,
                       kColumns,
                       {row_of(bias, panel, kColumns), 0},
                       sums,
                       kColumns,
                       part_to_fetch(weights + next_panel * H * kColumns, H, kColumns, first)});
    }
    const int64_t unit = panel * kUnits;
    for (int g = 0; g < Cell::kGates; ++g)
      gemm_along_k(Cpu{}, Product<T>{rows,
                                     smaller(kUnits, H - unit),
                                     H,
                                     h,
                                     strided<T>(args.w_hh + (g * H + unit) * H, H, true),
                                     {row_of(args.b_hh, g * H + unit, 1), 0},
                                     sums + g * kUnits,
                                     kColumns});
  }

  /// The state after step t of the panel's units, for some batch rows.
  void step(int64_t t, int64_t in_chunk, int64_t panel, int64_t next_panel, Range rows) const {
    constexpr int V = kPanelVecs<Cell>;
    const RecurrentShape& shape = args.shape;
    const int64_t B = shape.batch, before = shape.before(t) * B, after = shape.after(t) * B;
    for_each_tile_row<V>(rows.end - rows.begin, [&](int64_t first, int64_t count) {
      const int64_t row = rows.begin + first;
      alignas(64) T sums[kTileRows<V> * kColumns];
      multiply_state(before + row, count, panel, next_panel, first, sums);
      for (int64_t r = 0; r < count; ++r) {
        const int64_t b = row + r;
        const UnitStates<T> states{args.states + (before + b) * H,
                                   row_of<const T>(args.cells, before + b, H),
                                   args.states + (after + b) * H, row_of(args.cells, after + b, H)};
        for (int v = 0; v < kUnitVecs<Cell>; ++v)
          units(t, b, panel * kUnits + v * kLanes<T>, states, gates_of(t, in_chunk, b),
                {sums + r * kColumns + v * kLanes<T>, kUnits});
      }
    });
  }

  /// A vector of units of one row, from the one with number `unit`.
  void units(int64_t t, int64_t b, int64_t unit, const UnitStates<T>& row, Blocks<T> row_gates,
             Blocks<const T> r) const {
    const int64_t count = smaller(kLanes<T>, H - unit);
    if (count <= 0) return;
    const UnitStates<T> states = row.from(unit);
    const Blocks<T> x = row_gates.from(unit);
    const bool runs = takes_part(args.shape, b, t);
    if (runs) {
      forward_units<Cell>(count, Blocks<const T>{x.data, x.stride}, r, states,
                          args.saved ? x : Blocks<T>{nullptr, 0});
    } else {
      copy_or_zero(count, states.h, states.h_next);
      if (Cell::kHasCellState) copy_or_zero(count, states.c, states.c_next);
      if (args.saved)
        for (int s = 0; s < Cell::kSaved; ++s) copy_or_zero<T>(count, nullptr, x[s]);
    }
    if (args.output)
      copy_or_zero(count, runs ? states.h_next : nullptr,
                   args.output + (t * args.shape.batch + b) * H + unit);
  }
};

}  // namespace

template <class Cell, class Device, class T>
int64_t recurrent_forward_workspace(Device, const RecurrentForward<T>& args) {
  Arena arena(nullptr);
  ForwardPass<Cell, T>(arena, args);
  return arena.used();
}

template <class Cell, class Device, class T>
void recurrent_forward(Device, const RecurrentForward<T>& args, void* workspace) {
  const RecurrentShape& shape = args.shape;
  Arena arena(workspace);
  const ForwardPass<Cell, T> pass(arena, args);
  const Schedule schedule(shape, Cell::kGates * pass.H, pass.panels);
  parallel_team(schedule.threads, [&](int thread, Barrier& barrier) {
    const int all = barrier.threads();
    const Range rows = schedule.rows(shape, thread, all);
    const Range panels = schedule.panels(pass.panels, thread, all);
    pass.pack(part_of(pass.panels, thread, all));
    for (int64_t done = 0; done < shape.seq_len; done += pass.chunk_steps) {
      const int64_t steps = smaller(pass.chunk_steps, shape.seq_len - done);
      const int64_t first = shape.reverse ? step_number(shape, done + steps - 1) : done;
      pass.multiply_input(first, first + steps, thread, all);
      barrier.wait();
      for (int64_t i = done; i < done + steps; ++i) {
        const int64_t t = step_number(shape, i);
        for_each_panel(panels, i, [&](int64_t panel, int64_t next) {
          pass.step(t, t - first, panel, next, rows);
        });
        if (!schedule.by_rows) barrier.wait();
      }
      if (schedule.by_rows) barrier.wait();  // before the chunk's gates are overwritten
    }
  });
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once for each cell and dtype.
template <class Cell, class T>
struct Emit {
  int64_t (*workspace)(Cpu, const RecurrentForward<T>&) = recurrent_forward_workspace<Cell, Cpu, T>;
  void (*forward)(Cpu, const RecurrentForward<T>&, void*) = recurrent_forward<Cell, Cpu, T>;
};
template <class List>
struct EmitAll;
template <class... Cell>
struct EmitAll<TypeList<Cell...>> : Emit<Cell, float>..., Emit<Cell, double>... {};

[[gnu::used]] constinit const EmitAll<Cells> kForward{};

}  // namespace

}  // namespace unroll::kernels
