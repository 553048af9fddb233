// Rung 5: one block runs whole sequences, with the recurrent weights on the chip.
//
// Idea: a block takes some batch rows through all steps on its own, so that no step needs a launch
// or waits for another block. A thread holds one row of W_hh, backward one column of one gate's
// part, the beginning in registers and the rest in shared memory (weight_row.h). Weights are read
// from global memory once a sequence in place of once a step.
// Beats rung 4 by: no launches between steps, and no traffic but the step's own gates and states.
// Limited by: what one multiprocessor holds; reading the shared part of the weights anew in every
// step; a batch smaller than the GPU leaves multiprocessors idle.
// Read next: 6_cooperative.cu, where several blocks share the weights of one sequence.
//
// T, B, H, G as in recurrent.h; R batch rows a block. In shared memory, in floats:
//   weights   the threads' rows, beyond what their registers hold
//   vectors   (R, H) states, backward (R, G, H) gradients of h-gates, H in whole float4s
//   products  (R, threads), each thread's row times each batch row's vector
#include "kernels/recurrent/persistent_units.h"
#include "kernels/recurrent/rungs.h"
#include "kernels/recurrent/weight_row.h"

namespace unroll::kernels {
namespace {

constexpr int kManyRows = 2;  // batch rows of a block where there are many

/// Threads of a block at most; fewer leave each of them more registers.
constexpr int most_threads(int gates) { return gates == 1 ? 288 : 512; }

/// What a block needs for `rows` batch rows.
struct Sizes {
  int columns, threads;  // H in whole float4s; G*H in whole warps
  int64_t weight_floats, vector_floats, product_floats;

