// One panel of a figure: what may be drawn in it, and how it is labelled.
//
// A panel is a chart (lines, bands, bars, points, histograms, reference lines, in any mixture), a
// heat map, or text. Series without a colour of their own take the next of the palette; labelled
// ones appear in a legend, which goes where it hides the least. A value that is NaN or infinite, or
// not positive on a log axis, is left out: lines have a gap there. The fonts have Latin, Greek,
// Cyrillic and mathematical characters; others, such as Chinese, show as boxes.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <vector>

#include "lessons/support/colors.h"

namespace unroll::lessons {

/// Numbers to draw: any range of numbers (vector, span, array) or a list in braces, copied.
class Values : public std::vector<double> {
 public:
  Values() = default;
  Values(std::initializer_list<double> list) : vector(list) {}
  template <std::ranges::input_range Range>
  requires std::is_arithmetic_v<std::ranges::range_value_t<Range>> &&
      (!std::is_same_v<std::ranges::range_value_t<Range>, char>)Values(const Range& range) {
    for (const auto value : range) push_back(static_cast<double>(value));
  }
};

using Names = std::vector<std::string>;

struct LineStyle {
  std::string label = {};  // in the legend; empty: not in the legend
  std::optional<Color> color = {};
  bool dashed = false;
  bool markers = false;  // a mark at every point
  double width = 1.6;    // points
};

struct BandStyle {
  std::string label = {};
  std::optional<Color> color = {};
};

struct BarStyle {
  std::string label = {};
  std::optional<Color> color = {};
  Values errors = {};   // half the length of the error bar of each bar; empty: no error bars
  bool values = false;  // write each bar's value at its end
};

struct ScatterStyle {
  std::string label = {};           // of all points; not used together with `classes`
  std::optional<Color> color = {};  // of all points; not used together with `classes`
  std::vector<int> classes = {};    // class of each point, from 0: one colour and shape a class
  Names class_names = {};           // in the legend, one for each class
  Names names = {};                 // written beside each point
  double size = 5;                  // diameter of a point, in points
};

struct HistogramStyle {
  std::string label = {};
  std::optional<Color> color = {};
  int bins = 0;  // over the range of all histograms in the panel; 0: chosen by their number
};

struct ReferenceStyle {
  std::string label = {};  // written along the line
  std::optional<Color> color = {};
};

struct HeatMapStyle {
  Names row_labels = {};     // empty: the row's number
  Names column_labels = {};  // empty: the column's number
  ColorMap map = ColorMap::kSequential;
  std::optional<double> low = {};   // value of the first colour; default: the smallest value; for a
  std::optional<double> high = {};  // diverging map, minus and plus the largest absolute value
  std::string bar_label = {};       // what the colours mean, along the colour bar
  bool values = false;              // write each cell's value into it
};

struct TextStyle {
  std::string heading = {};  // a bold line above the text
  bool monospace = true;
  int max_lines = 60;  // what is longer is cut off with "…"
};

struct ColoredTextStyle {
  std::string heading = {};
  bool monospace = true;
  int max_lines = 60;
  ColorMap map = ColorMap::kDiverging;
  std::optional<double> low = {};  // as for a heat map
  std::optional<double> high = {};
  std::string bar_label = {};  // what the colours mean, beside the colour bar
  bool bar = true;             // one is enough for several texts of one scale
};

struct TaggedTextStyle {
  std::string heading = {};
  bool monospace = false;
  int max_lines = 60;
};

struct Axes;
class Plot;
class Chart;
class TextBlocks;

/// What a `Figure` hands out to be filled. Every method returns the panel, so that calls can be
/// chained. All throw `Error` for lengths that do not match and for a mixture that cannot be drawn.
class Panel {
 public:
  Panel();
  Panel(Panel&&) noexcept;
  Panel& operator=(Panel&&) noexcept;
  ~Panel();

  Panel& title(std::string text);
  /// What the axes of a chart or a heat map show, with the unit; text has none.
  Panel& x_label(std::string text);
  Panel& y_label(std::string text);
  Panel& x_log();
  Panel& y_log();
  /// Fixes the range of an axis, `low` < `high` (both positive on a log axis).
  Panel& x_range(double low, double high);
  Panel& y_range(double low, double high);

  Panel& line(Values x, Values y, LineStyle style = {});
  /// A line over x = 0, 1, 2…
  Panel& series(Values y, LineStyle style = {});
  /// The area between `low` and `high`, shaded.
  Panel& band(Values x, Values low, Values high, BandStyle style = {});
  /// A line of means with a band of one `deviation` to either side in the same colour.
  Panel& line_with_band(Values x, Values mean, Values deviation, LineStyle style = {});
  /// Names of the groups of bars along the x axis, which sit at x = 0, 1, 2…
  Panel& categories(Names names);
  /// One series of bars, a value for each category; several series stand side by side in groups.
  Panel& bars(Values heights, BarStyle style = {});
  Panel& scatter(Values x, Values y, ScatterStyle style = {});
  Panel& histogram(Values samples, HistogramStyle style = {});
  /// A dashed line across the panel, such as a baseline.
  Panel& horizontal(double y, ReferenceStyle style = {});
  Panel& vertical(double x, ReferenceStyle style = {});

  /// `values` is (rows, columns), row-major; row 0 is on top. Cells that are NaN are grey.
  Panel& heat_map(Values values, int rows, int columns, HeatMapStyle style = {});

  /// UTF-8 text, wrapped to the panel's width; several calls stand below each other.
  Panel& text(const std::string& text, TextStyle style = {});
  /// Text in pieces (characters, words), each on a background that shows its value.
  Panel& colored_text(const Names& pieces, const Values& values, ColoredTextStyle style = {});
  /// Text in pieces, each on the colour of its class, 0 up, explained in a legend; -1: no class.
  Panel& tagged_text(const Names& pieces, const std::vector<int>& classes, const Names& class_names,
                     TaggedTextStyle style = {});

 private:
  friend class Figure;

  Chart& chart();
  TextBlocks& text_blocks();

  std::string title_;
  std::unique_ptr<Axes> axes_;
  std::unique_ptr<Plot> plot_;  // chart, heat map or text; none yet in an empty panel
};

}  // namespace unroll::lessons
