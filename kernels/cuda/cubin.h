// Reads what nvcc made of kernels out of an object file, with no tool of the CUDA Toolkit.
//
// nvcc puts a cubin for each architecture into the object: an ELF file of its own, with a section
// of instructions for each kernel and tables (.nv.info) with the resources that it takes. Since
// Volta an instruction has 16 bytes: its operation in bits 0 to 8 and, where it accesses memory,
// the width of the access in bits 73 to 75. NVIDIA documents neither. The numbers in cubin.cpp were
// found by compiling kernels that do one thing each; those are in probe.cu, and machine_code.cpp
// checks first that it finds in them what they do.
#pragma once

#include <string>
#include <vector>

namespace unroll::kernels {

/// Instructions that access one kind of memory, as they stand in the code: a loop counts once.
struct Accesses {
  int all = 0, wide = 0;  // `wide`: 16 bytes a thread
};

/// One kernel for one architecture.
struct MachineCode {
  std::string symbol;  // as the compiler mangles it
  int architecture;    // 90 for sm_90
  int registers = 0;   // a thread
  int stack_bytes = 0;
  int shared_bytes = 0;  // static
  int instructions = 0;
  Accesses global_loads{}, global_stores{}, shared_loads{}, shared_stores{}, local{};
  int tensor_core = 0;  // matrix products
  int barriers = 0;     // of the block
};

/// The kernels of all architectures in an object file that nvcc -c --no-compress wrote. Throws
/// std::runtime_error for a file that cannot be read.
std::vector<MachineCode> read_machine_code(const std::string& object);

}  // namespace unroll::kernels
