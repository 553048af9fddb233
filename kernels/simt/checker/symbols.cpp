// symbols.h
#include "kernels/simt/checker/symbols.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>
#include <unistd.h>

#include "kernels/simt/checker/running.h"

namespace unroll::kernels::simt::checker {
namespace {

namespace fs = std::filesystem;

// No objects with destructors: reports are written when the program ends.
constexpr std::string_view kRoot = UNROLL_SOURCE_DIR "/",
                           kSimt = UNROLL_SOURCE_DIR "/kernels/simt/";

// "FILE:12 (discriminator 3)" as addr2line prints it. FILE may have .. in it where a compiler was
// called with relative names.
SourceLine parse(const std::string& text) {
  const size_t colon = text.rfind(':', text.find(" ("));
  if (colon == std::string::npos || text[0] == '?') return {};
  const int line = std::atoi(text.c_str() + colon + 1);
  if (line <= 0) return {};
  return {fs::path(text.substr(0, colon)).lexically_normal().string(), line};
}

// A file's name, for the arguments of addr2line; removed at the end.
struct ArgumentsFile {
  std::string path = (fs::temp_directory_path() / "unroll-simt-XXXXXX").string();
  ArgumentsFile() {
    const int descriptor = mkstemp(path.data());
    if (descriptor >= 0) close(descriptor);
  }
  ~ArgumentsFile() { std::remove(path.c_str()); }
};

void look_up(const std::vector<uintptr_t>& codes, std::map<uintptr_t, SourceLine>& known) {
  const ArgumentsFile arguments;
  {
    std::ofstream out(arguments.path);
    for (uintptr_t code : codes)  // the call lies before the address that it returns to
      out << "0x" << std::hex << code - 1 - program().base << '\n';
  }
  const std::string program = fs::read_symlink("/proc/self/exe").string();
  const std::string command =
      "addr2line -a -i -e '" + program + "' '@" + arguments.path + "' 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return;
  // For each address: itself, then the innermost line, then those it was inlined into.
  size_t next = 0;
  SourceLine* line = nullptr;
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) {
    const std::string text(buffer);
    if (text.starts_with("0x")) {
      if (next == codes.size()) break;
      line = &known[codes[next++]];
    } else if (line != nullptr && (line->line == 0 || is_not_of_kernels(*line))) {
      if (const SourceLine caller = parse(text); caller.line > 0) *line = caller;
    }
  }
  pclose(pipe);
}

}  // namespace

std::vector<SourceLine> source_lines(const std::vector<uintptr_t>& codes) {
  static auto& known = *new std::map<uintptr_t, SourceLine>;
  std::vector<uintptr_t> unknown;
  for (uintptr_t code : codes)
    if (known.try_emplace(code).second) unknown.push_back(code);
  if (!unknown.empty()) look_up(unknown, known);
  std::vector<SourceLine> result;
  result.reserve(codes.size());
  for (uintptr_t code : codes) result.push_back(known.at(code));
  return result;
}

bool is_not_of_kernels(const SourceLine& line) {
  return line.file.starts_with(kSimt) || line.file.starts_with("/usr/");
}

std::string display(const SourceLine& line) {
  if (line.line == 0) return "an unknown line";
  std::string file = line.file;
  std::error_code ignored;
  for (const std::string& folder : {std::string(kRoot), fs::current_path(ignored).string() + "/"})
    if (file.starts_with(folder)) {
      file = file.substr(folder.size());
      break;
    }
  return file + ":" + std::to_string(line.line);
}

std::string source_text(const SourceLine& line) {
  static auto& files = *new std::map<std::string, std::vector<std::string>>;
  const auto [found, is_new] = files.try_emplace(line.file);
  std::vector<std::string>& lines = found->second;
  if (is_new) {
    std::ifstream in(line.file);
    for (std::string text; std::getline(in, text);) lines.push_back(text);
  }
  const auto index = static_cast<size_t>(line.line) - 1;
  if (index >= lines.size()) return "";
  const std::string& text = lines[index];
  const size_t begin = text.find_first_not_of(" \t");
  return begin == std::string::npos
             ? ""
             : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace unroll::kernels::simt::checker
