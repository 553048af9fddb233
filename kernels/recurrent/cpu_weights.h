// A recurrent layer's weights in the order in which the CPU's forward pass reads them.
//
// A panel of W_hh holds all gates of a few units side by side, so that a tile of h·W_hhᵀ has
// everything that these units' equations want. The panels of W_ih are those of any product.
#pragma once

#include "kernels/recurrent/cpu_sequence.h"

namespace unroll::kernels {
namespace {

template <class Cell>
constexpr int kUnitVecs = kTileVecs > Cell::kGates ? kTileVecs / Cell::kGates : 1;
template <class Cell>
constexpr int kPanelVecs = kUnitVecs<Cell>* Cell::kGates;
/// The vectors of a tile of the product: with few registers only half a panel of an LSTM, so that a
/// tile reads its weights for six rows, not for three.
template <class Cell>
constexpr int kStateVecs = kPanelVecs<Cell> % kTileVecs ? kPanelVecs<Cell> : kTileVecs;

/// Whether copying W_hh to panels would take longer than it saves.
inline bool reads_state_weights_in_place(const RecurrentShape& shape) {
  constexpr int64_t kFewRows = 4, kFewUses = 8;  // in a step; in all
  constexpr int64_t kSlowToCopy = 512;           // hidden units
  const int64_t B = shape.batch;
  return (B <= kFewRows && B * shape.seq_len <= kFewUses) ||
         (B == 1 && shape.hidden_size >= kSlowToCopy);
}

/// Whether x has so few rows in all that their product with W_ih copies nothing.
inline bool has_few_rows_of_x(const RecurrentShape& shape) {
  constexpr int64_t kFewRows = 16;
  return shape.batch * shape.seq_len <= kFewRows;
}

/// The weights of one layer in panels. Their columns are the gates: those of W_hh always [panel]
/// [gate][unit], those of W_ih the same where no backward pass follows, which wants its gates as
/// the weights have them, [gate][unit].
template <class Cell, class T>
struct Weights {
  static constexpr int64_t kUnits = kUnitVecs<Cell> * kLanes<T>;
  static constexpr int64_t kColumns = kPanelVecs<Cell> * kLanes<T>;

  const RecurrentForward<T>& args;
  int64_t H, I, panels, input_columns, input_panels;
  T *state, *bias;        // (panels, H, gate, unit) and (panels, gate, unit); null if read in place
  T *input, *input_bias;  // (input_panels, I, kTileColumns) and (input_columns); likewise

  Weights(Arena& arena, const RecurrentForward<T>& arguments, bool copies_state, bool copies_input)
      : args(arguments),
        H(args.shape.hidden_size),
        I(args.shape.input_size),
        panels(ceil_div(H, kUnits)),
        input_columns(args.saved ? Cell::kGates * H : panels * kColumns),
        input_panels(ceil_div(input_columns, kTileColumns<T>)),
        state(copies_state ? arena.take<T>(panels * H * kColumns) : nullptr),
        bias(copies_state && args.b_hh ? arena.take<T>(panels * kColumns) : nullptr),
        input(copies_input ? arena.take<T>(input_panels * I * kTileColumns<T>) : nullptr),
        input_bias(copies_input && args.b_ih ? arena.take<T>(input_columns) : nullptr) {}

  /// The copies that the caller has kept.
  static Weights from(const RecurrentForward<T>& args) {
    Arena kept(const_cast<T*>(args.packed));
    return Weights(kept, args, true, true);
  }

  /// A thread's part of the copies.
  void pack(int thread, int threads) const {
    if (state) pack_state(part_of(panels, thread, threads));
    if (input) pack_input(part_of(input_panels, thread, threads));
  }

  void pack_state(Range range) const {
    for (int64_t panel = range.begin; panel < range.end; ++panel)
      for (int g = 0; g < Cell::kGates; ++g) {
        const int64_t unit = panel * kUnits, column = g * kUnits;
        const int64_t units = smaller(kUnits, H - unit);
        pack_rows(args.w_hh, H, g * H + unit, units, kUnits, state + panel * H * kColumns + column,
                  kColumns);
        if (bias)
          pack_rows(args.b_hh, 1, g * H + unit, units, kUnits, bias + panel * kColumns + column,
                    kColumns);
      }
  }

  void pack_input(Range range) const {
    constexpr int64_t kWidth = kTileColumns<T>;
    for (int64_t column = range.begin * kWidth; column < range.end * kWidth; column += kLanes<T>) {
      const Range rows = rows_of(column);
      pack_rows(args.w_ih, I, rows.begin, rows.end - rows.begin, kLanes<T>,
                input + column / kWidth * I * kWidth + column % kWidth, kWidth);
      if (input_bias && column < input_columns)
        pack_rows(args.b_ih, 1, rows.begin, rows.end - rows.begin,
                  smaller(kLanes<T>, input_columns - column), input_bias + column, 0);
    }
  }

 private:
  /// The rows of W_ih, kLanes or fewer, that are the panels' columns from `column` on.
  Range rows_of(int64_t column) const {
    if (args.saved) return {column, column + limit(Cell::kGates * H - column)};
    const int64_t gate = column % kColumns / kUnits;
    const int64_t unit = column / kColumns * kUnits + column % kUnits;
    return {gate * H + unit, gate * H + unit + limit(H - unit)};
  }
  static int64_t limit(int64_t left) { return left < 0 ? 0 : smaller(left, kLanes<T>); }

  /// Copies `count` rows of a matrix (rows, depth) as columns, with zeros up to `width` columns.
  static void pack_rows(const T* matrix, int64_t depth, int64_t row, int64_t count, int64_t width,
                        T* to, int64_t to_row) {
    pack_panel(depth, count, strided(matrix + row * depth, depth, true), to, to_row, width);
  }
};

}  // namespace
}  // namespace unroll::kernels
