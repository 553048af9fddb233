// The command line of the comparison.
#pragma once

#include <string>
#include <vector>

namespace unroll::compare {

struct Options {
  bool quick = false;
  std::vector<std::string> cells;  // kinds; empty: all
  std::vector<std::string> peers;  // ids; empty: all
  std::vector<int> threads;        // empty: 1 and 2, as far as there are cores
  std::string only;                // a regular expression for the names of cases
  bool list = false;               // print the names of the cases, measure nothing
  std::string out = "out/compare";
  std::string json;       // where all is written, besides
  bool resume = false;    // add to that file what it does not have
  std::string baseline;   // an earlier run
  std::string from;       // a run to show instead of measuring
  bool readme = false;    // put tables and picture into bench/
  std::string peer_list;  // instead of bench/peers/peers.json
};

/// Throws an input error that names the option. Returns false when --help was asked for.
bool parse(int argc, const char* const* argv, Options& options);

/// The text of --help.
std::string help();

}  // namespace unroll::compare
