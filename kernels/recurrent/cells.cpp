// One step of a cell on the CPU, from gates computed elsewhere.
#include "kernels/parallel.h"
#include "kernels/recurrent/cpu_units.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

constexpr int64_t kGrain = 2048;  // units for which a second thread pays

// Calls f(b, unit, count) for vectors of units that cover all batch rows.
template <class T, class F>
void for_each_vector(int64_t batch, int64_t H, const F& f) {
  parallel_for(batch, 1 + kGrain / (H + 1), [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b)
      for (int64_t unit = 0; unit < H; unit += kLanes<T>)
        f(b, unit, H - unit < kLanes<T> ? H - unit : kLanes<T>);
  });
}

}  // namespace

template <class Cell, class Device, class T>
void cell_forward(Device, const CellForward<T>& args) {
  const int64_t H = args.hidden_size, G = Cell::kGates, S = Cell::kSaved;
  for_each_vector<T>(args.batch, H, [&](int64_t b, int64_t unit, int64_t count) {
    const int64_t at = b * H + unit;
    forward_units<Cell, Vec<T>, T>(count, {args.x_gates + b * G * H + unit, H, 0},
                                   {args.h_gates + b * G * H + unit, H, 0},
                                   {row_of(args.h, at, 1), row_of(args.c, at, 1), args.h_next + at,
                                    row_of(args.c_next, at, 1), 0},
                                   {args.saved + b * S * H + unit, H, 0});
  });
}

template <class Cell, class Device, class T>
void cell_backward(Device, const CellBackward<T>& args) {
  const int64_t H = args.hidden_size, G = Cell::kGates, S = Cell::kSaved;
  for_each_vector<T>(args.batch, H, [&](int64_t b, int64_t unit, int64_t count) {
    const int64_t at = b * H + unit;
    const Vec<T> dh = args.dh_next ? Vec<T>::load(args.dh_next + at, count) : Vec<T>(0);
    backward_units<Cell, T>(count, {args.saved + b * S * H + unit, H, 0}, row_of(args.h, at, 1),
                            row_of(args.c, at, 1), row_of(args.c_next, at, 1), dh,
                            row_of(args.dc_next, at, 1), {args.d_x_gates + b * G * H + unit, H, 0},
                            {row_of(args.d_h_gates, b * G * H + unit, 1), H, 0},
                            row_of(args.dh, at, 1), row_of(args.dc, at, 1));
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
