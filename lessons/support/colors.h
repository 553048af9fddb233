// Colours of the pictures: the palette of series and the colour maps of values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace unroll::lessons {

/// A colour in sRGB, 8 bits a channel.
struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  friend bool operator==(const Color&, const Color&) = default;
};

inline constexpr Color kWhite{255, 255, 255};
inline constexpr Color kInk{34, 34, 34};         // text
inline constexpr Color kQuietInk{96, 96, 96};    // captions, reference lines, axes
inline constexpr Color kGrid{232, 232, 232};     // grid lines, the lightest thing on a page
inline constexpr Color kMissing{218, 218, 218};  // a cell of a heat map that has no value

/// How many colours `palette` holds before it starts again.
inline constexpr std::size_t kPaletteSize = 8;

/// Colour of series `index`: the palette of Okabe and Ito (2008), which people with any of the
/// common kinds of colour blindness can tell apart; the order puts what is seen best on white
/// first.
Color palette(std::size_t index);

/// How a heat map turns a value into a colour.
enum class ColorMap {
  kSequential,  // white to dark blue, for values that start at a natural lowest one
  kDiverging,   // blue over white to red, for values with a natural middle, mostly zero
};

/// The colour at `position`, 0 to 1, of `map`; positions outside are clamped.
Color map_color(ColorMap map, double position);

/// `from` and `to` mixed: all `from` at share 0, all `to` at share 1.
Color mix(Color from, Color to, double share);

/// `kInk` or `kWhite`, whichever is read better on `background`.
Color readable_on(Color background);

}  // namespace unroll::lessons
