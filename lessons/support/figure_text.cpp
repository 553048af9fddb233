#include "lessons/support/figure_text.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

constexpr double kTextSize = 9.5;
constexpr double kLineHeight = 1.42 * kTextSize;
constexpr double kHeadingHeight = 17;
constexpr double kBlockGap = 10;
constexpr double kKeyHeight = 20;  // of one row of a legend under the text

std::vector<TextLine> lines_of(const TextBlock& block, double width) {
  // A space that hangs over the edge must still be inside the panel.
  std::vector<TextLine> lines = wrap(block.characters, block.face, width / kTextSize - 0.7);
  if (lines.size() > static_cast<std::size_t>(block.max_lines))
    lines.resize(static_cast<std::size_t>(block.max_lines));
  return lines;
}

/// Draws the names of the classes in rows of at most `width`; returns the height of the rows.
/// Without a canvas it only measures.
double class_key(Canvas* canvas, const TextBlock& block, Point top_left, double width) {
  constexpr double kGap = 8;
  if (block.classes.empty()) return 0;
  double x = 0, y = 0;
  for (const LegendEntry& entry : block.classes) {
    const double entry_width = text_width(entry.label, kNoteSize) + kGap;
    if (x > 0 && x + entry_width > width) {
      x = 0;
      y += kKeyHeight;
    }
    const Point middle{top_left.x + x, top_left.y + y + kKeyHeight / 2};
    if (canvas) {
      canvas->fill({middle.x, middle.y - 6.5, middle.x + entry_width, middle.y + 6.5}, entry.color);
      canvas->text(
          entry.label, {middle.x + kGap / 2, middle.y},
          {.size = kNoteSize, .color = readable_on(entry.color), .anchor = Anchor::kMiddle});
    }
    x += entry_width + kGap;
  }
  return y + kKeyHeight;
}

/// Draws the characters of one line; those in a row on the same background together.
void draw_text_line(Canvas& canvas, const TextBlock& block, TextLine line, Point baseline) {
  double x = baseline.x;
  while (line.begin < line.end) {
    const std::optional<Color> background = block.backgrounds[line.begin];
    std::size_t end = line.begin;
    while (end < line.end && block.backgrounds[end] == background) ++end;
    const auto run = std::u32string_view(block.characters).substr(line.begin, end - line.begin);
    const double width = text_width(run, block.face) * kTextSize;
    if (background)
      canvas.fill_whole_pixels(
          {x, baseline.y - 0.76 * kLineHeight, x + width, baseline.y + 0.24 * kLineHeight},
          *background);
    canvas.text(encode_utf8(run), {x, baseline.y},
                {.size = kTextSize,
                 .color = background ? readable_on(*background) : kInk,
                 .face = block.face});
    x += width;
    line.begin = end;
  }
}

/// Draws one block, or without a canvas only measures it; returns its height.
double block_height(Canvas* canvas, const TextBlock& block, Point top_left, double width) {
  double y = top_left.y;
  if (!block.heading.empty()) {
    if (canvas)
      canvas->text(shorten(block.heading, Face::kBold, kNoteSize, width),
                   {top_left.x, y + kHeadingHeight - 6},
                   {.size = kNoteSize, .color = kQuietInk, .face = Face::kBold});
    y += kHeadingHeight;
  }
  const std::vector<TextLine> lines = lines_of(block, width);
  for (const TextLine& line : lines) {
    if (canvas) draw_text_line(*canvas, block, line, {top_left.x, y + 0.76 * kLineHeight});
    y += kLineHeight;
  }
  if (lines.back().end < block.characters.size()) {
    if (canvas) canvas->text("…", {top_left.x, y + 0.6 * kLineHeight}, {.color = kQuietInk});
    y += kLineHeight;
  }
  if (block.scale && block.has_bar) {
    if (canvas)
      draw_lying_bar(*canvas, *block.scale, block.bar_label,
                     {top_left.x, y + (kKeyHeight - kLyingBarHeight)});
    y += kKeyHeight;
  }
  y += class_key(canvas, block, {top_left.x, y + 3}, width);
  return y - top_left.y;
}

void append_piece(TextBlock& block, const std::string& piece, std::optional<Color> background) {
  for (const char32_t character : decode_utf8(piece)) {
    if (character == U'\n' && background) {  // a newline has a value too
      block.characters += U'↵';
      block.backgrounds.push_back(background);
    }
    block.characters += character;
    block.backgrounds.push_back(background);
  }
}

Face face_of(bool monospace) { return monospace ? Face::kMono : Face::kSans; }

}  // namespace

void TextBlocks::add(TextBlock block) {
  require(block.max_lines > 0, "figure: text: max_lines is ", block.max_lines,
          "; expected at least 1");
  blocks_.push_back(std::move(block));
}

double TextBlocks::preferred_height(const Axes&, double width, double) const {
  double height = 0;
  for (const TextBlock& block : blocks_)
    height += block_height(nullptr, block, {}, width) + kBlockGap;
  return height - kBlockGap;
}

void TextBlocks::draw(Canvas& canvas, const Axes&, const Box& panel, const Box&) const {
  canvas.clip(panel);
  Point place{panel.left, panel.top};
  for (const TextBlock& block : blocks_)
    place.y += block_height(&canvas, block, place, panel.width()) + kBlockGap;
  canvas.clip(canvas.page());
}

TextBlock plain_block(const std::string& text, const TextStyle& style) {
  TextBlock block{style.heading, face_of(style.monospace), style.max_lines};
  append_piece(block, text, {});
  return block;
}

TextBlock colored_block(const Names& pieces, const Values& values, const ColoredTextStyle& style) {
  require(pieces.size() == values.size(), "figure: colored_text: ", pieces.size(), " pieces and ",
          values.size(), " values; expected as many");
  TextBlock block{style.heading, face_of(style.monospace), style.max_lines};
  block.scale = ColorScale(style.map, values, style.low, style.high);
  block.bar_label = style.bar_label;
  block.has_bar = style.bar;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    append_piece(block, pieces[i], block.scale->color(values[i]));
  return block;
}

TextBlock tagged_block(const Names& pieces, const std::vector<int>& classes,
                       const Names& class_names, const TaggedTextStyle& style) {
  require(pieces.size() == classes.size(), "figure: tagged_text: ", pieces.size(), " pieces and ",
          classes.size(), " classes; expected as many");
  TextBlock block{style.heading, face_of(style.monospace), style.max_lines};
  const auto color = [](std::size_t c) { return mix(kWhite, palette(c), 0.45); };
  for (std::size_t c = 0; c < class_names.size(); ++c)
    block.classes.push_back({class_names[c], color(c)});
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    require(classes[i] >= -1 && std::cmp_less(classes[i], class_names.size()),
            "figure: tagged_text: class ", classes[i], "; expected -1 to ", class_names.size(),
            " - 1");
    const bool tagged = classes[i] >= 0;
    append_piece(
        block, pieces[i],
        tagged ? std::optional(color(static_cast<std::size_t>(classes[i]))) : std::nullopt);
  }
  return block;
}

}  // namespace unroll::lessons
