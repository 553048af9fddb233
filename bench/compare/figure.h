// What came out, as pictures.
#pragma once

#include <filesystem>
#include <vector>

#include "bench/compare/results.h"

namespace unroll::compare {

/// Draws one picture for each number of threads into `folder`, `threads_1.png` and so on: the share
/// of the FMA peak of all contenders over the hidden size, a panel for each kind, pass and batch.
/// Returns the files; none where only products were measured.
std::vector<std::filesystem::path> save_figures(const std::filesystem::path& folder,
                                                const Results& results);

}  // namespace unroll::compare