  HD Sizes(int gates, int hidden_size, int rows)
      : columns((hidden_size + 3) / 4 * 4),
        threads((gates * hidden_size + 31) / 32 * 32),
        weight_floats(columns > kRegisterColumns ? int64_t{columns - kRegisterColumns} * threads
                                                 : 0),
        vector_floats(int64_t{rows} * gates * columns),
        product_floats(int64_t{rows} * threads) {}
  HD int64_t bytes() const { return 4 * (weight_floats + vector_floats + product_floats); }
};

/// Thread i of a block that starts at batch row `first` owns unit i mod H of every G-th row.
template <class Cell, int R>
__device__ __forceinline__ OwnRows own_rows(const RecurrentShape& shape, int first) {
  const int H = static_cast<int>(shape.hidden_size), thread = static_cast<int>(threadIdx.x);
  const int end = min(first + R, static_cast<int>(shape.batch));
  return {thread % H, thread < Cell::kGates * H ? first + thread / H : end, Cell::kGates, end};
}

template <class Cell, int R>
constexpr int kRowsAThread = (R + Cell::kGates - 1) / Cell::kGates;

template <class Cell, int R>
__global__ void __launch_bounds__(most_threads(Cell::kGates), 1)
    one_block_forward(RecurrentForward<float> args) {
  const int H = static_cast<int>(args.shape.hidden_size), thread = static_cast<int>(threadIdx.x);
  const int first = static_cast<int>(blockIdx.x) * R;
  const Sizes sizes(Cell::kGates, H, R);
  float* weights = dynamic_shared<float>();
  float* vectors = weights + sizes.weight_floats;  // (R, columns)
  float* products = vectors + sizes.vector_floats;
  const WeightRow row(args.w_hh + int64_t{thread} * H, 1, H, thread >= Cell::kGates * H,
                      sizes.columns, reinterpret_cast<float4*>(weights));

  const OwnRows own = own_rows<Cell, R>(args.shape, first);
  ForwardUnits<Cell, kRowsAThread<Cell, R>> units(args, own);
  for (int i = thread; i < R * sizes.columns; i += static_cast<int>(blockDim.x)) vectors[i] = 0.0f;
  __syncthreads();
  const auto put = [&](int b, float h) { vectors[(b - first) * sizes.columns + own.unit] = h; };
  units.each(put);

  for (int64_t i = 0; i < args.shape.seq_len; ++i) {
    const int64_t t = step_run(args.shape, i);
    units.load_ahead(args, t);
    __syncthreads();
    float sums[R];
    row.multiply(vectors, sizes.columns, sums);
    for (int r = 0; r < R; ++r) products[r * sizes.threads + thread] = sums[r];
    __syncthreads();
    units.step(
        t,
        [&](int b, int gate) {
          return products[(b - first) * sizes.threads + gate * H + own.unit];
        },
        put);
    units.store(args, t);
  }
}

template <class Cell, int R>
__global__ void __launch_bounds__(most_threads(Cell::kGates), 1)
    one_block_backward(RecurrentBackward<float> args, float* d_gates) {
  constexpr int G = Cell::kGates;
  const int H = static_cast<int>(args.shape.hidden_size), thread = static_cast<int>(threadIdx.x);
  const int first = static_cast<int>(blockIdx.x) * R;
  const Sizes sizes(G, H, R);
  float* weights = dynamic_shared<float>();
  float* vectors = weights + sizes.weight_floats;  // (R, G, columns)
  float* products = vectors + sizes.vector_floats;
  const OwnRows own = own_rows<Cell, R>(args.shape, first);
  const int gate = min(thread / H, G - 1);
  const WeightRow row(args.w_hh + int64_t{gate} * H * H + own.unit, H, H, thread >= G * H,
                      sizes.columns, reinterpret_cast<float4*>(weights));

  BackwardUnits<Cell, kRowsAThread<Cell, R>> units(args, own);
  for (int i = thread; i < R * G * sizes.columns; i += static_cast<int>(blockDim.x))
    vectors[i] = 0.0f;
  for (int r = 0; r < R; ++r) products[r * sizes.threads + thread] = 0.0f;
  __syncthreads();
  const auto product = [&](int b) {
    float sum = 0.0f;
    for (int g = 0; g < G; ++g) sum += products[(b - first) * sizes.threads + g * H + own.unit];
    return sum;
  };

  const int64_t last = args.shape.seq_len - 1;
  if (last >= 0) units.load_ahead(args, step_run(args.shape, last));
  for (int64_t i = last; i >= 0; --i) {
    const int64_t t = step_run(args.shape, i);
    units.step(t, product, [&](int b, int g, float dr) {
      vectors[((b - first) * G + g) * sizes.columns + own.unit] = dr;
    });
    __syncthreads();
    units.store(t, d_gates);
    if (i > 0) units.load_ahead(args, step_run(args.shape, i - 1));
    float sums[R];
    row.multiply(vectors + gate * sizes.columns, G * sizes.columns, sums);
    for (int r = 0; r < R; ++r) products[r * sizes.threads + thread] = sums[r];
    __syncthreads();
  }
  units.finish(args, product);
}

std::string refusal(const RungProblem& problem, const GpuProperties& gpu) {
  const int H = static_cast<int>(problem.shape.hidden_size);
  const Sizes sizes(problem.gates, H, 1);
  const std::string what = std::string("rung 5 keeps the whole of W_hh (") +
                           std::to_string(problem.gates * H) + ", " + std::to_string(H) +
                           ") in one block: ";
  if (problem.bytes != 4) return "rung 5 computes in f32 only";
  if (sizes.threads > most_threads(problem.gates))
    return what + "that takes " + std::to_string(sizes.threads) + " threads and may take " +
           std::to_string(most_threads(problem.gates));
  if (sizes.bytes() > gpu.shared_bytes_per_block)
    return what + "that takes " + std::to_string(sizes.bytes()) + " bytes of shared memory and " +
           std::to_string(gpu.shared_bytes_per_block) + " are there";
  return "";
}

/// Whether blocks take kManyRows batch rows each, so that each weight read serves all of them: once
/// the rows outnumber the multiprocessors, if there is room.
bool many_rows(int gates, const RecurrentShape& shape) {
  const GpuProperties& gpu = gpu_properties(Gpu{});
  return shape.batch > gpu.multiprocessors &&
         Sizes(gates, static_cast<int>(shape.hidden_size), kManyRows).bytes() <=
             gpu.shared_bytes_per_block;
}

LaunchConfig blocks_of(int gates, const RecurrentShape& shape, int rows) {
  const Sizes sizes(gates, static_cast<int>(shape.hidden_size), rows);
  return {dim3(blocks_for(shape.batch, rows)), dim3(static_cast<unsigned>(sizes.threads)),
          static_cast<size_t>(sizes.bytes())};
}

int64_t forward_workspace(const RecurrentForward<float>& args) {
  Arena arena(nullptr);
  take_lengths(arena, args.shape);
  return arena.used();
}

template <class Cell>
void forward(const RecurrentForward<float>& args, void* workspace) {
  Arena arena(workspace);
  const RecurrentForward<float> kernel_args = on_device(args, take_lengths(arena, args.shape));
  multiply_input<Cell>(args, 0, args.shape.seq_len);
  if (many_rows(Cell::kGates, args.shape))
    launch<one_block_forward<Cell, kManyRows>>(blocks_of(Cell::kGates, args.shape, kManyRows),
                                               kernel_args);
  else
    launch<one_block_forward<Cell, 1>>(blocks_of(Cell::kGates, args.shape, 1), kernel_args);
}

template <class Cell>
int64_t backward_workspace(const RecurrentBackward<float>& args) {
  Arena arena(nullptr);
  GradientScratch<Cell, float>(arena, args);
  take_lengths(arena, args.shape);
  return arena.used();
}

template <class Cell>
void backward(const RecurrentBackward<float>& args, void* workspace) {
  Arena arena(workspace);
  const GradientScratch<Cell, float> scratch(arena, args);
  const RecurrentBackward<float> kernel_args = on_device(args, take_lengths(arena, args.shape));
  if (many_rows(Cell::kGates, args.shape))
    launch<one_block_backward<Cell, kManyRows>>(blocks_of(Cell::kGates, args.shape, kManyRows),
                                                kernel_args, scratch.gates);
  else
    launch<one_block_backward<Cell, 1>>(blocks_of(Cell::kGates, args.shape, 1), kernel_args,
                                        scratch.gates);
  finish_gradients(args, scratch);
}

}  // namespace

template <class Cell, class Device, class T>
Rung<T> one_block_rung(Device) {
  return {5,
          "one block",
          refusal,
          forward_workspace,
          backward_workspace<Cell>,
          forward<Cell>,
          backward<Cell>};
}

template Rung<float> one_block_rung<RnnTanh>(Gpu);
template Rung<float> one_block_rung<RnnRelu>(Gpu);
template Rung<float> one_block_rung<Lstm>(Gpu);
template Rung<float> one_block_rung<Gru>(Gpu);

}  // namespace unroll::kernels
