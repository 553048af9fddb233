// The command line of the benchmark.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/command_line.h"

namespace unroll::bench {

struct Options {
  lessons::CommonOptions common{.out = "out/bench"};  // device, threads, out and quick are used
  std::string json;                                   // the file for all measurements; empty: none
  bool only_list = false;                    // print the names of the benchmarks, measure nothing
  std::vector<std::string> benchmark_flags;  // for Google Benchmark, our defaults first
};

/// Throws an input error that names the option. Returns false when --help was asked for.
bool parse(int argc, const char* const* argv, Options& options);

/// The text of --help.
std::string help();

}  // namespace unroll::bench
