// Numbers, sizes and titles as the reports write them.
#pragma once

#include <string>

#include "bench/compare/case.h"

namespace unroll::compare {

/// "37 %".
std::string percent(double share);

/// Three significant digits, as long as there are three before the point.
std::string significant(double value);

/// "1.52 ms".
std::string duration(double seconds);

/// "1 thread", "2 threads".
std::string threads_text(int threads);

/// "H 64, B 16, T 32", or "16 × 256 × 64" of a product.
std::string size_text(const Case& one);

/// "LSTM, training", or what is multiplied.
std::string group_title(Kind kind, Pass pass);

}  // namespace unroll::compare
