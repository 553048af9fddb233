// What came out, as text.
#pragma once

#include <string>

#include "bench/compare/results.h"
#include "bench/compare/text_table.h"

namespace unroll::compare {

/// What was measured on what: machine, date, versions, and who is missing and how to get it.
std::string heading(const Results& results, Style style);

/// A line for each contender that is missing, after `item`: why, and how to install it.
std::string missing_peers(const Results& results, const std::string& item);

/// A table for each kind, pass and number of threads: our time and speed, and everybody's time as
/// a multiple of ours.
std::string tables(const Results& results, Style style);

}  // namespace unroll::compare
