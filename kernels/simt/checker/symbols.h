// From the address of an instruction to the source line that it came from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace unroll::kernels::simt::checker {

struct SourceLine {
  std::string file;  // as the compiler was given it; "" where it is not known
  int line = 0;

  auto operator<=>(const SourceLine&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// The lines of the instructions that lie before these addresses, as callbacks get them. What was
/// inlined from simt's own headers or the standard library counts as its caller's line. Looked up
/// by addr2line in one go.
std::vector<SourceLine> source_lines(const std::vector<uintptr_t>& codes);

/// Whether the line is in simt's own sources or the standard library's.
bool is_not_of_kernels(const SourceLine& line);

/// "kernels/softmax.cu:41": relative to the checkout or the current folder where it lies there.
std::string display(const SourceLine& line);

/// The line itself, without the blanks around it; "" if the file cannot be read.
std::string source_text(const SourceLine& line);

}  // namespace unroll::kernels::simt::checker
