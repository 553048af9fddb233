#include "lessons/support/colors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace unroll::lessons {

namespace {

constexpr std::array<Color, kPaletteSize> kPalette{{
    {0, 114, 178},    // blue
    {213, 94, 0},     // vermillion
    {0, 158, 115},    // bluish green
    {230, 159, 0},    // orange
    {86, 180, 233},   // sky blue
    {204, 121, 167},  // reddish purple
    {0, 0, 0},        // black
    {240, 228, 66},   // yellow
}};

// Equally spaced stops; both maps fall steadily in lightness away from white, so that they also
// read in a black and white print.
constexpr std::array<Color, 5> kSequential{
    {{255, 255, 255}, {186, 214, 235}, {103, 169, 211}, {24, 106, 172}, {8, 38, 92}}};
constexpr std::array<Color, 7> kDiverging{{{14, 62, 120},
                                           {58, 133, 190},
                                           {163, 203, 227},
                                           {255, 255, 255},
                                           {248, 191, 152},
                                           {219, 106, 52},
                                           {140, 40, 10}}};

std::uint8_t mix_channel(std::uint8_t from, std::uint8_t to, double share) {
  return static_cast<std::uint8_t>(std::lround(from + (to - from) * share));
}

/// Relative luminance, 0 to 1: the weights of Rec. 709 on channels freed of their gamma.
double luminance(Color color) {
  const auto linear = [](std::uint8_t channel) { return std::pow(channel / 255.0, 2.2); };
  return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue);
}

}  // namespace

Color palette(std::size_t index) { return kPalette[index % kPaletteSize]; }

Color mix(Color from, Color to, double share) {
  return {mix_channel(from.red, to.red, share), mix_channel(from.green, to.green, share),
          mix_channel(from.blue, to.blue, share)};
}

Color map_color(ColorMap map, double position) {
  const std::span<const Color> stops = map == ColorMap::kSequential
                                           ? std::span<const Color>(kSequential)
                                           : std::span<const Color>(kDiverging);
  const double scaled = std::clamp(position, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
  const std::size_t stop = std::min(static_cast<std::size_t>(scaled), stops.size() - 2);
  return mix(stops[stop], stops[stop + 1], scaled - static_cast<double>(stop));
}

Color readable_on(Color background) {
  // Where the contrast ratios (L1 + 0.05) / (L2 + 0.05) of white and of ink are equal.
  return luminance(background) < 0.21 ? kWhite : kInk;
}

}  // namespace unroll::lessons
