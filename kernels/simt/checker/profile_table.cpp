// profile_data.h: the tables that people read, and JSON.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "kernels/simt/checker/profile_data.h"

namespace unroll::kernels::simt::checker {
namespace {

// A line is marked from this ratio of cost to ideal on, or with fewer lanes than this a request.
constexpr double kWasteful = 1.5, kFewLanes = 16;

constexpr size_t kSourceWidth = 80;

double ratio(uint64_t of, uint64_t to) {
  return to == 0 ? 0 : static_cast<double>(of) / static_cast<double>(to);
}

const char* unit(Space space) { return space == Space::kShared ? "wavefronts" : "sectors"; }

char mark(const Counts& counts) {
  if (ratio(counts.price.cost, counts.price.ideal) >= kWasteful) return '!';
  return ratio(counts.lanes, counts.requests) < kFewLanes ? '~' : ' ';
}

std::string shown_source(const SourceLine& line) {
  const std::string text = source_text(line);
  return text.size() <= kSourceWidth ? text : text.substr(0, kSourceWidth - 3) + "...";
}

std::string file_of(const SourceLine& line) {
  const std::string text = display(line);
  return text.substr(0, text.rfind(':'));
}

// Sums of one space over a kernel.
Counts sum(const LineCounts& lines, bool shared) {
  Counts result;
  for (const auto& [key, counts] : lines)
    if ((std::get<Operation>(key).space == Space::kShared) == shared) result.add(counts);
  return result;
}

void print_total(const Counts& counts, const char* space, const char* what) {
  if (counts.requests == 0) return;
  std::printf(
      "  %s: %llu requests, %.1f lanes each, %llu %s of at best %llu (%.2f times), %.1f KB\n",
      space, static_cast<unsigned long long>(counts.requests), ratio(counts.lanes, counts.requests),
      static_cast<unsigned long long>(counts.price.cost), what,
      static_cast<unsigned long long>(counts.price.ideal),
      ratio(counts.price.cost, counts.price.ideal), static_cast<double>(counts.bytes) / 1e3);
}

void print_row(const SourceLine& line, const Operation& operation, const Counts& counts) {
  std::printf("%c%5d  %-6s %-13s %5u %9llu %6.1f %8.2f %6.2f %9.1f  %s\n", mark(counts), line.line,
              operation.space == Space::kShared ? "shared" : "global", operation.verb.c_str(),
              operation.bytes, static_cast<unsigned long long>(counts.requests),
              ratio(counts.lanes, counts.requests), ratio(counts.price.cost, counts.requests),
              ratio(counts.price.ideal, counts.requests), static_cast<double>(counts.bytes) / 1e3,
              shown_source(line).c_str());
}

void print_kernel(const std::string& name, const KernelProfile& kernel) {
  std::printf("\nkernel %s: %llu launches, %llu blocks, %llu threads\n", name.c_str(),
              static_cast<unsigned long long>(kernel.launches),
              static_cast<unsigned long long>(kernel.blocks),
              static_cast<unsigned long long>(kernel.threads));
  std::printf("%6s  %-6s %-13s %5s %9s %6s %8s %6s %9s  %s\n", "line", "space", "access", "bytes",
              "requests", "lanes", "units", "ideal", "KB", "source");
  const LineCounts lines = by_line(kernel);
  auto barrier = kernel.barriers.begin();
  std::string file;
  const auto start_file = [&](const SourceLine& line) {
    if (file_of(line) == file) return;
    file = file_of(line);
    std::printf("%s\n", file.c_str());
  };
  const auto print_barriers_before = [&](const SourceLine* line) {
    for (; barrier != kernel.barriers.end() && (!line || barrier->first.first < *line); ++barrier) {
      start_file(barrier->first.first);
      std::printf(" %5d  %-26s %9llu %33s %s\n", barrier->first.first.line,
                  barrier->first.second.c_str(), static_cast<unsigned long long>(barrier->second),
                  "", shown_source(barrier->first.first).c_str());
    }
  };
  for (const auto& [key, counts] : lines) {
    const auto& [line, operation] = key;
    print_barriers_before(&line);
    start_file(line);
    print_row(line, operation, counts);
  }
  print_barriers_before(nullptr);
  print_total(sum(lines, false), "global", unit(Space::kGlobal));
  print_total(sum(lines, true), "shared", unit(Space::kShared));
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (char character : text) {
    if (character == '"' || character == '\\') result += '\\';
    result += character == '\t' ? ' ' : character;
  }
  return result + '"';
}

}  // namespace

LineCounts by_line(const KernelProfile& kernel) {
  std::vector<uintptr_t> codes;
  for (const auto& [key, counts] : kernel.instructions) codes.push_back(key.first);
  const std::vector<SourceLine> lines = source_lines(codes);
  LineCounts result;
  size_t next = 0;
  for (const auto& [key, counts] : kernel.instructions)
    result[{lines[next++], key.second}].add(counts);
  return result;
}

void print_tables(const std::map<std::string, KernelProfile>& kernels) {
  for (const auto& [name, kernel] : kernels) print_kernel(name, kernel);
  std::printf(
      "\n%zu kernel%s. A request is one access by a warp, lanes are those that took part. Units "
      "are the\n"
      "32-byte sectors of global memory, or wavefronts of shared memory, that a request takes.\n"
      "! marks %.1f times the ideal and more, ~ requests of fewer than %.0f lanes. Requests, lanes "
      "and\n"
      "bytes are counted; units follow a model, of which caches, registers and time are no part.\n",
      kernels.size(), kernels.size() == 1 ? "" : "s", kWasteful, kFewLanes);
}

void write_json(const std::map<std::string, KernelProfile>& kernels, const std::string& file) {
  FILE* out = std::fopen(file.c_str(), "w");
  if (out == nullptr) {
    std::fprintf(stderr, "simt: cannot write %s\n", file.c_str());
    std::_Exit(1);
  }
  std::fprintf(out, "{\"kernels\": [");
  const char* separator = "";
  for (const auto& [name, kernel] : kernels) {
    std::fprintf(out,
                 "%s\n {\"name\": %s, \"launches\": %llu, \"blocks\": %llu, \"threads\": %llu,"
                 "\n  \"lines\": [",
                 separator, quoted(name).c_str(), static_cast<unsigned long long>(kernel.launches),
                 static_cast<unsigned long long>(kernel.blocks),
                 static_cast<unsigned long long>(kernel.threads));
    separator = ",";
    const char* comma = "";
    for (const auto& [key, counts] : by_line(kernel)) {
      const auto& [line, operation] = key;
      std::fprintf(out,
                   "%s\n   {\"file\": %s, \"line\": %d, \"space\": \"%s\", \"operation\": \"%s\","
                   " \"bytes_per_lane\": %u, \"requests\": %llu, \"lanes\": %llu, \"bytes\": %llu,"
                   " \"%s\": %llu, \"ideal\": %llu}",
                   comma, quoted(file_of(line)).c_str(), line.line,
                   operation.space == Space::kShared ? "shared" : "global", operation.verb.c_str(),
                   operation.bytes, static_cast<unsigned long long>(counts.requests),
                   static_cast<unsigned long long>(counts.lanes),
                   static_cast<unsigned long long>(counts.bytes), unit(operation.space),
                   static_cast<unsigned long long>(counts.price.cost),
                   static_cast<unsigned long long>(counts.price.ideal));
      comma = ",";
    }
    std::fprintf(out, "],\n  \"barriers\": [");
    comma = "";
    for (const auto& [key, count] : kernel.barriers) {
      std::fprintf(out, "%s\n   {\"file\": %s, \"line\": %d, \"what\": \"%s\", \"count\": %llu}",
                   comma, quoted(file_of(key.first)).c_str(), key.first.line, key.second.c_str(),
                   static_cast<unsigned long long>(count));
      comma = ",";
    }
    std::fprintf(out, "]}");
  }
  std::fprintf(out, "\n]}\n");
  std::fclose(out);
}

}  // namespace unroll::kernels::simt::checker
