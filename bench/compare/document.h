// The part of bench/README.md that the comparison writes.
#pragma once

#include <filesystem>
#include <string>

#include "bench/compare/results.h"

namespace unroll::compare {

/// The results as Markdown: machine and versions, the pictures (paths as they are to be linked),
/// the summary, what is below a floor, and all tables.
std::string document(const Results& results, const std::vector<std::filesystem::path>& pictures);

/// Puts `text` between the lines "<!-- compare: begin … -->" and "<!-- compare: end -->" of a file,
/// in place of what is there. Throws an input `Error` for a file without them.
void replace_block(const std::filesystem::path& file, const std::string& text);

}  // namespace unroll::compare
