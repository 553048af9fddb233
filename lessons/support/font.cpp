#include "lessons/support/font.h"

#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <stb/stb_truetype.h>
#include <utf8.h>

#include "engine/error.h"

// Put there by font_data.S.
extern "C" {
extern const unsigned char unroll_font_sans[];
extern const unsigned char unroll_font_bold[];
extern const unsigned char unroll_font_mono[];
}

namespace unroll::lessons {

namespace {

constexpr int kCurvePieces = 6;  // straight pieces a curve of an outline is cut into

struct Font {
  explicit Font(const unsigned char* file) {
    require(stbtt_InitFont(&info, file, 0) != 0, "figure: an embedded font cannot be read");
    scale = static_cast<double>(stbtt_ScaleForMappingEmToPixels(&info, 1.0F));
  }

  stbtt_fontinfo info{};
  double scale = 0;  // font units to multiples of the font size
};

const Font& font_of(Face face) {
  static const std::array<Font, 3> fonts{Font(unroll_font_sans), Font(unroll_font_bold),
                                         Font(unroll_font_mono)};
  return fonts[static_cast<std::size_t>(face)];
}

struct Glyph {
  const Font* font = nullptr;
  int index = 0;
};

Glyph find_glyph(char32_t character, Face face) {
  for (const Font* font : {&font_of(face), &font_of(Face::kSans)}) {
    const int index = stbtt_FindGlyphIndex(&font->info, static_cast<int>(character));
    if (index != 0) return {font, index};
  }
  return {&font_of(face), 0};
}

/// Calls `visit(glyph, x)` for each character with the place of its origin; returns the whole
/// advance.
template <class Visit>
double walk(std::u32string_view text, Face face, const Visit& visit) {
  double x = 0;
  Glyph last;
  for (const char32_t character : text) {
    const Glyph glyph = find_glyph(character, face);
    if (last.font == glyph.font && face != Face::kMono)
      x +=
          glyph.font->scale * stbtt_GetGlyphKernAdvance(&glyph.font->info, last.index, glyph.index);
    visit(glyph, x);
    int advance = 0;
    stbtt_GetGlyphHMetrics(&glyph.font->info, glyph.index, &advance, nullptr);
    x += glyph.font->scale * advance;
    last = glyph;
  }
  return x;
}

void append_outline(const Glyph& glyph, double x, std::vector<Contour>& contours) {
  stbtt_vertex* raw = nullptr;
  const int count = stbtt_GetGlyphShape(&glyph.font->info, glyph.index, &raw);
  const auto release = [&glyph](stbtt_vertex* p) { stbtt_FreeShape(&glyph.font->info, p); };
  const std::unique_ptr<stbtt_vertex, decltype(release)> vertices(raw, release);
  const double scale = glyph.font->scale;
  for (int i = 0; i < count; ++i) {
    const stbtt_vertex& vertex = raw[i];
    const Point end{x + scale * vertex.x, -scale * vertex.y};
    if (vertex.type == STBTT_vmove) contours.emplace_back();
    if (vertex.type == STBTT_vcurve) {  // a quadratic Bézier curve, as in all TrueType fonts
      const Point start = contours.back().back();
      const Point control{x + scale * vertex.cx, -scale * vertex.cy};
      for (int piece = 1; piece < kCurvePieces; ++piece) {
        const double t = static_cast<double>(piece) / kCurvePieces;
        const double a = (1 - t) * (1 - t), b = 2 * t * (1 - t), c = t * t;
        contours.back().push_back(
            {a * start.x + b * control.x + c * end.x, a * start.y + b * control.y + c * end.y});
      }
    }
    contours.back().push_back(end);
  }
}

}  // namespace

std::u32string decode_utf8(std::string_view text) {
  std::string valid;
  utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid));
  std::u32string characters;
  utf8::utf8to32(valid.begin(), valid.end(), std::back_inserter(characters));
  for (char32_t& character : characters)
    if (character < U' ' && character != U'\n') character = U' ';
  return characters;
}

std::string encode_utf8(std::u32string_view characters) {
  std::string text;
  utf8::utf32to8(characters.begin(), characters.end(), std::back_inserter(text));
  return text;
}

double text_width(std::u32string_view text, Face face) {
  return walk(text, face, [](const Glyph&, double) {});
}

std::vector<Contour> text_outline(std::u32string_view text, Face face) {
  std::vector<Contour> contours;
  walk(text, face, [&](const Glyph& glyph, double x) { append_outline(glyph, x, contours); });
  return contours;
}

}  // namespace unroll::lessons
