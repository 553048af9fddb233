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
#include "kernels/recurrent/cpu_weights.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

/// Steps of which the input's gates are one product: as many as the second-level cache holds.
template <class Cell, class T>
int64_t steps_of_chunk(const RecurrentShape& shape) {
  constexpr int64_t kChunkBytes = 3 << 17, kChunkRows = 192;
  const int64_t row_bytes = Cell::kGates * shape.hidden_size * int64_t{sizeof(T)};
  const int64_t rows = kChunkBytes / (row_bytes + 1) + 1;
  return smaller(shape.seq_len, (rows > kChunkRows ? rows : kChunkRows) / (shape.batch + 1) + 1);
}

/// The weights of one layer and what a step needs besides.
template <class Cell, class T>
struct ForwardPass {
  static constexpr int64_t kUnits = Weights<Cell, T>::kUnits;
  static constexpr int64_t kColumns = Weights<Cell, T>::kColumns;

  const RecurrentForward<T>& args;
  int64_t H, panels, chunk_steps;
  bool state_in_place, input_in_place;
  Weights<Cell, T> weights;
  bool by_panel;      // whether a row's gates are ordered as the panels' columns
  int64_t gates_row;  // from those of one row to the next
  T* gates;           // (chunk_steps, B, gates_row), if `saved` does not keep them all

  ForwardPass(Arena& arena, const RecurrentForward<T>& arguments)
      : args(arguments),
        H(args.shape.hidden_size),
        panels(ceil_div(H, kUnits)),
        chunk_steps(steps_of_chunk<Cell, T>(args.shape)),
        state_in_place(!args.packed && reads_state_weights_in_place(args.shape)),
        input_in_place(reads_input_weights_in_place()),
        weights(args.packed ? Weights<Cell, T>::from(args)
                            : Weights<Cell, T>(arena, args, !state_in_place, !input_in_place)),
        by_panel(!args.saved && !input_in_place),
        gates_row(by_panel ? weights.input_columns
                           : (args.saved ? Cell::kSaved : Cell::kGates) * H),
        gates(args.saved ? nullptr : arena.take<T>(chunk_steps * args.shape.batch * gates_row)) {}

  /// Whether the product of all rows of x is better left to `gemm_columns`.
  bool reads_input_weights_in_place() const {
    constexpr int64_t kFewRows = 8;  // in a step: threads do not share them
    const bool used_once = chunk_steps == args.shape.seq_len && args.shape.batch < kFewRows;
    return has_few_rows_of_x(args.shape) || (used_once && !args.packed);
  }

  /// The gates of row b at step t, which is number `in_chunk` of its chunk.
  T* gates_of(int64_t t, int64_t in_chunk, int64_t b) const {
    const int64_t B = args.shape.batch;
    return args.saved ? args.saved + (t * B + b) * gates_row
                      : gates + (in_chunk * B + b) * gates_row;
  }
  /// Those of a panel's units.
  Blocks<T> gates_of(int64_t t, int64_t in_chunk, int64_t b, int64_t panel) const {
    T* row = gates_of(t, in_chunk, b);
    if (by_panel) return {row + panel * kColumns, kUnits, gates_row};
    return {row + panel * kUnits, H, gates_row};
  }

