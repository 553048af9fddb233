// The CPU schedule of a whole sequence.
//
// Idea: what does not depend on the state is one large product for all steps (the input's share of
// the gates before the loop; the gradients of weights, biases and input after it). In the loop each
// thread takes some batch rows through all steps on its own, so that no step waits for another
// thread, and the recurrent weights are packed once for all steps.
// Limited by: one row has nobody to share its work with, so batch 1 runs on one thread.
#include "kernels/arena.h"
#include "kernels/gemm.h"
#include "kernels/recurrent/cpu_rows.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

template <class T>
struct ForwardScratch {
  T *w_hh, *h_gates;
  ForwardScratch(Arena& arena, const RecurrentShape& shape, int64_t gate_rows)
      : w_hh(arena.take<T>(packed_size<T>(shape.hidden_size, gate_rows))),
        h_gates(arena.take<T>(shape.batch * gate_rows)) {}
};

template <class T>
struct BackwardScratch {
  T *w_hh, *dx, *dr, *dh, *dc;
  BackwardScratch(Arena& arena, const RecurrentShape& shape, int64_t gate_rows, bool splits)
      : w_hh(arena.take<T>(packed_size<T>(gate_rows, shape.hidden_size))),
        dx(arena.take<T>(shape.seq_len * shape.batch * gate_rows)),
        dr(splits ? arena.take<T>(shape.seq_len * shape.batch * gate_rows) : dx),
        dh(arena.take<T>(shape.batch * shape.hidden_size)),
        dc(arena.take<T>(shape.batch * shape.hidden_size)) {}
};

template <class T>
void copy_or_zero(int64_t n, const T* from, T* to) {
  for (int64_t i = 0; i < n; ++i) to[i] = from ? from[i] : T(0);
}

template <class T>
T* row_of(T* base, int64_t row, int64_t width) {
  return base ? base + row * width : nullptr;
}

bool takes_part(const RecurrentShape& shape, int64_t row, int64_t t) {
  return shape.lengths == nullptr || t < shape.lengths[row];
}

// Batch rows for a thread: a fair share, in whole tiles where it is large enough, and not less than
// starting a thread is worth.
int64_t rows_a_thread(const RecurrentShape& shape, int64_t gate_rows) {
  constexpr int64_t kWorkWorthAThread = 1 << 18;  // multiplications
  const int64_t row_work = shape.seq_len * gate_rows * shape.hidden_size + 1;
  const int64_t fair = ceil_div(shape.batch, num_threads());
  const int64_t worth = ceil_div(kWorkWorthAThread, row_work);
  const int64_t rows = fair > worth ? fair : worth;
  return rows < kTileRows ? rows : ceil_div(rows, kTileRows) * kTileRows;
}

// The state after step t for batch rows [begin, end).
template <class Cell, class T>
void forward_step(const RecurrentForward<T>& args, const ForwardScratch<T>& scratch, int64_t t,
                  int64_t begin, int64_t end) {
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, H = shape.hidden_size, gate_rows = Cell::kGates * H;
  const T* h = args.states + shape.before(t) * B * H;
  T* h_next = args.states + shape.after(t) * B * H;
  const T* c = row_of(static_cast<const T*>(args.cells), shape.before(t), B * H);
  T* c_next = row_of(args.cells, shape.after(t), B * H);
  T* saved = args.saved + t * B * Cell::kSaved * H;
  for (int64_t b = begin; b < end; ++b)
    copy_or_zero(gate_rows, args.b_hh, scratch.h_gates + b * gate_rows);
  add_packed_product(end - begin, gate_rows, H, strided(h + begin * H, H, false), scratch.w_hh,
                     scratch.h_gates + begin * gate_rows, gate_rows);
  for (int64_t b = begin; b < end; ++b) {
    T* gates = saved + b * Cell::kSaved * H;  // holds the input's share, which the gates replace
    if (takes_part(shape, b, t)) {
      forward_row<Cell, T>(H, gates, scratch.h_gates + b * gate_rows, h + b * H, row_of(c, b, H),
                           gates, h_next + b * H, row_of(c_next, b, H));
    } else {
      copy_or_zero(H, h + b * H, h_next + b * H);
      if (Cell::kHasCellState) copy_or_zero(H, c + b * H, c_next + b * H);
      copy_or_zero(Cell::kSaved * H, static_cast<const T*>(nullptr), gates);
    }
    if (args.output)
      copy_or_zero(H, takes_part(shape, b, t) ? h_next + b * H : nullptr,
                   args.output + (t * B + b) * H);
  }
}

}  // namespace

template <class Cell, class Device, class T>
int64_t recurrent_forward_workspace(Device, const RecurrentForward<T>& args) {
  Arena arena(nullptr);
  ForwardScratch<T>(arena, args.shape, Cell::kGates * args.shape.hidden_size);
  return arena.used();
}

template <class Cell, class Device, class T>
void recurrent_forward(Device, const RecurrentForward<T>& args, void* workspace) {
  const RecurrentShape& shape = args.shape;
  const int64_t steps = shape.seq_len, H = shape.hidden_size, gate_rows = Cell::kGates * H;
  Arena arena(workspace);
  const ForwardScratch<T> scratch(arena, shape, gate_rows);

  // The input's share of the gates of all steps, x·W_ihᵀ + b_ih, straight into `saved`.
  const int64_t width = Cell::kSaved * H;
  parallel_for(steps * shape.batch, 64, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row)
      copy_or_zero(gate_rows, args.b_ih, args.saved + row * width);
  });
  gemm(steps * shape.batch, gate_rows, shape.input_size, strided(args.x, shape.input_size, false),
       strided(args.w_ih, shape.input_size, true), args.saved, width, true);

  pack(H, gate_rows, strided(args.w_hh, H, true), scratch.w_hh);
  parallel_for(shape.batch, rows_a_thread(shape, gate_rows), [&](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < steps; ++i)
      forward_step<Cell>(args, scratch, shape.reverse ? steps - 1 - i : i, begin, end);
  });
}

