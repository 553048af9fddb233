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

/// The weights of one layer in panels.
template <class Cell, class T>
struct Weights {
  static constexpr int64_t kUnits = kUnitVecs<Cell> * kLanes<T>;
  static constexpr int64_t kColumns = kPanelVecs<Cell> * kLanes<T>;

  const RecurrentForward<T>& args;
  int64_t H, I, panels, input_panels;
  T *state, *bias;  // (panels, H, gate, unit) and (panels, gate, unit); null if read in place
  T* input;         // (input panels, I, kTileColumns); null if read in place

  Weights(Arena& arena, const RecurrentForward<T>& arguments, bool copies_state, bool copies_input)
      : args(arguments),
        H(args.shape.hidden_size),
        I(args.shape.input_size),
        panels(ceil_div(H, kUnits)),
        input_panels(ceil_div(Cell::kGates * H, kTileColumns<T>)),
        state(copies_state ? arena.take<T>(panels * H * kColumns) : nullptr),
        bias(copies_state && args.b_hh ? arena.take<T>(panels * kColumns) : nullptr),
        input(copies_input ? arena.take<T>(input_panels * I * kTileColumns<T>) : nullptr) {}

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
        const int64_t unit = panel * kUnits, row = g * H + unit, column = g * kUnits;
        const int64_t units = smaller(kUnits, H - unit);
        pack_panel(H, units, strided(args.w_hh + row * H, H, true),
                   state + panel * H * kColumns + column, kColumns, kUnits);
        if (bias)
          pack_panel(1, units, strided(args.b_hh + row, 1, false), bias + panel * kColumns + column,
                     kColumns, kUnits);
      }
  }

  void pack_input(Range range) const {
    constexpr int64_t kWidth = kTileColumns<T>;
    for (int64_t panel = range.begin; panel < range.end; ++panel) {
      const int64_t row = panel * kWidth;
      pack_panel(I, smaller(kWidth, Cell::kGates * H - row), strided(args.w_ih + row * I, I, true),
                 input + row * I, kWidth, kWidth);
    }
  }
};

}  // namespace
}  // namespace unroll::kernels
