// What came out, as text.
#pragma once

#include <string>

#include "bench/compare/results.h"

namespace unroll::compare {

/// Where a text goes: a terminal, or a Markdown document.
enum class Style { kPlain, kMarkdown };

/// What was measured on what: machine, date, versions, and who is missing and how to get it.
std::string heading(const Results& results, Style style);

/// A table for each kind, pass and number of threads: our time and speed, and everybody's time as
/// a multiple of ours.
std::string tables(const Results& results, Style style);

}  // namespace unroll::compare
