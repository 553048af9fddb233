// Rung 7: rung 6 on tensor cores.
//
// Idea: a tensor core multiplies small matrices in one instruction, many times as fast as the f32
// units, if their elements are rounded: to tf32 (10 bits of fraction) or bf16 (7 bits). Only the
// two factors of the recurrent product are; its sums, the states and all tensors stay f32. One way
// or the other must be asked for, since results change by the rounding.
// Beats rung 6 by: arithmetic that hardly counts any more, and weights that are read once for 16
// batch rows. In bf16 they take half the memory, and so do the vectors on their way.
// Limited by: the exchange between blocks; a group of fewer than 16 rows fills tiles with zeros.
// Read next: 8_cluster.cu, where the exchange is faster.
#include "kernels/recurrent/flag_exchange.h"
#include "kernels/recurrent/persistent_launch.h"
#include "kernels/recurrent/tensor_product.h"

namespace unroll::kernels {
namespace {

/// The operands asked for.
struct Rounding {
  template <class Call>
  static auto call(const RecurrentShape& shape, Call call) {
    if (shape.plan.operands == Operands::kTf32)
      return call(Way<TensorProduct<Tf32>, FlagExchange<Tf32::Element>>{});
    return call(Way<TensorProduct<Bf16>, FlagExchange<Bf16::Element>>{});
  }
};

std::string refusal(const RungProblem& problem, const GpuProperties& gpu) {
  if (problem.bytes != 4) return "rung 7 computes for f32 tensors only";
  if (problem.shape.plan.operands == Operands::kF32)
    return "rung 7 rounds the operands of products: choose the plan's operands, tf32 or bf16";
  if (gpu.compute_capability < 80)
    return "rung 7 needs a GPU of compute capability 8.0, and " + gpu.name + " has " +
           std::to_string(gpu.compute_capability / 10) + "." +
           std::to_string(gpu.compute_capability % 10);
  const std::string found = persistent_problem<Rounding>(problem, gpu);
  return found.empty() ? "" : "rung 7: " + found;
}

}  // namespace

template <class Cell, class Device, class T>
Rung<T> tensor_core_rung(Device) {
  return {7,
          "tensor cores",
          refusal,
          persistent_forward_workspace<Cell, Rounding>,
          persistent_backward_workspace<Cell, Rounding>,
          run_persistent_forward<Cell, Rounding>,
          run_persistent_backward<Cell, Rounding>};
}

template Rung<float> tensor_core_rung<RnnTanh>(Gpu);
template Rung<float> tensor_core_rung<RnnRelu>(Gpu);
template Rung<float> tensor_core_rung<Lstm>(Gpu);
template Rung<float> tensor_core_rung<Gru>(Gpu);

}  // namespace unroll::kernels
