// How rungs 6 to 8 launch the kernels of persistent.h: what fits, what memory it takes, in which
// order. T, B, H, G, S as in recurrent.h.
#pragma once

#include "kernels/recurrent/persistent.h"
#include "kernels/recurrent/rungs.h"

namespace unroll::kernels {
namespace {

/// How a pass is run: the split, and the sizes that follow from it.
template <class Product, class Exchange>
struct PersistentPlan {
  using Memory = typename Exchange::Memory;

  Split split;
  ProductTiles tiles;
  int64_t shared_bytes;  // that a block wants

  /// Each unit has `outputs` products, sums over `terms` elements of the vectors.
  PersistentPlan(const RecurrentShape& shape, const GpuProperties& gpu, int outputs, int64_t terms)
      : PersistentPlan(
            Exchange::split(shape, gpu, Product::kRows,
                            [&](const Split& candidate) {
                              return PersistentPlan(candidate, outputs, terms).problem(gpu).empty();
                            }),
            outputs, terms) {}

  static PersistentPlan forward(int gates, const RecurrentShape& shape, const GpuProperties& gpu) {
    return PersistentPlan(shape, gpu, gates, shape.hidden_size);
  }
  static PersistentPlan backward(int gates, const RecurrentShape& shape, const GpuProperties& gpu) {
    return PersistentPlan(shape, gpu, 1, gates * shape.hidden_size);
  }

  /// Why the GPU cannot run it, or "".
  std::string problem(const GpuProperties& gpu) const {
    const std::string what = "a block of " + std::to_string(split.units) + " units for " +
                             std::to_string(split.rows) + " batch rows ";
    if (split.rows > split.most_rows())
      return what + "has registers for " + std::to_string(split.most_rows()) + " rows";
    if (shared_bytes > gpu.shared_bytes_per_block)
      return what + "wants " + std::to_string(shared_bytes) + " bytes of shared memory and " +
             std::to_string(gpu.shared_bytes_per_block) + " are there";
    return "";
  }

  Memory memory(Arena& arena) const { return Memory(arena, split, tiles.rows, tiles.terms); }

  template <auto kKernel, class... Arguments>
  void run(const Arguments&... arguments) const {
    LaunchConfig config{dim3(static_cast<unsigned>(split.groups * split.blocks)), dim3(kThreads),
                        static_cast<size_t>(shared_bytes)};
    if constexpr (Exchange::kCluster) {
      config.cluster = static_cast<unsigned>(split.blocks);
      launch<kKernel>(config, arguments...);
    } else {
      launch_cooperative<kKernel>(config, arguments...);
    }
  }

 private:
  PersistentPlan(const Split& chosen, int outputs, int64_t terms)
      : split(chosen),
        tiles(Product::tiles(outputs * split.units, split.rows, static_cast<int>(terms))),
        shared_bytes(product_bytes<Product>(tiles) +
                     Exchange::shared_bytes(tiles.rows, tiles.terms)) {}
};

/// A way to multiply and to exchange. What a rung chooses from is a struct with
/// `call(shape, function)`, which calls function(Way<…>{}) with the way for a shape.
template <class Product, class Exchange>
struct Way {
  using Plan = PersistentPlan<Product, Exchange>;
};

/// Why the GPU cannot run one of the passes, or "".
template <class Choice>
std::string persistent_problem(const RungProblem& problem, const GpuProperties& gpu) {
  return Choice::call(problem.shape, [&]<class W>(W) {
    const std::string forward = W::Plan::forward(problem.gates, problem.shape, gpu).problem(gpu);
    return forward.empty() ? W::Plan::backward(problem.gates, problem.shape, gpu).problem(gpu)
                           : forward;
  });
}

template <class Plan>
struct PersistentForward {
  Plan plan;
  int32_t* lengths;  // (B), or null
  typename Plan::Memory memory;

  PersistentForward(Arena& arena, int gates, const RecurrentShape& shape)
      : plan(Plan::forward(gates, shape, gpu_properties(Gpu{}))),
        lengths(take_lengths(arena, shape)),
        memory(plan.memory(arena)) {}
};

template <class Cell, class Plan>
struct PersistentBackward {
  Plan plan;
  int64_t bias_count;  // rows of bias_rows
  GradientScratch<Cell, float> gradients;
  float* bias_rows;  // (bias_count, S*H), to be summed up; null where no bias's gradient is wanted
  int32_t* lengths;  // (B), or null
  typename Plan::Memory memory;

  PersistentBackward(Arena& arena, const RecurrentBackward<float>& args)
      : plan(Plan::backward(Cell::kGates, args.shape, gpu_properties(Gpu{}))),
        bias_count(int64_t{plan.split.groups} * plan.split.row_slots()),
        gradients(arena, args, bias_count),
        bias_rows(args.d_b_ih || args.d_b_hh ? arena.take<float>(bias_elements(args.shape))
                                             : nullptr),
        lengths(take_lengths(arena, args.shape)),
        memory(plan.memory(arena)) {}

  int64_t bias_elements(const RecurrentShape& shape) const {
    return bias_count * Cell::kSaved * shape.hidden_size;
  }
};

template <class Cell, class Choice>
int64_t persistent_forward_workspace(const RecurrentForward<float>& args) {
  return Choice::call(args.shape, [&]<class W>(W) {
    Arena arena(nullptr);
    PersistentForward<typename W::Plan>(arena, Cell::kGates, args.shape);
    return arena.used();
  });
}

template <class Cell, class Choice>
int64_t persistent_backward_workspace(const RecurrentBackward<float>& args) {
  return Choice::call(args.shape, [&]<class W>(W) {
    Arena arena(nullptr);
    PersistentBackward<Cell, typename W::Plan>(arena, args);
    return arena.used();
  });
}

template <class Cell, class Choice>
void run_persistent_forward(const RecurrentForward<float>& args, void* workspace) {
  Choice::call(args.shape, [&]<class Product, class Exchange>(Way<Product, Exchange>) {
    Arena arena(workspace);
    const PersistentForward<PersistentPlan<Product, Exchange>> pass(arena, Cell::kGates,
                                                                    args.shape);
    multiply_input<Cell>(args, 0, args.shape.seq_len);
    pass.memory.clear();
    pass.plan.template run<persistent_forward<Cell, Product, Exchange>>(
        on_device(args, pass.lengths), pass.plan.split, pass.plan.tiles, pass.memory);
  });
}

template <class Cell, class Choice>
void run_persistent_backward(const RecurrentBackward<float>& args, void* workspace) {
  Choice::call(args.shape, [&]<class Product, class Exchange>(Way<Product, Exchange>) {
    Arena arena(workspace);
    const PersistentBackward<Cell, PersistentPlan<Product, Exchange>> pass(arena, args);
    pass.memory.clear();
    if (pass.bias_rows)
      gpu_zero(Gpu{}, static_cast<size_t>(pass.bias_elements(args.shape)) * sizeof(float),
               pass.bias_rows);
    pass.plan.template run<persistent_backward<Cell, Product, Exchange>>(
        on_device(args, pass.lengths), pass.plan.split, pass.plan.tiles, pass.memory,
        pass.gradients.gates, pass.bias_rows);
    multiply_gradients<Cell>(args, static_cast<const float*>(pass.gradients.gates), 0,
                             args.shape.seq_len, false);
    sum_bias_gradients<Cell>(args, pass.gradients, pass.bias_count,
                             static_cast<const float*>(pass.bias_rows));
  });
}

}  // namespace
}  // namespace unroll::kernels
