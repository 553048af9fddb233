#include "lessons/support/text_wrap.h"

namespace unroll::lessons {

std::vector<TextLine> wrap(std::u32string_view text, Face face, double width) {
  std::vector<TextLine> lines;
  std::size_t begin = 0;        // of the line
  std::size_t after_space = 0;  // where the line may be broken; `begin`: nowhere yet
  double used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == U'\n') {
      lines.push_back({begin, i});
      begin = after_space = i + 1;
      used = 0;
      continue;
    }
    used += text_width(text.substr(i, 1), face);
    if (text[i] == U' ') {  // a space may hang over the edge
      after_space = i + 1;
    } else if (used > width && i > begin) {
      const std::size_t cut = after_space > begin ? after_space : i;
      lines.push_back({begin, cut});
      begin = after_space = cut;
      used = text_width(text.substr(begin, i + 1 - begin), face);
    }
  }
  lines.push_back({begin, text.size()});
  return lines;
}

std::vector<std::string> wrap(std::string_view text, Face face, double size, double width) {
  const std::u32string characters = decode_utf8(text);
  std::vector<std::string> lines;
  for (const auto& [begin, end] : wrap(characters, face, width / size)) {
    std::u32string_view line = std::u32string_view(characters).substr(begin, end - begin);
    while (!line.empty() && line.back() == U' ') line.remove_suffix(1);
    lines.push_back(encode_utf8(line));
  }
  return lines;
}

std::string shorten(std::string_view text, Face face, double size, double width) {
  std::u32string characters = decode_utf8(text);
  if (text_width(characters, face) * size <= width) return std::string(text);
  do {
    characters.pop_back();
  } while (!characters.empty() && text_width(characters + U'…', face) * size > width);
  return encode_utf8(characters) + "…";
}

}  // namespace unroll::lessons
