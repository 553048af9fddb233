// One step of a cell on the CPU, from gates computed elsewhere.
#include "kernels/parallel.h"
#include "kernels/recurrent/cpu_rows.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

constexpr int64_t kGrain = 2048;  // units for which a second thread pays

template <class T>
T* row_of(T* base, int64_t row, int64_t width) {
  return base ? base + row * width : nullptr;
}

}  // namespace

template <class Cell, class Device, class T>
void cell_forward(Device, const CellForward<T>& args) {
  const int64_t H = args.hidden_size;
  parallel_for(args.batch, 1 + kGrain / (H + 1), [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b)
      forward_row<Cell>(H, args.x_gates + b * Cell::kGates * H, args.h_gates + b * Cell::kGates * H,
                        row_of(args.h, b, H), row_of(args.c, b, H),
                        args.saved + b * Cell::kSaved * H, args.h_next + b * H,
                        row_of(args.c_next, b, H));
  });
}

template <class Cell, class Device, class T>
void cell_backward(Device, const CellBackward<T>& args) {
  const int64_t H = args.hidden_size;
  parallel_for(args.batch, 1 + kGrain / (H + 1), [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b)
      backward_row<Cell>(H, args.saved + b * Cell::kSaved * H, row_of(args.h, b, H),
                         row_of(args.c, b, H), row_of(args.c_next, b, H),
                         static_cast<const T*>(nullptr), row_of(args.dh_next, b, H),
                         row_of(args.dc_next, b, H), args.d_x_gates + b * Cell::kGates * H,
                         row_of(args.d_h_gates, b, Cell::kGates * H), row_of(args.dh, b, H),
                         row_of(args.dc, b, H));
  });
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once for each cell and dtype.
template <class Cell, class T>
struct Emit {
  void (*forward)(Cpu, const CellForward<T>&) = cell_forward<Cell, Cpu, T>;
  void (*backward)(Cpu, const CellBackward<T>&) = cell_backward<Cell, Cpu, T>;
};
template <class List>
struct EmitAll;
template <class... Cell>
struct EmitAll<TypeList<Cell...>> : Emit<Cell, float>..., Emit<Cell, double>... {};

[[gnu::used]] constinit const EmitAll<Cells> kCells{};

}  // namespace

}  // namespace unroll::kernels
