#include "bench/compare/format.h"

#include "engine/error.h"
#include "lessons/support/format.h"

namespace unroll::compare {

using lessons::format_fixed;

std::string percent(double share) { return format_fixed(100 * share, 0) + " %"; }

std::string significant(double value) {
  return format_fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0);
}

std::string duration(double seconds) {
  if (seconds < 1e-3) return significant(seconds * 1e6) + " µs";
  return seconds < 1 ? significant(seconds * 1e3) + " ms" : significant(seconds) + " s";
}

std::string threads_text(int threads) {
  return concat_message(threads, threads == 1 ? " thread" : " threads");
}

std::string size_text(const Case& one) {
  if (!one.recurrent()) return concat_message(one.m, " × ", one.n, " × ", one.k);
  return concat_message("H ", one.hidden, ", B ", one.batch, ", T ", one.length);
}

std::string group_title(Kind kind, Pass pass) {
  if (kind == Kind::kGemm) return "GEMM: A·Bᵀ, m × n × k";
  return concat_message(title(kind), ", ", name(pass));
}

}  // namespace unroll::compare
