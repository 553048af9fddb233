#include "kernels/cuda/machine_code_rules.h"

#include <algorithm>
#include <functional>

namespace unroll::kernels {
namespace {

// Rows of the table, by their file and what the row's name begins with.
struct Rows {
  const char* file;
  const char* kernel;
};

// Kernels that may use local memory, each with the reason.
constexpr Rows kLocalMemory[] = {
    // CUDA's cos() keeps a table there for huge arguments; those here are at most 2π.
    {"random.cu", "normal_kernel"},
};

// What the texts of the files promise.
constexpr Rows kWideGlobalLoads[] = {
    {"elementwise.cu", "unary_"},
    {"elementwise.cu", "binary_"},
    {"optimizer.cu", "sgd_kernel"},
    {"optimizer.cu", "adam_kernel"},
    {"optimizer.cu", "rmsprop_kernel"},
    {"matmul/4_vectorised.cu", "vectorised_gemm"},
    {"recurrent/3_vectorised.cu", "forward_step<…, 4, float>"},
    {"recurrent/3_vectorised.cu", "forward_step<…, 2, double>"},
    {"recurrent/3_vectorised.cu", "backward_step<…, 4, float>"},
    {"recurrent/3_vectorised.cu", "backward_step<…, 2, double>"},
    {"recurrent/4_graph.cu", "forward_step<…, 4, float>"},
    {"recurrent/4_graph.cu", "backward_step<…, 4, float>"},
};
constexpr Rows kWideGlobalStores[] = {
    {"elementwise.cu", "unary_"},
    {"elementwise.cu", "binary_"},
    {"fill.cu", "fill_kernel"},
    {"optimizer.cu", "sgd_kernel"},
    {"optimizer.cu", "adam_kernel"},
    {"optimizer.cu", "rmsprop_kernel"},
    {"recurrent/3_vectorised.cu", "forward_step<…, 4, float>"},
    {"recurrent/3_vectorised.cu", "forward_step<…, 2, double>"},
    {"recurrent/3_vectorised.cu", "backward_step<…, 4, float>"},
    {"recurrent/3_vectorised.cu", "backward_step<…, 2, double>"},
    {"recurrent/4_graph.cu", "forward_step<…, 4, float>"},
    {"recurrent/4_graph.cu", "backward_step<…, 4, float>"},
};
constexpr Rows kWideSharedLoads[] = {
    {"matmul/4_vectorised.cu", "vectorised_gemm"},
    {"recurrent/5_one_block.cu", "one_block_forward"},
    {"recurrent/5_one_block.cu", "one_block_backward"},
};
constexpr Rows kTensorCores[] = {
    {"recurrent/7_tensor_cores.cu", "persistent_forward"},
    {"recurrent/7_tensor_cores.cu", "persistent_backward"},
};

bool is_in(const Rows& rows, const Kernel& kernel) {
  return kernel.file == rows.file && kernel.row.starts_with(rows.kernel);
}

std::string describe(const Kernel& kernel) {
  return kernel.file + ": " + kernel.name + " for sm_" + std::to_string(kernel.code.architecture);
}

template <size_t N>
void check_promise(const std::vector<Kernel>& kernels, const Rows (&promise)[N],
                   const std::function<int(const MachineCode&)>& count, const char* what,
                   std::vector<std::string>& problems) {
  for (const Rows& rows : promise) {
    bool found = false;
    for (const Kernel& kernel : kernels) {
      if (!is_in(rows, kernel)) continue;
      found = true;
      if (count(kernel.code) == 0) problems.push_back(describe(kernel) + " has no " + what);
    }
    if (!found)
      problems.push_back(std::string(rows.file) + " has no kernel " + rows.kernel +
                         ", which kernels/cuda/machine_code_rules.cpp is about");
  }
}

}  // namespace

std::vector<std::string> check_rules(const std::vector<Kernel>& kernels) {
  std::vector<std::string> problems;
  for (const Kernel& kernel : kernels) {
    const bool local = kernel.code.stack_bytes > 0 || kernel.code.local.all > 0;
    const bool may = std::any_of(std::begin(kLocalMemory), std::end(kLocalMemory),
                                 [&](const Rows& rows) { return is_in(rows, kernel); });
    if (local && !may)
      problems.push_back(describe(kernel) + " uses local memory: a stack of " +
                         std::to_string(kernel.code.stack_bytes) + " bytes and " +
                         std::to_string(kernel.code.local.all) + " instructions");
  }
  check_promise(
      kernels, kWideGlobalLoads, [](const MachineCode& code) { return code.global_loads.wide; },
      "loads of 16 bytes from global memory", problems);
  check_promise(
      kernels, kWideGlobalStores, [](const MachineCode& code) { return code.global_stores.wide; },
      "stores of 16 bytes to global memory", problems);
  check_promise(
      kernels, kWideSharedLoads, [](const MachineCode& code) { return code.shared_loads.wide; },
      "loads of 16 bytes from shared memory", problems);
  check_promise(
      kernels, kTensorCores, [](const MachineCode& code) { return code.tensor_core; },
      "tensor-core instructions", problems);
  return problems;
}

}  // namespace unroll::kernels
