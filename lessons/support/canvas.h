// A white page of pixels with antialiased shapes and text.
//
// Lengths are in points, with `Canvas::kPixelsPerPoint` pixels each way; x runs to the right, y
// down. The share of a pixel that a shape covers is computed exactly, not sampled.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string_view>
#include <vector>

#include "lessons/support/colors.h"
#include "lessons/support/font.h"

namespace unroll::lessons {

struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
  Point center() const { return {(left + right) / 2, (top + bottom) / 2}; }
  /// Moved outwards by `margin` on every side.
  Box grown(double margin) const {
    return {left - margin, top - margin, right + margin, bottom + margin};
  }
};

struct Pen {
  Color color = kInk;
  double width = 1;
  bool dashed = false;
  double opacity = 1;
};

/// Which point of a text's box stands at the given place.
enum class Align { kStart, kMiddle, kEnd };               // left, middle, right
enum class Anchor { kBaseline, kTop, kMiddle, kBottom };  // of the capitals

struct Lettering {
  double size = 10;
  Color color = kInk;
  Face face = Face::kSans;
  Align align = Align::kStart;
  Anchor anchor = Anchor::kBaseline;
  double degrees = 0;  // turned counter-clockwise about the place
};

enum class Mark { kDisc, kSquare, kTriangle, kDiamond };

class Canvas {
 public:
  static constexpr int kPixelsPerPoint = 2;

  /// A white page. Throws `Error` unless both sides are positive and at most 10,000 points.
  Canvas(double width, double height);

  double width() const;
  double height() const;
  Box page() const { return {0, 0, width(), height()}; }

  /// Fills what lies inside any of the contours; a contour that runs the other way cuts a hole.
  void fill(std::span<const Contour> contours, Color color, double opacity = 1);
  void fill(const Box& box, Color color, double opacity = 1);
  /// As `fill`, with the edges moved to the nearest pixels, so that neighbours meet without a seam.
  void fill_whole_pixels(const Box& box, Color color);
  void stroke(std::span<const Point> line, const Pen& pen);
  /// A horizontal or vertical line, moved to the nearest pixels so that it is sharp.
  void rule(Point from, Point to, const Pen& pen);
  void mark(Mark shape, Point center, double diameter, Color color);
  void text(std::string_view text, Point place, const Lettering& lettering);

  /// Limits everything drawn from now on to `box`, until `clip(page())`.
  void clip(const Box& box);

  /// How much has been drawn inside `box`: the mean darkness of its pixels, from 0 (white or
  /// `kGrid`) to 1 (black, or any colour without one of its channels). Outside the page counts 1.
  double ink(const Box& box) const;

  /// The pixel at column x and row y, in pixels.
  Color pixel(int x, int y) const;
  int pixel_columns() const { return columns_; }
  int pixel_rows() const { return rows_; }

  void write_png(std::ostream& out) const;

 private:
  void blend(int x, int y, Color color, double share);

  int columns_;
  int rows_;
  int clip_left_ = 0;  // in pixels; right and bottom are one past the last
  int clip_top_ = 0;
  int clip_right_;
  int clip_bottom_;
  std::vector<Color> pixels_;    // (rows, columns)
  std::vector<float> coverage_;  // scratch of fill
};

/// Width of one line of UTF-8 text, in the unit of `size`.
double text_width(std::string_view text, double size, Face face = Face::kSans);

}  // namespace unroll::lessons