  /// x·W_ihᵀ + b_ih for the steps [begin, end): of a thread's batch rows, or else a part of the
  /// columns.
  void multiply_input(int64_t begin, int64_t end, Range rows, int thread, int threads) const {
    constexpr int64_t kCachedPanels = 6;
    const RecurrentShape& shape = args.shape;
    const int64_t B = shape.batch, I = shape.input_size;
    const int64_t columns = by_panel ? weights.input_columns : Cell::kGates * H;
    const auto product = [&](int64_t t, int64_t row, int64_t m, Strided<T> w_ih) {
      return Product<T>{m,
                        columns,
                        I,
                        strided(args.x + (t * B + row) * I, I, false),
                        w_ih,
                        {input_in_place ? args.b_ih : weights.input_bias, 0},
                        gates_of(t, t - begin, row),
                        gates_row};
    };
    if (input_in_place) {
      const Range groups = part_of(ceil_div(columns, kLanes<T>), thread, threads);
      return gemm_columns(Cpu{}, product(begin, 0, (end - begin) * B, strided(args.w_ih, I, true)),
                          groups.begin * kLanes<T>, smaller(columns, groups.end * kLanes<T>));
    }
    const Strided<T> w_ih{weights.input, kTileColumns<T>, 1};
    if (rows.end - rows.begin == B) {
      const Range mine = part_of(weights.input_panels, thread, threads);
      return gemm_panels(Cpu{}, product(begin, 0, (end - begin) * B, w_ih), mine.begin, mine.end);
    }
    for (int64_t panel = 0; panel < weights.input_panels; panel += kCachedPanels)
      for (int64_t t = begin; t < end; ++t)
        gemm_panels(Cpu{}, product(t, rows.begin, rows.end - rows.begin, w_ih), panel,
                    smaller(weights.input_panels, panel + kCachedPanels));
  }

