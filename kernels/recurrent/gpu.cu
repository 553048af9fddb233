// Whole sequences on a GPU: asks the planner for a rung, or takes the one that the caller names.
#include <string>

#include "kernels/gpu.h"
#include "kernels/recurrent/planner.h"

namespace unroll::kernels {

template <class Cell, class Device, class T>
std::vector<Rung<T>> rungs(Device device) {
  std::vector<Rung<T>> all{primitive_rung<Cell, Device, T>(device),
                           fused_gates_rung<Cell, Device, T>(device),
                           vectorised_rung<Cell, Device, T>(device)};
  if constexpr (std::is_same_v<T, float>) {
    all.push_back(graph_rung<Cell, Device, T>(device));
    all.push_back(one_block_rung<Cell, Device, T>(device));
    all.push_back(cooperative_rung<Cell, Device, T>(device));
    all.push_back(tensor_core_rung<Cell, Device, T>(device));
    all.push_back(cluster_rung<Cell, Device, T>(device));
  }
  return all;
}

namespace {

template <class T>
std::string refusal_of(const Rung<T>& rung, const RungProblem& problem, const GpuProperties& gpu) {
  const int64_t B = problem.shape.batch, H = problem.shape.hidden_size;
  if (rung.number >= 5 && (B == 0 || H == 0))  // which 5 to 8 need not think of
    return "rung " + std::to_string(rung.number) + " wants work for its blocks, and batch " +
           std::to_string(B) + " with hidden size " + std::to_string(H) + " is none";
  return rung.refusal(problem, gpu);
}

}  // namespace

template <class Cell, class Device, class T>
std::vector<Forecast> forecasts(Device device, const RecurrentShape& shape) {
  const GpuProperties& gpu = gpu_properties(device);
  const RungProblem problem = rung_problem<Cell, T>(shape);
  std::vector<Forecast> all;
  for (const Rung<T>& rung : rungs<Cell, Device, T>(device))
    all.push_back(forecast(rung.number, rung.name, refusal_of(rung, problem, gpu), problem, gpu));
  return all;
}

namespace {

// "1, 2 or 3": the rungs that can run the problem.
std::string able(const std::vector<Forecast>& all) {
  std::vector<int> numbers;
  for (const Forecast& one : all)
    if (one.refusal.empty()) numbers.push_back(one.rung);
  std::string text;
  for (size_t i = 0; i < numbers.size(); ++i)
    text += (i == 0 ? "" : i + 1 == numbers.size() ? " or " : ", ") + std::to_string(numbers[i]);
  return text;
}

// Throws unless the rung that the caller names can run the problem.
void check_choice(int rung, const std::vector<Forecast>& all) {
  std::string problem = "rung " + std::to_string(rung);
  problem += rung >= 1 && rung <= kRungs ? " runs f32 and this is f64"
                                         : ": there are rungs 1 to " + std::to_string(kRungs);
  for (const Forecast& one : all)
    if (one.rung == rung) problem = one.refusal;
  if (!problem.empty())
    throw GpuError(problem + "; leave the rung to the planner or choose " + able(all));
}

template <class Cell, class T>
const Rung<T>& chosen(const RecurrentShape& shape, bool backward) {
  static const std::vector<Rung<T>> all = rungs<Cell, Gpu, T>(Gpu{});
  const std::vector<Forecast> prospects = forecasts<Cell, Gpu, T>(Gpu{}, shape);
  if (shape.plan.rung != 0) check_choice(shape.plan.rung, prospects);
  const int number = shape.plan.rung != 0 ? shape.plan.rung : fastest(prospects, backward);
  return all[static_cast<size_t>(number - 1)];
}

}  // namespace

template <class Cell, class Device, class T>
int64_t recurrent_packed_size(Device, const RecurrentForward<T>&) {
  return 0;
}

template <class Cell, class Device, class T>
void recurrent_pack(Device, const RecurrentForward<T>&, T*) {}

template <class Cell, class Device, class T>
int64_t recurrent_forward_workspace(Device, const RecurrentForward<T>& args) {
  return chosen<Cell, T>(args.shape, false).forward_workspace(args);
}

template <class Cell, class Device, class T>
int64_t recurrent_backward_workspace(Device, const RecurrentBackward<T>& args) {
  return chosen<Cell, T>(args.shape, true).backward_workspace(args);
}

template <class Cell, class Device, class T>
void recurrent_forward(Device, const RecurrentForward<T>& args, void* workspace) {
  chosen<Cell, T>(args.shape, false).forward(args, workspace);
}

template <class Cell, class Device, class T>
void recurrent_backward(Device, const RecurrentBackward<T>& args, void* workspace) {
  chosen<Cell, T>(args.shape, true).backward(args, workspace);
}

namespace {

// Holding a function's address makes the compiler emit it here, once for each cell and dtype.
template <class Cell, class T>
struct Emit {
  std::vector<Rung<T>> (*rungs_of)(Gpu) = rungs<Cell, Gpu, T>;
  std::vector<Forecast> (*forecasts_of)(Gpu, const RecurrentShape&) = forecasts<Cell, Gpu, T>;
  int64_t (*packed_size)(Gpu, const RecurrentForward<T>&) = recurrent_packed_size<Cell, Gpu, T>;
  void (*pack)(Gpu, const RecurrentForward<T>&, T*) = recurrent_pack<Cell, Gpu, T>;
  int64_t (*forward_workspace)(Gpu, const RecurrentForward<T>&) =
      recurrent_forward_workspace<Cell, Gpu, T>;
  int64_t (*backward_workspace)(Gpu, const RecurrentBackward<T>&) =
      recurrent_backward_workspace<Cell, Gpu, T>;
  void (*forward)(Gpu, const RecurrentForward<T>&, void*) = recurrent_forward<Cell, Gpu, T>;
  void (*backward)(Gpu, const RecurrentBackward<T>&, void*) = recurrent_backward<Cell, Gpu, T>;
};
template <class List>
struct EmitAll;
template <class... Cell>
struct EmitAll<TypeList<Cell...>> : Emit<Cell, float>..., Emit<Cell, double>... {};

[[gnu::used, maybe_unused]] constinit const EmitAll<Cells> kSequences{};

}  // namespace

}  // namespace unroll::kernels
