#include "bench/options.h"

#include <CLI/CLI.hpp>

#include "engine/error.h"

namespace unroll::bench {

bool parse(int argc, const char* const* argv, Options& options) {
  constexpr const char* kSee = "; see ./unroll bench --help";
  CLI::App app;
  app.set_help_flag("-h,--help");
  app.allow_extras();
  app.add_flag("--quick", options.common.quick);
  app.add_option("--json", options.json);
  app.add_option("--out", options.common.out);
  app.add_option("--device", options.common.device);
  app.add_flag("--benchmark_list_tests", options.only_list);
  app.add_option("--threads", options.common.threads)->check(CLI::Range(0, 4096));
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& error) {
    throw input_error(error.what(), kSee);
  }
  options.benchmark_flags = {
      "--benchmark_enable_random_interleaving=true",
      options.common.quick ? "--benchmark_repetitions=3" : "--benchmark_repetitions=7",
      options.common.quick ? "--benchmark_min_time=0.003" : "--benchmark_min_time=0.03"};
  if (options.only_list) options.benchmark_flags.push_back("--benchmark_list_tests=true");
  for (const std::string& argument : app.remaining()) {
    if (!argument.starts_with("--benchmark_"))
      throw input_error("unknown option or argument ", argument, kSee);
    options.benchmark_flags.push_back(argument);
  }
  return true;
}

std::string help() {
  return R"(Usage: ./unroll bench [options]

Measures vanilla RNN, LSTM and GRU: the forward pass alone, and a training step (forward, then the
gradients of all weights and of the input). One layer in f32 with as many inputs as hidden units;
hidden size, batch and sequence length are varied one at a time around 128, 16 and 64. It prints a
table for each of the three and draws recurrent.png. It takes less than a minute; the machine
should be idle.

  --quick           small sizes for a few seconds, to see that all works
  --json FILE       write every measurement there, as Google Benchmark's JSON
  --out FOLDER      folder for the picture [out/bench]
  --device DEVICE   where to compute: cpu, simt (simulated GPU; takes the sizes of --quick) or cuda
                    (GPU; times are those of its work, between events) [cpu]
  --threads N       threads on the processor; 0 takes all cores [0]
  -h, --help        this text

Google Benchmark's own options work too, written with "=":
  --benchmark_filter=REGEX       those whose name matches: lstm/training, hidden:128/batch:16
  --benchmark_repetitions=N      times that each is measured [7, with --quick 3]
  --benchmark_min_time=SECONDS   how long one measurement lasts at least [0.03, with --quick 0.003]
  --benchmark_list_tests         print the names and stop

A token is one step of one sequence. FLOPs are the multiplications and additions of the matrix
products alone, 2*G*H*(I + H) a token forward and three times that in training, for I inputs,
H hidden units and G gates: 1 for the vanilla RNN, 4 for the LSTM, 3 for the GRU.
Numbers are medians of repetitions in random order; "spread" is how far apart the quartiles of the
least steady cell of a row are, in percent of its median.

./unroll bench tape measures single ops instead.

Examples
  ./unroll bench
  ./unroll bench --threads 1 --json one_thread.json
  ./unroll bench --benchmark_filter=gru/forward
)";
}

}  // namespace unroll::bench
