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

// Where the head of a function ends that begins with the line at `begin`: behind the line feed that
// follows its "{". Nothing for other lines, such as the head of a type or a namespace. A long head
// goes on in indented lines.
std::optional<std::size_t> head_end(std::string_view code, std::size_t begin) {
  constexpr int kMostLines = 6;
  static constexpr std::array<std::string_view, 6> kOthers{"namespace", "struct", "class",
                                                           "enum",      "union",  "extern"};
  for (const std::string_view other : kOthers)
    if (code.substr(begin).starts_with(other)) return std::nullopt;
  for (int lines = 0; lines < kMostLines && begin < code.size(); ++lines) {
    const std::size_t end = code.find('\n', begin);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = code.substr(begin, end - begin);
    if (line.empty() || (lines == 0 ? !is_word(line.front()) : line.front() != ' '))
      return std::nullopt;
    if (lines == 0 && line.find('(') == std::string_view::npos) return std::nullopt;
    if (line.ends_with('{')) return end + 1;
    if (line.ends_with(';') || line.ends_with('}')) return std::nullopt;
    begin = end + 1;
  }
  return std::nullopt;
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
    const std::optional<std::size_t> body = head_end(code, begin);
    const auto length = body ? function_end(code.substr(*body)) : std::nullopt;
    if (length) functions.push_back({begin, *body, *body + *length});
    const std::size_t line_end = code.find('\n', length ? functions.back().end : begin);
    begin = line_end == std::string_view::npos ? code.size() : line_end + 1;
  }
  return functions;
}

}  // namespace unroll::lessons
