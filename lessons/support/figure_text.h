// Panels of text: blocks below each other, plain or with a background behind each piece.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lessons/support/figure_legend.h"
#include "lessons/support/figure_panel.h"
#include "lessons/support/figure_plot.h"
#include "lessons/support/text_wrap.h"

namespace unroll::lessons {

struct TextBlock {
  std::string heading;
  Face face = Face::kSans;
  int max_lines = 0;
  std::u32string characters = {};
  std::vector<std::optional<Color>> backgrounds = {};  // of each character
  std::optional<ColorScale> scale = {};                // the colours' meaning is a colour bar,
  std::string bar_label = {};
  bool has_bar = true;
  std::vector<LegendEntry> classes = {};  // or a list
};

class TextBlocks : public Plot {
 public:
  void add(TextBlock block);

  double preferred_height(const Axes& axes, double width, double usual) const override;
  Margins margins(const Axes&, double, double) const override { return {}; }
  /// Text fills the whole of `panel`.
  void draw(Canvas& canvas, const Axes& axes, const Box& panel, const Box& area) const override;

 private:
  std::vector<TextBlock> blocks_;
};

/// The blocks that the three kinds of text of a `Panel` amount to.
TextBlock plain_block(const std::string& text, const TextStyle& style);
TextBlock colored_block(const Names& pieces, const Values& values, const ColoredTextStyle& style);
TextBlock tagged_block(const Names& pieces, const std::vector<int>& classes,
                       const Names& class_names, const TaggedTextStyle& style);

}  // namespace unroll::lessons
