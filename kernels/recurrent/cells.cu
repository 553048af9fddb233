// One step of a cell on a GPU, from gates computed elsewhere: a thread for each hidden unit.
#include "kernels/recurrent/gpu_step.h"

namespace unroll::kernels {
namespace {

template <class Cell, class T>
__global__ void cell_forward_units(CellForward<T> args) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  const int64_t H = args.hidden_size;
  const int64_t u = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (u >= H) return;
  for (int64_t b = blockIdx.y; b < args.batch; b += gridDim.y) {
    const int64_t at = b * H + u;
    T x[G], r[G], saved[S], h_next, c_next = T(0);
    for (int gate = 0; gate < G; ++gate) {
      x[gate] = args.x_gates[(b * G + gate) * H + u];
      r[gate] = args.h_gates[(b * G + gate) * H + u];
    }
    Cell::forward(x, r, args.h ? args.h[at] : T(0), Cell::kHasCellState ? args.c[at] : T(0), saved,
                  h_next, c_next);
    args.h_next[at] = h_next;
    if (Cell::kHasCellState) args.c_next[at] = c_next;
    for (int s = 0; s < S; ++s) args.saved[(b * S + s) * H + u] = saved[s];
  }
}

template <class Cell, class T>
__global__ void cell_backward_units(CellBackward<T> args) {
  constexpr int G = Cell::kGates, S = Cell::kSaved;
  const int64_t H = args.hidden_size;
  const int64_t u = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (u >= H) return;
  for (int64_t b = blockIdx.y; b < args.batch; b += gridDim.y) {
    const int64_t at = b * H + u;
    T saved[S], dx[G], dr[G], dh, dc = T(0);
    for (int s = 0; s < S; ++s) saved[s] = args.saved[(b * S + s) * H + u];
    Cell::backward(saved, args.h ? args.h[at] : T(0), Cell::kHasCellState ? args.c[at] : T(0),
                   Cell::kHasCellState ? args.c_next[at] : T(0),
                   args.dh_next ? args.dh_next[at] : T(0), args.dc_next ? args.dc_next[at] : T(0),
                   dx, dr, dh, dc);
    for (int gate = 0; gate < G; ++gate) {
      args.d_x_gates[(b * G + gate) * H + u] = dx[gate];
      if (Cell::kSplitsHidden) args.d_h_gates[(b * G + gate) * H + u] = dr[gate];
    }
    if (args.dh) args.dh[at] = dh;
    if (Cell::kHasCellState && args.dc) args.dc[at] = dc;
  }
}

}  // namespace

template <class Cell, class Device, class T>
void cell_forward(Device, const CellForward<T>& args) {
  if (args.batch > 0 && args.hidden_size > 0)
    launch<cell_forward_units<Cell, T>>(step_grid(args.batch, args.hidden_size, 1), args);
}

template <class Cell, class Device, class T>
void cell_backward(Device, const CellBackward<T>& args) {
  if (args.batch > 0 && args.hidden_size > 0)
    launch<cell_backward_units<Cell, T>>(step_grid(args.batch, args.hidden_size, 1), args);
}

template void cell_forward<RnnTanh>(Gpu, const CellForward<float>&);
template void cell_backward<RnnTanh>(Gpu, const CellBackward<float>&);
template void cell_forward<RnnTanh>(Gpu, const CellForward<double>&);
template void cell_backward<RnnTanh>(Gpu, const CellBackward<double>&);
template void cell_forward<RnnRelu>(Gpu, const CellForward<float>&);
template void cell_backward<RnnRelu>(Gpu, const CellBackward<float>&);
template void cell_forward<RnnRelu>(Gpu, const CellForward<double>&);
template void cell_backward<RnnRelu>(Gpu, const CellBackward<double>&);
template void cell_forward<Lstm>(Gpu, const CellForward<float>&);
template void cell_backward<Lstm>(Gpu, const CellBackward<float>&);
template void cell_forward<Lstm>(Gpu, const CellForward<double>&);
template void cell_backward<Lstm>(Gpu, const CellBackward<double>&);
template void cell_forward<Gru>(Gpu, const CellForward<float>&);
template void cell_backward<Gru>(Gpu, const CellBackward<float>&);
template void cell_forward<Gru>(Gpu, const CellForward<double>&);
template void cell_backward<Gru>(Gpu, const CellBackward<double>&);

}  // namespace unroll::kernels
