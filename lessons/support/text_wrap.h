// Text broken into lines that fit a width.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lessons/support/font.h"

namespace unroll::lessons {

/// The characters from `begin` to before `end` stand on one line.
struct TextLine {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Breaks at newlines, and where a line would get wider than `width` (a multiple of the font size)
/// after the last space that fits, or inside a word that is too long. At least one line.
std::vector<TextLine> wrap(std::u32string_view text, Face face, double width);

/// The same for UTF-8, with `size` and `width` in points.
std::vector<std::string> wrap(std::string_view text, Face face, double size, double width);

/// `text`, or as much of its beginning as fits `width` with "…" after it.
std::string shorten(std::string_view text, Face face, double size, double width);

}  // namespace unroll::lessons
