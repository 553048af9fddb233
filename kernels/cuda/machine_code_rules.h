// What must hold for the machine code of our kernels.
#pragma once

#include <string>
#include <vector>

#include "kernels/cuda/cubin.h"

namespace unroll::kernels {

struct Kernel {
  std::string file;  // "recurrent/4_graph.cu", in kernels/
  std::string name;  // "forward_step<Lstm, 4, float>"
  std::string row;   // that of its row in the table, "forward_step<…, 4, float>"
  MachineCode code;
};

/// One sentence for each rule that a kernel breaks.
std::vector<std::string> check_rules(const std::vector<Kernel>& kernels);

}  // namespace unroll::kernels