namespace {

// The gate gradients of step t for batch rows [begin, end); dh and dc go from the state after the
// step to the one before it.
template <class Cell, class T>
void backward_step(const RecurrentBackward<T>& args, const BackwardScratch<T>& scratch, int64_t t,
                   int64_t begin, int64_t end) {
  const RecurrentShape& shape = args.shape;
  const int64_t B = shape.batch, H = shape.hidden_size, gate_rows = Cell::kGates * H;
  const T* h = args.states + shape.before(t) * B * H;
  const T* c = row_of(args.cells, shape.before(t), B * H);
  const T* c_next = row_of(args.cells, shape.after(t), B * H);
  for (int64_t b = begin; b < end; ++b) {
    T* dx = scratch.dx + (t * B + b) * gate_rows;
    T* dr = scratch.dr + (t * B + b) * gate_rows;
    T* dh = scratch.dh + b * H;
    T* dc = scratch.dc + b * H;
    if (takes_part(shape, b, t)) {
      backward_row<Cell, T>(H, args.saved + (t * B + b) * Cell::kSaved * H, h + b * H,
                            row_of(c, b, H), row_of(c_next, b, H),
                            row_of(args.d_output, t * B + b, H), dh, dc, dx, dr, dh, dc);
    } else {
      copy_or_zero(gate_rows, static_cast<const T*>(nullptr), dx);
      if (Cell::kSplitsHidden) copy_or_zero(gate_rows, static_cast<const T*>(nullptr), dr);
    }
  }
  add_packed_product(end - begin, H, gate_rows,
                     strided<T>(scratch.dr + (t * B + begin) * gate_rows, gate_rows, false),
                     scratch.w_hh, scratch.dh + begin * H, H);
}

// sums[j] = Σ over rows of matrix[row][j], row after row.
template <class T>
void sum_rows(int64_t rows, int64_t columns, const T* matrix, T* sums) {
  parallel_for(columns, 64, [=](int64_t begin, int64_t end) {
    for (int64_t j = begin; j < end; ++j) sums[j] = T(0);
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t j = begin; j < end; ++j) sums[j] += matrix[row * columns + j];
  });
}

}  // namespace

template <class Cell, class Device, class T>
int64_t recurrent_backward_workspace(Device, const RecurrentBackward<T>& args) {
  Arena arena(nullptr);
  BackwardScratch<T>(arena, args.shape, Cell::kGates * args.shape.hidden_size, Cell::kSplitsHidden);
  return arena.used();
}

template <class Cell, class Device, class T>
void recurrent_backward(Device, const RecurrentBackward<T>& args, void* workspace) {
  const RecurrentShape& shape = args.shape;
  const int64_t steps = shape.seq_len, B = shape.batch, I = shape.input_size;
  const int64_t H = shape.hidden_size, gate_rows = Cell::kGates * H, rows = steps * B;
  Arena arena(workspace);
  const BackwardScratch<T> scratch(arena, shape, gate_rows, Cell::kSplitsHidden);

  copy_or_zero(B * H, args.d_h_n, scratch.dh);
  copy_or_zero(B * H, args.d_c_n, scratch.dc);
  pack(gate_rows, H, strided(args.w_hh, H, false), scratch.w_hh);
  parallel_for(B, rows_a_thread(shape, gate_rows), [&](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < steps; ++i)
      backward_step<Cell>(args, scratch, shape.reverse ? i : steps - 1 - i, begin, end);
  });

  if (args.d_h_0) copy_or_zero(B * H, scratch.dh, args.d_h_0);
  if (args.d_c_0) copy_or_zero(B * H, scratch.dc, args.d_c_0);
  const T* dx = scratch.dx;
  const T* dr = scratch.dr;
  if (args.d_x)
    gemm(rows, I, gate_rows, strided(dx, gate_rows, false), strided(args.w_ih, I, false), args.d_x,
         I, false);
  if (args.d_w_ih)
    gemm(gate_rows, I, rows, strided(dx, gate_rows, true), strided(args.x, I, false), args.d_w_ih,
         I, false);
  if (args.d_w_hh) {
    const T* before = args.states + (shape.reverse ? B * H : 0);  // states before steps 0 … T−1
    gemm(gate_rows, H, rows, strided(dr, gate_rows, true), strided(before, H, false), args.d_w_hh,
         H, false);
  }
  if (args.d_b_ih) sum_rows(rows, gate_rows, dx, args.d_b_ih);
  if (args.d_b_hh) sum_rows(rows, gate_rows, dr, args.d_b_hh);
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once for each cell and dtype.
template <class Cell, class T>
struct Emit {
  int64_t (*forward_workspace)(Cpu, const RecurrentForward<T>&) =
      recurrent_forward_workspace<Cell, Cpu, T>;
  int64_t (*backward_workspace)(Cpu, const RecurrentBackward<T>&) =
      recurrent_backward_workspace<Cell, Cpu, T>;
  void (*forward)(Cpu, const RecurrentForward<T>&, void*) = recurrent_forward<Cell, Cpu, T>;
  void (*backward)(Cpu, const RecurrentBackward<T>&, void*) = recurrent_backward<Cell, Cpu, T>;
};
template <class List>
struct EmitAll;
template <class... Cell>
struct EmitAll<TypeList<Cell...>> : Emit<Cell, float>..., Emit<Cell, double>... {};

[[gnu::used]] constinit const EmitAll<Cells> kSequences{};

}  // namespace

}  // namespace unroll::kernels
