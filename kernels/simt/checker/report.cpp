// report.h
#include "kernels/simt/checker/report.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <tuple>
#include <unistd.h>
#include <vector>

#include "kernels/simt/checker/profile.h"

namespace unroll::kernels::simt::checker {
namespace {

// A problem as it waits to be printed: a launch's end, when lines can be looked up at leisure.
struct Noted {
  std::string kind, space, detail, kernel;
  dim3 grid, block;
  Party now;
  std::optional<Party> before;
  SourceLine line, before_line;
};

struct Reports {
  std::mutex mutex;
  std::set<std::tuple<std::string, uintptr_t, uintptr_t, SourceLine>> seen;
  std::vector<Noted> waiting;
  std::set<std::tuple<std::string, SourceLine, SourceLine>> printed;
  std::set<SourceLine> out_of_bounds;  // whose further troubles are of the same cause
  size_t problems = 0;
};

Reports& reports() {
  static Reports& only = *new Reports;
  return only;
}

std::string coordinates(uint64_t index, dim3 size) {
  const auto x = std::to_string(index % size.x);
  if (size.y == 1 && size.z == 1) return x;
  const auto y = std::to_string(index / size.x % size.y);
  return "(" + x + ", " + y + ", " + std::to_string(index / size.x / size.y) + ")";
}

void print_party(const char* when, const Party& party, const SourceLine& line, const Noted& of) {
  const std::string bytes = party.bytes > 0 ? " of " + std::to_string(party.bytes) + " bytes" : "";
  std::fprintf(stderr, "  %s%s%s by thread %s of block %s, at %s\n", when, party.verb,
               bytes.c_str(), coordinates(party.thread, of.block).c_str(),
               coordinates(party.block, of.grid).c_str(), display(line).c_str());
  const std::string text = source_text(line);
  if (!text.empty()) std::fprintf(stderr, "      %s\n", text.c_str());
}

void look_up_lines(std::vector<Noted>& problems) {
  std::vector<uintptr_t> codes;
  for (const Noted& problem : problems) {
    codes.push_back(problem.now.code);
    codes.push_back(problem.before ? problem.before->code : problem.now.code);
  }
  const std::vector<SourceLine> lines = source_lines(codes);
  for (size_t i = 0; i < problems.size(); ++i) {
    if (problems[i].line.line == 0) problems[i].line = lines[2 * i];
    if (problems[i].before) problems[i].before_line = lines[2 * i + 1];
  }
}

}  // namespace

Party party(const Access& access) {
  const Stamp now = current.block->order.now(current.thread);
  return {access.verb(), access.bytes, now.block, now.thread, access.code};
}

void report(const Problem& problem) {
  Reports& all = reports();
  const std::scoped_lock lock(all.mutex);
  const SourceLine line = problem.line.value_or(SourceLine{});
  if (!all.seen
           .insert({std::string(problem.kind), problem.line ? 0 : problem.now.code,
                    problem.before ? problem.before->code : 0, line})
           .second)
    return;
  const LaunchView& launch = current_launch();
  all.waiting.push_back({std::string(problem.kind),
                         std::string(problem.space),
                         std::string(problem.detail),
                         launch.kernel,
                         launch.grid,
                         launch.block,
                         problem.now,
                         problem.before,
                         line,
                         {}});
}

void print_reports() {
  Reports& all = reports();
  const std::scoped_lock lock(all.mutex);
  if (all.waiting.empty()) return;
  std::vector<Noted> problems;
  problems.swap(all.waiting);
  look_up_lines(problems);
  for (const Noted& problem : problems)
    if (problem.kind == "out of bounds") all.out_of_bounds.insert(problem.line);
  for (const Noted& problem : problems) {
    if (problem.kind != "out of bounds" && (all.out_of_bounds.count(problem.line) > 0 ||
                                            all.out_of_bounds.count(problem.before_line) > 0))
      continue;
    // The runtime runs on a kernel's stack and may share functions with it.
    if (problem.kind == "not device memory" && is_not_of_kernels(problem.line)) continue;
    auto lines = std::minmax(problem.line, problem.before_line);
    if (!all.printed.insert({problem.kind, lines.first, lines.second}).second) continue;
    ++all.problems;
    const std::string where = problem.space.empty() ? "" : " in " + problem.space + " memory";
    std::fprintf(stderr, "simt: %s%s, kernel %s\n", problem.kind.c_str(), where.c_str(),
                 problem.kernel.c_str());
    print_party("", problem.now, problem.line, problem);
    if (problem.before) print_party("earlier ", *problem.before, problem.before_line, problem);
    if (!problem.detail.empty()) std::fprintf(stderr, "  %s\n", problem.detail.c_str());
  }
}

std::string short_name(std::string_view kernel) {
  std::string name(kernel);
  if (name.starts_with('&')) name.erase(0, 1);  // clang's way
  for (const char* scope :
       {"unroll::kernels::", "unroll::", "{anonymous}::", "(anonymous namespace)::", "<unnamed>::"})
    for (size_t at; (at = name.find(scope)) != std::string::npos;)
      name.erase(at, std::string_view(scope).size());
  return name;
}

namespace {

// At the end: what is left to print, the verdict, and exit code 1 if something was found.
void finish() {
  if (is_profiling()) {
    print_profile();
    return;
  }
  print_reports();
  const LaunchCounts counts = launch_counts();
  const size_t problems = reports().problems;
  if (counts.launches == 0) return;  // asked for help, or refused
  std::fprintf(stderr, "simt: %s problem%s in %zu launch%s of %zu kernel%s\n",
               problems == 0 ? "no" : std::to_string(problems).c_str(), problems == 1 ? "" : "s",
               counts.launches, counts.launches == 1 ? "" : "es", counts.kernels,
               counts.kernels == 1 ? "" : "s");
  if (problems > 0) {
    std::fflush(nullptr);
    _exit(1);
  }
}

// An access that the processor refuses has been reported before it was made.
void stop_on_fault(int signal) {
  const bool in_kernel = current.watched;
  current.watched = false;
  if (in_kernel) std::fprintf(stderr, "simt: the kernel was stopped: %s\n", strsignal(signal));
  finish();
  _exit(1);
}

const bool kInstalled = [] {
  std::atexit(finish);
  struct sigaction action = {};
  action.sa_handler = stop_on_fault;
  action.sa_flags = SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS}) sigaction(signal, &action, nullptr);
  return true;
}();

}  // namespace
}  // namespace unroll::kernels::simt::checker

namespace unroll::kernels::simt {

void on_failure() {
  checker::current.watched = false;
  ++checker::reports().problems;
  checker::finish();
}

}  // namespace unroll::kernels::simt
