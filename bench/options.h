// The command line of the benchmark.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/command_line.h"

namespace unroll::bench {

struct Options {
  lessons::CommonOptions common;  // device, threads, out and quick are used
  std::string json;               // the file for all measurements; empty: none
  int repetitions;                // of each benchmark
  std::vector<std::string> benchmark_flags;  // for Google Benchmark, the defaults before the user's
};

/// Throws an input error that names the option. Returns false when --help was asked for.
bool parse(int argc, const char* const* argv, Options& options);

/// The text of --help.
std::string help();

}  // namespace unroll::bench
