// The benchmark of vanilla RNN, LSTM and GRU: ./unroll bench.
//
// Google Benchmark decides how often a workload is run, and repeats all of them in random order, so
// that a busy moment of the machine does not fall on one of them alone.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <unistd.h>

#include "bench/machine.h"
#include "bench/options.h"
#include "bench/report.h"
#include "bench/workload.h"
#include "engine/error.h"
#include "engine/files.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/program.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/terminal.h"

namespace unroll::bench {
namespace {

namespace fs = std::filesystem;
using benchmark::BenchmarkReporter;

// Keeps the measurements for our tables, and all that Google Benchmark reports as its JSON.
class Collector : public BenchmarkReporter {
 public:
  Collector() { writer_.SetOutputStream(&json_); }

  bool ReportContext(const Context& context) override { return writer_.ReportContext(context); }

  void ReportRuns(const std::vector<Run>& runs) override {
    writer_.ReportRuns(runs);
    for (const Run& run : runs)
      if (run.run_type == Run::RT_Iteration && !run.error_occurred) add(run);
  }

  void Finalize() override { writer_.Finalize(); }

  const Results& results() const { return results_; }
  std::string json() const { return json_.str(); }

 private:
  void add(const Run& run) {
    const std::string& name = run.run_name.function_name;
    results_.add(name, run.counters.at("tokens_per_second"));
    const auto peak = run.counters.find("peak_bytes");
    if (peak != run.counters.end()) results_.add_peak(name, peak->second);
  }

  std::ostringstream json_;
  benchmark::JSONReporter writer_;
  Results results_;
};

// Says on a terminal what is being measured, on a line that it takes away again.
class Status {
 public:
  ~Status() {
    if (on_) std::cerr << "\r\033[K" << std::flush;
  }
  void show(const std::string& text) const {
    if (on_) std::cerr << "\r\033[K  " << text << std::flush;
  }

 private:
  bool on_ = lessons::stderr_is_terminal();
};

// A minute of measuring should not end with a file that cannot be written.
void check_writable(const fs::path& file) {
  const fs::path folder = fs::absolute(file).parent_path();
  if (!file.has_filename() || fs::is_directory(file) || access(folder.c_str(), W_OK | X_OK) != 0)
    throw input_error("cannot write ", file, ": expected --json FILE in a folder that is there");
}

// Hands the flags to Google Benchmark. Throws an input error for one that it does not know.
void initialize(std::vector<std::string> flags) {
  static std::string program = "unroll bench";  // Google Benchmark keeps a pointer to it
  std::vector<char*> arguments{program.data()};
  for (std::string& flag : flags) arguments.push_back(flag.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (count > 1) throw input_error("Google Benchmark does not accept ", arguments[1]);
}

void measure(const Plan& plan, Collector& collector) {
  const Status status;
  for (const Workload& workload : plan.workloads()) {
    const auto function = [&status, workload](benchmark::State& state) {
      status.show(workload.name());
      workload.measure(state);
    };
    auto* registered = benchmark::RegisterBenchmark(workload.name().c_str(), function);
    registered->Unit(benchmark::kMillisecond);
    times_with_events() ? registered->UseManualTime() : registered->UseRealTime();
  }
  if (benchmark::RunSpecifiedBenchmarks(&collector) == 0)
    throw input_error("no benchmark has such a name; --benchmark_list_tests shows them all");
}

void run(const Options& options) {
  const Machine machine = describe_machine(lessons::use_device_and_threads(options.common));
  // The larger sizes would take simt hours.
  const bool small = options.common.quick || default_device() == Device::simt;
  const Plan plan = make_plan(small);
  initialize(options.benchmark_flags);
  Collector collector;
  if (options.only_list) {
    measure(plan, collector);
    return;
  }
  benchmark::AddCustomContext("processor", machine.processor);
  benchmark::AddCustomContext("simd_level", machine.simd);
  benchmark::AddCustomContext("device", machine.device);
  benchmark::AddCustomContext("threads", std::to_string(machine.threads));
  if (!options.json.empty()) check_writable(options.json);
  const lessons::RunDirectory out(options.common.out);

  std::cerr << "Measuring on " << machine.str() << ": "
            << (options.common.quick               ? "a few seconds"
                : default_device() == Device::simt ? "the sizes of --quick, some minutes"
                                                   : "less than a minute")
            << ".\n";
  measure(plan, collector);
  const Results& results = collector.results();
  if (!options.json.empty())
    write_atomically(options.json, [&](std::ostream& file) { file << collector.json(); });
  const fs::path picture = out.file("recurrent.png");
  save_figure(
      picture, plan, results,
      concat_message("One layer, f32, input size = hidden size. Median of ", results.repetitions(),
                     " repetitions in random order, band between the quartiles. ", machine.str(),
                     ". ", today(), "."));
  std::cout << machine.str() << "; " << today() << '\n'
            << tables(plan, results) << memory_table(plan, results) << conclusion(plan, results)
            << warning(plan, results);
  std::cerr << "\nPicture: " << picture.string() << '\n';
}

}  // namespace
}  // namespace unroll::bench

int main(int argc, char** argv) {
  return unroll::lessons::run_program("unroll bench", [&] {
    unroll::bench::Options options;
    if (unroll::bench::parse(argc, argv, options)) {
      unroll::bench::run(options);
    } else {
      std::cout << unroll::bench::help();
    }
  });
}