  /// sums (rows, kColumns) = h·W_hhᵀ + b_hh for the panel's units, from row `state` of the states
  /// on.
  void multiply_state(int64_t state, int64_t rows, int64_t panel, int64_t next_panel, int64_t first,
                      T* sums) const {
    const Strided<T> h = strided<T>(args.states + state * H, H, false);
    if (!state_in_place) {
      const bool only_row = args.shape.batch == 1;
      const int64_t width = only_row ? kColumns : kStateVecs<Cell> * kLanes<T>;
      const Tile<T> multiply = only_row ? tile_of<kPanelVecs<Cell>, T>(rows, only_row)
                                        : tile_of<kStateVecs<Cell>, T>(rows, only_row);
      for (int64_t column = 0; column < kColumns; column += width)
        multiply({H,
                  h,
                  weights.state + panel * H * kColumns + column,
                  kColumns,
                  {row_of(weights.bias, panel * kColumns + column, 1), 0},
                  sums + column,
                  kColumns,
                  part_to_fetch(weights.state + next_panel * H * kColumns, H, kColumns, first)});
      return;
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

  /// Where row b's state is before and after step t.
  UnitStates<T> states_of(int64_t t, int64_t b) const {
    const RecurrentShape& shape = args.shape;
    const int64_t before = shape.before(t) * shape.batch + b,
                  after = shape.after(t) * shape.batch + b;
    return {args.states + before * H, row_of<const T>(args.cells, args.saved ? before : b, H),
            args.states + after * H, row_of(args.cells, args.saved ? after : b, H), H};
  }

  /// The state after step t of the panel's units, for some batch rows.
  void step(int64_t t, int64_t in_chunk, int64_t panel, int64_t next_panel, Range rows) const {
    constexpr int V = kStateVecs<Cell>;
    const RecurrentShape& shape = args.shape;
    for_each_tile_row<V>(rows.end - rows.begin, [&](int64_t first, int64_t count) {
      const int64_t row = rows.begin + first;
      alignas(64) T sums[kTileRows<V> * kColumns];
      multiply_state(shape.before(t) * shape.batch + row, count, panel, next_panel, first, sums);
      for_each_pair<T>(count, !shape.lengths, [&]<class Units>(int64_t r, Units) {
        const Blocks<T> x = gates_of(t, in_chunk, row + r, panel);
        const UnitStates<T> states = states_of(t, row + r).from(panel * kUnits);
        for (int64_t v = 0; v < kUnits; v += kLanes<T>)
          units<Units>(t, row + r, panel * kUnits + v, states.from(v), x.from(v),
                       {sums + r * kColumns + v, kUnits, kColumns});
      });
    });
  }

  /// The same for a thread's panels where the batch is one row, without lengths: the units of two
  /// panels go together.
  void step_of_one_row(int64_t t, int64_t in_chunk, Range mine, int64_t i) const {
    const int64_t whole = smaller(mine.end, H / kUnits), pairs = (whole - mine.begin) / 2;
    for_each_panel(Range{0, pairs}, i, [&](int64_t pair, int64_t) {
      const int64_t panel = mine.begin + 2 * pair, before = args.shape.before(t);
      alignas(64) T sums[2 * kColumns];
      multiply_state(before, 1, panel, panel, 0, sums);
      multiply_state(before, 1, panel + 1, panel + 1, 0, sums + kColumns);
      Blocks<T> x = gates_of(t, in_chunk, 0, panel);
      x.row = by_panel ? kColumns : kUnits;
      UnitStates<T> states = states_of(t, 0).from(panel * kUnits);
      states.row = kUnits;
      for (int64_t v = 0; v < kUnits; v += kLanes<T>)
        units<Pair<T>>(t, 0, panel * kUnits + v, states.from(v), x.from(v),
                       {sums + v, kUnits, kColumns});
    });
    for (int64_t panel = mine.begin + 2 * pairs; panel < mine.end; ++panel)
      step(t, in_chunk, panel, panel, {0, 1});
  }

  /// A vector of units, from the one with number `unit`, in one or two rows from b on. Two always
  /// take part, and have no output apart from their states.
  template <class Units>
  HD void units(int64_t t, int64_t b, int64_t unit, const UnitStates<T>& states, Blocks<T> x,
                Blocks<const T> r) const {
    const int64_t count = smaller(kLanes<T>, H - unit);
    if (count <= 0) return;
    const bool runs = takes_part(args.shape, b, t);
    if (runs) {
      forward_units<Cell, Units>(count, Blocks<const T>{x.data, x.stride, x.row}, r, states,
                                 args.saved ? x : Blocks<T>{nullptr, 0, 0});
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
int64_t recurrent_packed_size(Device, const RecurrentForward<T>& args) {
  if (reads_state_weights_in_place(args.shape) && has_few_rows_of_x(args.shape)) return 0;
  Arena arena(nullptr);
  Weights<Cell, T>(arena, args, true, true);
  return arena.used();
}

template <class Cell, class Device, class T>
void recurrent_pack(Device, const RecurrentForward<T>& args, T* packed) {
  Arena arena(packed);
  const Weights<Cell, T> weights(arena, args, true, true);
  parallel_team(num_threads(),
                [&](int thread, Barrier& barrier) { weights.pack(thread, barrier.threads()); });
}

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
    const bool waits = !schedule.by_rows || pass.input_in_place;  // for other threads' gates
    if (!args.packed) {
      pass.weights.pack(thread, all);
      barrier.wait();
    }
    for (int64_t done = 0; done < shape.seq_len; done += pass.chunk_steps) {
      const int64_t steps = smaller(pass.chunk_steps, shape.seq_len - done);
      const int64_t first = shape.reverse ? step_number(shape, done + steps - 1) : done;
      pass.multiply_input(first, first + steps, rows, thread, all);
      if (waits) barrier.wait();
      for (int64_t i = done; i < done + steps; ++i) {
        const int64_t t = step_number(shape, i);
        if (shape.batch == 1 && !shape.lengths)
          pass.step_of_one_row(t, t - first, panels, i);
        else
          for_each_panel(panels, i, [&](int64_t panel, int64_t next) {
            pass.step(t, t - first, panel, next, rows);
          });
        if (!schedule.by_rows) barrier.wait();
      }
    }
  });
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once for each cell and dtype.
template <class Cell, class T>
struct Emit {
  int64_t (*packed_size)(Cpu, const RecurrentForward<T>&) = recurrent_packed_size<Cell, Cpu, T>;
  void (*pack)(Cpu, const RecurrentForward<T>&, T*) = recurrent_pack<Cell, Cpu, T>;
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
