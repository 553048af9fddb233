#include "lessons/support/utf8.h"

#include <algorithm>
#include <utf8.h>

#include "engine/error.h"

namespace unroll::lessons {
namespace {

bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  const auto bad = utf8::find_invalid(text.begin(), text.end());
  if (bad == text.end()) return std::nullopt;
  return static_cast<std::size_t>(bad - text.begin());
}

void require_utf8(std::string_view text, const std::string& name) {
  const auto bad = find_invalid_utf8(text);
  if (!bad) return;
  const auto line = 1 + std::count(text.begin(), text.begin() + *bad, '\n');
  throw input_error(name, " is not valid UTF-8 at byte ", *bad, " (line ", line,
                    "); convert it, for example with iconv -f latin1 -t utf-8");
}

std::int64_t count_code_points(std::string_view text) {
  // All bytes but those that continue a code point.
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::size_t byte_offset(std::string_view text, std::int64_t index) {
  std::size_t offset = 0;
  for (; index > 0; --index) offset += code_point_bytes(text.substr(offset));
  return offset;
}

std::size_t code_point_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t bytes = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return std::min(bytes, text.size());
}

std::string visible(const std::string& character) {
  if (character == " ") return "·";
  if (character == "\n") return "↵";
  if (character == "\t") return "→";
  return character;
}

std::string or_blanks(const std::string& text) {
  return text.find_first_not_of(" \t\n") == std::string::npos ? "(nothing but blanks)" : text;
}

char32_t front_code_point(std::string_view text) {
  const char* at = text.data();
  try {
    return static_cast<char32_t>(utf8::next(at, text.data() + text.size()));
  } catch (const utf8::exception&) {
    return 0xFFFD;
  }
}

std::vector<std::string_view> split_at_spaces(std::string_view text) {
  std::vector<std::string_view> pieces;
  std::size_t begin = 0, at = 0;
  while (at < text.size()) {
    const std::size_t bytes = code_point_bytes(text.substr(at));
    if (is_space(front_code_point(text.substr(at)))) {
      if (at > begin) pieces.push_back(text.substr(begin, at - begin));
      begin = at + bytes;
    }
    at += bytes;
  }
  if (at > begin) pieces.push_back(text.substr(begin));
  return pieces;
}

}  // namespace unroll::lessons
