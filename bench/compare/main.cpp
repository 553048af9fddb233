// ./unroll bench compare: unroll beside its peers, in one interleaved run.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <stdlib.h>
#include <thread>
#include <unistd.h>

#include "bench/compare/baseline.h"
#include "bench/compare/document.h"
#include "bench/compare/figure.h"
#include "bench/compare/measure.h"
#include "bench/compare/options.h"
#include "bench/compare/report.h"
#include "bench/compare/summary.h"
#include "bench/machine.h"
#include "engine/error.h"
#include "engine/files.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/program.h"
#include "lessons/support/run_directory.h"

namespace unroll::compare {
namespace {

namespace fs = std::filesystem;

// A folder for the arrays, removed with this object.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "unroll-compare-XXXXXX").string();
    require(mkdtemp(name.data()) != nullptr, "cannot make a folder in ", fs::temp_directory_path());
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<int> threads(const Options& options) {
  if (!options.threads.empty()) return options.threads;
  return std::thread::hardware_concurrency() > 1 ? std::vector<int>{1, 2} : std::vector<int>{1};
}

std::vector<Case> choose_cases(const Options& options) {
  std::vector<Kind> kinds;
  for (const std::string& cell : options.cells) kinds.push_back(parse_kind(cell));
  std::regex only;
  try {
    only = options.only;
  } catch (const std::regex_error&) {
    throw input_error("--only ", options.only, ": expected a regular expression");
  }
  std::vector<Case> cases = grid(threads(options), options.quick);
  std::erase_if(cases, [&](const Case& one) {
    const bool kind =
        kinds.empty() || std::find(kinds.begin(), kinds.end(), one.kind) != kinds.end();
    return !kind || !std::regex_search(one.name(), only);
  });
  if (cases.empty()) throw input_error("no case matches; --list shows all");
  return cases;
}

std::vector<Peer> choose_peers(const Options& options) {
  const fs::path checkout = UNROLL_CHECKOUT;
  const fs::path scripts = checkout / "bench/peers";
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const PeerFolders folders{scripts, program.parent_path().parent_path() / "peers",
                            checkout / "build/peers"};
  const fs::path list =
      options.peer_list.empty() ? scripts / "peers.json" : fs::path(options.peer_list);
  std::vector<Peer> peers = read_peers(list, folders);
  for (const std::string& id : options.peers)
    if (std::none_of(peers.begin(), peers.end(), [&](const Peer& p) { return p.id == id; }))
      throw input_error("--peers ", id, ": no such contender in ", list.string());
  std::erase_if(peers, [&](const Peer& peer) {
    const auto& wanted = options.peers;
    return peer.id != kOurs && !wanted.empty() &&
           std::find(wanted.begin(), wanted.end(), peer.id) == wanted.end();
  });
  return peers;
}

void save(const Results& results, const fs::path& file) {
  write_atomically(file, [&](std::ostream& stream) { stream << to_json(results).dump(1) << '\n'; });
}

// What --from shows, or --resume goes on with.
std::optional<Results> read_earlier(const Options& options) {
  if (!options.from.empty()) return read_results(options.from);
  if (options.resume) return read_results(options.json);
  return std::nullopt;
}

// Measures what `earlier` does not have and returns all of it, or what there was time for until the
// user asked to stop.
Results compare_all(const Options& options, std::vector<Case> cases, const std::vector<Peer>& peers,
                    const std::optional<Results>& earlier) {
  Results results;
  results.date = bench::today();
  results.machine = bench::describe_machine(0).processor;
  results.version = UNROLL_VERSION;
  results.quick = options.quick;
  results.tolerance = kTolerance;
  Effort effort;
  if (options.quick) effort = {.samples = 5, .case_seconds = 1.5, .least = 3};
  const auto with_earlier = [&] {
    if (!earlier) return results;
    Results all = *earlier;
    append(all, results);
    return all;
  };
  if (earlier)
    for (const Comparison& comparison : earlier->comparisons) std::erase(cases, comparison.one);
  const Scratch scratch;
  try {
    measure(cases, peers, effort, scratch.path(), results, [&] {
      const Results all = with_earlier();
      if (!options.json.empty()) save(all, options.json);
    });
  } catch (const lessons::Interrupted&) {
    if (results.comparisons.empty()) throw lessons::Interrupted("nothing was measured");
  }
  return with_earlier();
}

// Minutes of measuring should not end with a file that cannot be written.
void check_writable(const fs::path& file) {
  const fs::path folder = fs::absolute(file).parent_path();
  if (!file.has_filename() || fs::is_directory(file) || access(folder.c_str(), W_OK | X_OK) != 0)
    throw input_error("cannot write ", file, ": expected --json FILE in a folder that is there");
}

void write_readme(const Results& results) {
  const fs::path bench = fs::path(UNROLL_CHECKOUT) / "bench";
  std::vector<fs::path> pictures;
  for (const fs::path& picture : save_figures(bench / "compare", results))
    pictures.push_back(fs::path("compare") / picture.filename());
  replace_block(bench / "README.md", document(results, pictures));
  std::cerr << "Written: " << (bench / "README.md").string() << '\n';
}

void run(const Options& options) {
  const std::vector<Case> cases = choose_cases(options);
  if (options.list) {
    for (const Case& one : cases) std::cout << one.name() << '\n';
    return;
  }
  const std::vector<Peer> peers = choose_peers(options);
  std::optional<Results> baseline;
  if (!options.baseline.empty()) baseline = read_results(options.baseline);
  const std::optional<Results> earlier = read_earlier(options);
  if (!options.json.empty()) check_writable(options.json);
  const lessons::RunDirectory out(options.out);
  const Results results =
      options.from.empty() ? compare_all(options, cases, peers, earlier) : *earlier;
  if (!options.from.empty() && !options.json.empty()) save(results, options.json);
  std::cout << heading(results, Style::kPlain) << tables(results, Style::kPlain)
            << summary(results, Style::kPlain) << missed_floors(results, Style::kPlain);
  if (baseline) std::cout << against_baseline(results, *baseline);
  for (const fs::path& picture : save_figures(out.path(), results))
    std::cerr << "Picture: " << picture.string() << '\n';
  if (options.readme) write_readme(results);
  if (lessons::interrupted())
    throw lessons::Interrupted(options.json.empty()
                                   ? "the rest was not measured"
                                   : "the rest is measured by the same command with --resume");
}

}  // namespace
}  // namespace unroll::compare

int main(int argc, char** argv) {
  return unroll::lessons::run_program("unroll bench compare", [&] {
    unroll::compare::Options options;
    if (unroll::compare::parse(argc, argv, options)) {
      unroll::compare::run(options);
    } else {
      std::cout << unroll::compare::help();
    }
  });
}
