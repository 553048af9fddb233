// The benchmark of the CPU's GEMM ladder: ./unroll bench matmul.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <random>

#include "bench/compare/probe.h"
#include "bench/machine.h"
#include "engine/error.h"
#include "engine/files.h"
#include "engine/ops.h"
#include "engine/random.h"
#include "kernels/matmul/cpu/ladder.h"
#include "kernels/parallel.h"
#include "lessons/support/colors.h"
#include "lessons/support/figure.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/program.h"
#include "lessons/support/run_directory.h"
#include "lessons/support/table.h"

namespace unroll::bench {
namespace {

using kernels::CpuGemmRung;
using lessons::format_fixed;

constexpr const char* kHelp = R"(Usage: ./unroll bench matmul [options]

Measures the GEMM ladder of the CPU, kernels/matmul/cpu/, and gemm.cpp, which the engine uses:
C = A*B in f32, for squares, and for few rows of A as in a step of a recurrent layer. It prints
GFLOP/s and their share of what the processor's multiply-adds could do, and draws matmul.png. It takes
about a minute; the machine should be idle.

  --quick           small sizes for a second, to see that all works
  --json FILE       write the medians there
  --out FOLDER      folder for the picture [out/bench]
  --threads N       threads on the processor; 0 takes all cores [0]
  -h, --help        this text

FLOPs are 2*m*n*k for C (m, n) and k terms. The peak is that of all threads together, measured before
and after each sample; rungs 1 to 4 have one thread. Numbers are medians of samples in random order.
UNROLL_SIMD=portable or avx2 in the environment shows what the wider vectors bring.
)";

struct Options {
  bool quick = false;
  std::string json, out = "out/bench";
  int threads = 0;
};

struct Size {
  int64_t m, n, k;
  double flops() const { return 2.0 * static_cast<double>(m * n * k); }
};

struct Sweep {
  std::string title;
  std::vector<Size> sizes;
};

std::vector<Sweep> make_sweeps(bool quick) {
  const Size rest = quick ? Size{0, 64, 16} : Size{0, 1024, 256};
  Sweep squares{"Squares, m = n = k", {}};
  Sweep rows{concat_message("Few rows, n = ", rest.n, ", k = ", rest.k), {}};
  for (const int64_t m :
       quick ? std::vector<int64_t>{16, 40} : std::vector<int64_t>{64, 128, 256, 512, 1024})
    squares.sizes.push_back({m, m, m});
  for (const int64_t m :
       quick ? std::vector<int64_t>{1, 8} : std::vector<int64_t>{1, 4, 16, 64, 256})
    rows.sizes.push_back({m, rest.n, rest.k});
  return {squares, rows};
}

/// One rung at one size.
struct Case {
  const CpuGemmRung* rung;
  Size size;
  std::vector<double> speeds, shares;  // FLOP/s, and what part of the peak that was
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

void sample(Case& one, double at_least, int threads) {
  using Clock = std::chrono::steady_clock;
  const Size& size = one.size;
  Random random(1, "bench");
  const Tensor a = randn({size.m, size.k}, random), b = randn({size.k, size.n}, random);
  Tensor c = zeros({size.m, size.n});
  const kernels::DenseProduct product{size.m,          size.n,          size.k,
                                      a.data<float>(), b.data<float>(), c.mutable_data<float>()};
  if (size.flops() < 1e8) one.rung->product(product);  // so that the caches hold what they can
  const double before = compare::probe_fma(threads);
  const auto start = Clock::now();
  double seconds = 0, flops = 0;
  do {
    one.rung->product(product);
    flops += size.flops();
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
  } while (seconds < at_least);
  const double peak = (before + compare::probe_fma(threads)) / 2;
  one.speeds.push_back(flops / seconds);
  one.shares.push_back(flops / seconds / peak);
}

// All rungs at all sizes, in turn, so that a busy moment does not fall on one of them alone.
std::vector<Case> measure(const std::vector<Sweep>& sweeps, bool quick, int threads) {
  constexpr double kSlow = 5e7;  // FLOPs for which the first rung takes long: it gets three rounds
  const int rounds = quick ? 1 : 9;
  std::vector<Case> cases;
  for (const CpuGemmRung& rung : kernels::cpu_gemm_ladder())
    for (const Sweep& sweep : sweeps)
      for (const Size& size : sweep.sizes) cases.push_back({&rung, size, {}, {}});
  std::vector<size_t> order(cases.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::mt19937 random(1);
  for (int round = 0; round < rounds; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (const size_t i : order) {
      if (lessons::interrupted()) throw lessons::Interrupted("no results were written");
      const bool slow =
          cases[i].rung == &kernels::cpu_gemm_ladder()[0] && cases[i].size.flops() > kSlow;
      if (round < 3 || !slow) sample(cases[i], quick ? 0.001 : 0.02, threads);
    }
  }
  return cases;
}

const Case& find(const std::vector<Case>& cases, const CpuGemmRung& rung, const Size& size) {
  return *std::find_if(cases.begin(), cases.end(), [&](const Case& one) {
    return one.rung == &rung && one.size.m == size.m && one.size.n == size.n &&
           one.size.k == size.k;
  });
}

std::string table(const Sweep& sweep, const std::vector<Case>& cases) {
  std::vector<std::string> header{"GFLOP/s (of peak)"};
  for (const Size& size : sweep.sizes) header.push_back(concat_message("m = ", size.m));
  lessons::Table table(header);
  for (const CpuGemmRung& rung : kernels::cpu_gemm_ladder()) {
    std::vector<std::string> cells{rung.name};
    for (const Size& size : sweep.sizes) {
      const Case& one = find(cases, rung, size);
      cells.push_back(concat_message(format_fixed(median(one.speeds) / 1e9, 1), " (",
                                     format_fixed(100 * median(one.shares), 0), " %)"));
    }
    table.add_row(cells);
  }
  return concat_message('\n', sweep.title, '\n', table);
}

void save_figure(const std::filesystem::path& path, const std::vector<Sweep>& sweeps,
                 const std::vector<Case>& cases, const std::string& caption) {
  lessons::Figure figure("Matrix products on the CPU, rung by rung",
                         {.columns = static_cast<int>(sweeps.size()), .caption = caption});
  for (size_t i = 0; i < sweeps.size(); ++i) {
    lessons::Panel& panel = figure.panel(0, static_cast<int>(i));
    panel.title(sweeps[i].title).x_label("m").x_log().y_log();
    if (i == 0) panel.y_label("percent of the peak");
    size_t color = 0;
    for (const CpuGemmRung& rung : kernels::cpu_gemm_ladder()) {
      lessons::Values x, share;
      for (const Size& size : sweeps[i].sizes) {
        x.push_back(static_cast<double>(size.m));
        share.push_back(100 * median(find(cases, rung, size).shares));
      }
      panel.line(
          x, share,
          {.label = i == 0 ? rung.name : "", .color = lessons::palette(color++), .markers = true});
    }
  }
  figure.save(path);
}

void write_json(std::ostream& file, const Machine& machine, const std::vector<Case>& cases) {
  file << "{\"machine\": " << std::quoted(machine.str()) << ", \"date\": " << std::quoted(today())
       << ",\n \"results\": [";
  const char* separator = "\n";
  for (const Case& one : cases) {
    file << separator << "  {\"rung\": " << std::quoted(one.rung->name) << ", \"m\": " << one.size.m
         << ", \"n\": " << one.size.n << ", \"k\": " << one.size.k
         << ", \"samples\": " << one.speeds.size()
         << ", \"gflop_per_second\": " << median(one.speeds) / 1e9
         << ", \"share_of_peak\": " << median(one.shares) << '}';
    separator = ",\n";
  }
  file << "\n]}\n";
}

// Returns false when --help was asked for.
bool parse(int argc, const char* const* argv, Options& options) {
  CLI::App app;
  app.set_help_flag("-h,--help");
  app.add_flag("--quick", options.quick);
  app.add_option("--json", options.json);
  app.add_option("--out", options.out);
  app.add_option("--threads", options.threads)->check(CLI::Range(0, 4096));
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& error) {
    throw input_error(error.what(), "; see ./unroll bench matmul --help");
  }
  return true;
}

void run(const Options& options) {
  kernels::set_num_threads(options.threads);
  const Machine machine = describe_machine(kernels::num_threads());
  const std::vector<Sweep> sweeps = make_sweeps(options.quick);
  const lessons::RunDirectory out(options.out);
  std::cerr << "Measuring on " << machine.str() << ": "
            << (options.quick ? "a second" : "about a minute") << ".\n";
  const std::vector<Case> cases = measure(sweeps, options.quick, machine.threads);
  if (!options.json.empty())
    write_atomically(options.json, [&](std::ostream& file) { write_json(file, machine, cases); });
  const std::filesystem::path picture = out.file("matmul.png");
  save_figure(picture, sweeps, cases,
              concat_message("f32. Medians of samples in random order. ", machine.str(), ". ",
                             today(), "."));
  std::cout << machine.str() << "; " << today() << '\n';
  for (const Sweep& sweep : sweeps) std::cout << table(sweep, cases);
  std::cerr << "\nPicture: " << picture.string() << '\n';
}

}  // namespace
}  // namespace unroll::bench

int main(int argc, char** argv) {
  return unroll::lessons::run_program("unroll bench matmul", [&] {
    unroll::bench::Options options;
    if (unroll::bench::parse(argc, argv, options)) {
      unroll::bench::run(options);
    } else {
      std::cout << unroll::bench::kHelp;
    }
  });
}
