// Legends and colour bars: what the colours of a panel mean.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lessons/support/canvas.h"
#include "lessons/support/figure_axis.h"

namespace unroll::lessons {

struct LegendEntry {
  enum class Sample { kLine, kDashedLine, kArea, kMark };

  std::string label;
  Color color;
  Sample sample = Sample::kLine;
  std::optional<Mark> mark = {};  // on the line, or alone
};

class Legend {
 public:
  /// Labels wider than `longest` are broken into lines; entries that do not fit into `tallest`
  /// give way to a count of them.
  Legend(const std::vector<LegendEntry>& entries, double longest, double tallest);

  bool empty() const { return rows_.empty(); }
  double width() const;
  double height() const;

  /// Where in `area` the legend hides the least of what is drawn; nothing if no place is good.
  std::optional<Point> free_place(const Canvas& canvas, const Box& area) const;

  void draw(Canvas& canvas, Point top_left) const;

 private:
  struct Row {
    LegendEntry entry;
    std::vector<std::string> lines;  // of the label

    double height() const;
  };

  std::vector<Row> rows_;
};

/// The middle of a piece of text, level or turned.
struct TextPlace {
  Point middle;
  double degrees = 0;  // 0 or 90
};

/// Draws `text` on a faintly white ground at that one of `places` inside `within` where it hides
/// the least; the first of those that hide nothing.
void draw_where_free(Canvas& canvas, const Box& within, const std::string& text, Color color,
                     const std::vector<TextPlace>& places);

/// The values that the two ends of a colour map stand for.
struct ColorScale {
  ColorMap map = ColorMap::kSequential;
  Range range;

  /// From the smallest to the largest of `values`, or for a diverging map from minus to plus the
  /// largest absolute value, unless `low` or `high` say otherwise. Throws `Error` if low >= high.
  ColorScale(ColorMap map, std::span<const double> values, std::optional<double> low,
             std::optional<double> high);

  /// `kMissing` for NaN.
  Color color(double value) const;
};

/// A thin frame, so that white at the edge of colours can be told from the page.
void draw_frame(Canvas& canvas, const Box& box);

/// A colour bar that stands upright, with numbers and its name to its right.
double upright_bar_width(const ColorScale& scale, const std::string& label, double height);
void draw_upright_bar(Canvas& canvas, const ColorScale& scale, const std::string& label, Box box);

/// A colour bar that lies, its name to the left, the values of its ends beside it.
inline constexpr double kLyingBarHeight = 14;
void draw_lying_bar(Canvas& canvas, const ColorScale& scale, const std::string& label,
                    Point top_left);

}  // namespace unroll::lessons
