// How rungs 6 to 8 split a layer over blocks: groups of batch rows, and in each group blocks that
// own hidden units.
//
// B and H as in recurrent.h. Each group holds the whole of W_hh, every block of it the part that
// its own units need. Blocks of different groups never meet: they neither read each other's rows
// nor wait for each other. More groups mean fewer rows to read and fewer blocks to wait for, but
// also more units a block, whose weights must fit into its shared memory.
#pragma once

#include "kernels/recurrent/persistent_units.h"

namespace unroll::kernels {
namespace {

constexpr int kThreads = 256;    // of a block: 8 warps, which leaves a thread 255 registers
constexpr int kRowsAThread = 4;  // batch rows of which a thread keeps the states

struct Split {
  int groups, rows;   // groups of batch rows, and rows in each; the last may have fewer
  int blocks, units;  // blocks in a group, and units of each; the last may have fewer

  /// At most so many groups, at least one, with at most so many blocks in each.
  Split(const RecurrentShape& shape, int most_groups, int most_blocks) {
    const auto share = [](int64_t n, int64_t parts) {
      return n > parts ? static_cast<int>((n + parts - 1) / parts) : 1;
    };
    rows = share(shape.batch, most_groups);
    groups = share(shape.batch, rows);
    units = share(shape.hidden_size, most_blocks);
    blocks = share(shape.hidden_size, units);
  }

  /// Rows that lie side by side in a block's threads; each thread has every row_slots()-th.
  HD int row_slots() const { return kThreads / units < rows ? kThreads / units : rows; }
  /// Rows of a group for which a block has the registers.
  int most_rows() const { return kThreads / units * kRowsAThread; }
};

/// What one block of a split does. Its threads lie along its units, then along its batch rows.
struct Share {
  int group, member;      // which group, and which of the group's blocks
  int first_unit, units;  // units of the layer
  int first_row, rows;    // batch rows

  HD Share(const Split& split, const RecurrentShape& shape, unsigned block)
      : group(static_cast<int>(block) / split.blocks),
        member(static_cast<int>(block) % split.blocks),
        first_unit(member * split.units),
        units(lesser(split.units, shape.hidden_size - first_unit)),
        first_row(group * split.rows),
        rows(lesser(split.rows, shape.batch - first_row)) {}

  HD OwnRows own(const Split& split, unsigned thread) const {
    const int unit = static_cast<int>(thread) % split.units, stride = split.row_slots();
    const int row = static_cast<int>(thread) / split.units;
    const bool idle = unit >= units || row >= stride;
    return {first_unit + unit, first_row + (idle ? rows : row), stride, first_row + rows};
  }

 private:
  HD static int lesser(int64_t a, int64_t b) { return static_cast<int>(a < b ? a : b); }
};

}  // namespace
}  // namespace unroll::kernels
