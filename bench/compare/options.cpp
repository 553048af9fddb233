#include "bench/compare/options.h"

#include <CLI/CLI.hpp>

#include "engine/error.h"

namespace unroll::compare {

bool parse(int argc, const char* const* argv, Options& options) {
  CLI::App app;
  app.set_help_flag("-h,--help");
  app.add_flag("--quick", options.quick);
  app.add_option("--cell", options.cells)->delimiter(',');
  app.add_option("--peers", options.peers)->delimiter(',');
  app.add_option("--threads", options.threads)->delimiter(',')->check(CLI::Range(1, 4096));
  app.add_option("--only", options.only);
  app.add_flag("--list", options.list);
  app.add_option("--out", options.out);
  app.add_option("--json", options.json);
  app.add_flag("--resume", options.resume);
  app.add_option("--baseline", options.baseline);
  app.add_option("--from", options.from);
  app.add_flag("--readme", options.readme);
  app.add_option("--peer-list", options.peer_list);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& error) {
    throw input_error(error.what(), "; see ./unroll bench compare --help");
  }
  if (options.resume && options.json.empty())
    throw input_error("--resume needs --json FILE, the file of the run to go on with");
  return true;
}

std::string help() {
  return R"(Usage: ./unroll bench compare [options]
       ./unroll bench compare --install

Measures unroll beside PyTorch, Keras, oneDNN, ONNX Runtime and OpenBLAS, in one interleaved run:
recurrent layers in training and inference, and matrix products. Those that are not installed are
named, with the command that installs them; --install installs all, with the system's package
manager and into build/peers. All of it takes about an hour; the machine should be idle.

What to measure
  --quick              a few sizes of each class, in less than three minutes
  --cell LIST          of lstm, gru, rnn and gemm (matrix products), separated by commas
  --threads LIST       numbers of threads [1,2]
  --peers LIST         of torch, torch_debian, keras, onednn, onnxruntime and openblas
  --only REGEX         cases whose name matches: lstm/training, hidden:64/batch:1/
  --list               print the names of the cases and stop

What to do with it
  --json FILE          write everything there after each case: machine, versions, settings, samples
  --resume             measure only what FILE does not have yet, and add it (after Ctrl-C, say)
  --out FOLDER         folder for the pictures [out/compare]
  --baseline FILE      compare our share of peak with that in an earlier --json FILE
  --from FILE          show what an earlier --json FILE has, and measure nothing
  --readme             put the tables and the picture into bench/README.md
  --peer-list FILE     other contenders than those of bench/peers/peers.json
  -h, --help           this text

Each contender is a process, stopped while another is timed. Its results and gradients are compared
with ours before it is timed. Ratios are medians of their time over ours, over rounds in random
order; samples beside which the machine was slow are dropped. bench/README.md has the details.

Examples
  ./unroll bench compare --quick
  ./unroll bench compare --cell lstm --threads 1 --peers onednn,torch
  ./unroll bench compare --json after.json --baseline before.json
)";
}

}  // namespace unroll::compare
