// The embedded fonts (DejaVu Sans, its bold face, DejaVu Sans Mono) as outlines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// A place on a canvas: x to the right, y downwards.
struct Point {
  double x = 0;
  double y = 0;
};

/// A closed curve of straight pieces; the last point is joined to the first.
using Contour = std::vector<Point>;

enum class Face { kSans, kBold, kMono };

/// The characters of UTF-8 text. Broken bytes become U+FFFD, control characters but the newline a
/// space.
std::u32string decode_utf8(std::string_view text);
std::string encode_utf8(std::u32string_view characters);

/// The advance of `text` on one line, as a multiple of the font size.
double text_width(std::u32string_view text, Face face);

/// The outline of `text` for a font size of 1: the baseline is y = 0 and starts at x = 0.
/// Characters missing from `face` are taken from DejaVu Sans; what that lacks too is a box.
std::vector<Contour> text_outline(std::u32string_view text, Face face);

/// Heights over (depth under) the baseline, as multiples of the font size. All faces share them.
inline constexpr double kCapHeight = 0.73;
inline constexpr double kAscent = 0.76;   // of letters such as "b"
inline constexpr double kDescent = 0.24;  // of letters such as "p"

}  // namespace unroll::lessons
