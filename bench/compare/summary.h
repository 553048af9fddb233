// How fast unroll is to be, and what it reached: by class of size, beside each floor.
#pragma once

#include <string>

#include "bench/compare/report.h"

namespace unroll::compare {

/// For each kind and pass a table of the classes of size: what was reached against each contender,
/// of the FMA peak and of the bandwidth, and the floor below it. For GRU and RNN the floors of the
/// LSTM are aims.
std::string summary(const Results& results, Style style);

/// The cases of LSTM and the products that are below a floor, each with what it reached.
std::string missed_floors(const Results& results, Style style);

}  // namespace unroll::compare
