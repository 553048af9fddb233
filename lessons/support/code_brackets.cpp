#include "lessons/support/code_brackets.h"

#include <array>
#include <cctype>

namespace unroll::lessons {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Behind the string or character that begins at `at`; the end of the code when it is not closed.
std::size_t skip_quoted(std::string_view code, std::size_t at) {
  const char quote = code[at];
  for (++at; at < code.size() && code[at] != quote; ++at)
    if (code[at] == '\\') ++at;
  return at < code.size() ? at + 1 : code.size();
}

std::size_t skip_to(std::string_view code, std::size_t at, std::string_view end) {
  const std::size_t found = code.find(end, at);
  return found == std::string_view::npos ? code.size() : found + end.size();
}

// Whether a line is the head of a function: not that of a type, a namespace or an initialiser.
bool is_function_head(std::string_view line) {
  if (line.empty() || !is_word(line.front()) || !line.ends_with('{')) return false;
  static constexpr std::array<std::string_view, 6> kOthers{"namespace", "struct", "class",
                                                           "enum",      "union",  "extern"};
  for (const std::string_view other : kOthers)
    if (line.starts_with(other)) return false;
  return line.find('(') != std::string_view::npos;
}

}  // namespace

bool brackets_balanced(std::string_view code) {
  std::string open;
  for (std::size_t i = 0; i < code.size();) {
    const char c = code[i];
    const std::string_view rest = code.substr(i);
    // 1'000 is a number, not a character.
    if (c == '"' || (c == '\'' && (i == 0 || !is_word(code[i - 1])))) {
      i = skip_quoted(code, i);
      continue;
    }
    if (rest.starts_with("//") || rest.starts_with("/*")) {
      i = skip_to(code, i + 2, rest.starts_with("//") ? "\n" : "*/");
      continue;
    }
    if (c == '(') open += ')';
    if (c == '[') open += ']';
    if (c == '{') open += '}';
    if (c == ')' || c == ']' || c == '}') {
      if (open.empty() || open.back() != c) return false;
      open.pop_back();
    }
    ++i;
  }
  return open.empty();
}

std::optional<std::size_t> function_end(std::string_view text) {
  if (text.starts_with('}')) return 1;
  const std::size_t found = text.find("\n}");
  if (found == std::string_view::npos) return std::nullopt;
  return found + 2;
}

std::vector<FunctionSource> find_functions(std::string_view code) {
  std::vector<FunctionSource> functions;
  for (std::size_t begin = 0; begin < code.size();) {
    const std::size_t line_end = std::min(code.find('\n', begin), code.size());
    std::size_t next = line_end + 1;
    if (is_function_head(code.substr(begin, line_end - begin)) && next < code.size())
      if (const auto length = function_end(code.substr(next))) {
        functions.push_back({begin, next, next + *length});
        next += *length;
      }
    begin = next;
  }
  return functions;
}

}  // namespace unroll::lessons
