#include "lessons/support/canvas.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <ostream>
#include <stb/stb_image_write.h>

#include "engine/error.h"
#include "lessons/support/canvas_shapes.h"

namespace unroll::lessons {

namespace {

constexpr double kLongestSide = 10000;

int to_pixels(double points) {
  return static_cast<int>(std::lround(points * Canvas::kPixelsPerPoint));
}

/// One edge's contribution to the coverage of the pixels that it crosses and of all to their
/// right. `rows` x `columns` floats, to be summed along each row; one more column than pixels.
///
/// In a row, an edge that descends by `height` covers that share of every pixel to its right; in
/// the pixel that it crosses it covers only what lies to the right of its middle.
class CoverageGrid {
 public:
  CoverageGrid(std::vector<float>& storage, int left, int top, int right, int bottom)
      : cells_(storage), left_(left), top_(top), columns_(right - left), rows_(bottom - top) {
    cells_.assign(static_cast<std::size_t>(columns_ + 2) * static_cast<std::size_t>(rows_), 0.0F);
  }

  void add_edge(Point from, Point to) {
    if (from.y == to.y) return;
    const double direction = from.y < to.y ? 1 : -1;
    if (direction < 0) std::swap(from, to);
    const double slope = (to.x - from.x) / (to.y - from.y);
    const double top = std::max(from.y - top_, 0.0);
    const double bottom = std::min(to.y - top_, static_cast<double>(rows_));
    const auto x_at = [&](double y) { return from.x + (y + top_ - from.y) * slope - left_; };
    for (int row = static_cast<int>(top); row < bottom; ++row) {
      const double y0 = std::max(top, static_cast<double>(row));
      const double y1 = std::min(bottom, row + 1.0);
      if (y1 > y0) add_within_row(row, x_at(y0), x_at(y1), direction * (y1 - y0));
    }
  }

  /// Calls `visit(x, y, share)` for every pixel that is covered.
  template <class Visit>
  void each(const Visit& visit) const {
    for (int row = 0; row < rows_; ++row) {
      double sum = 0;
      for (int column = 0; column < columns_; ++column) {
        sum += static_cast<double>(cells_[index(row, column)]);
        const double share = std::min(std::abs(sum), 1.0);
        if (share > 1e-3) visit(left_ + column, top_ + row, share);
      }
    }
  }

 private:
  std::size_t index(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_ + 2) +
           static_cast<std::size_t>(column);
  }

  void add_within_row(int row, double x0, double x1, double height) {
    if (x0 > x1) std::swap(x0, x1);
    x0 = std::clamp(x0, 0.0, static_cast<double>(columns_));
    x1 = std::clamp(x1, 0.0, static_cast<double>(columns_));
    const int first = static_cast<int>(x0);
    const int last = static_cast<int>(x1);
    for (int column = first; column <= last; ++column) {
      const double from = std::max(x0, static_cast<double>(column));
      const double to = std::min(x1, column + 1.0);
      const double share = x1 > x0 ? height * (to - from) / (x1 - x0) : height;
      const double right_of_middle = column + 1 - (from + to) / 2;
      cells_[index(row, column)] += static_cast<float>(share * right_of_middle);
      cells_[index(row, column + 1)] += static_cast<float>(share * (1 - right_of_middle));
    }
  }

  std::vector<float>& cells_;
  int left_, top_, columns_, rows_;
};

}  // namespace

Canvas::Canvas(double width, double height)
    : columns_(0), rows_(0), clip_right_(0), clip_bottom_(0) {
  require(width > 0 && height > 0 && width <= kLongestSide && height <= kLongestSide,
          "figure: a page of ", width, " x ", height,
          " points; each side must be above 0 and at most ", kLongestSide);
  columns_ = clip_right_ = to_pixels(std::ceil(width));
  rows_ = clip_bottom_ = to_pixels(std::ceil(height));
  pixels_.assign(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_), kWhite);
}

double Canvas::width() const { return static_cast<double>(columns_) / kPixelsPerPoint; }
double Canvas::height() const { return static_cast<double>(rows_) / kPixelsPerPoint; }

Color Canvas::pixel(int x, int y) const {
  return pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(columns_) +
                 static_cast<std::size_t>(x)];
}

void Canvas::blend(int x, int y, Color color, double share) {
  Color& pixel = pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(columns_) +
                         static_cast<std::size_t>(x)];
  pixel = mix(pixel, color, share);
}

void Canvas::clip(const Box& box) {
  clip_left_ = std::clamp(to_pixels(box.left), 0, columns_);
  clip_top_ = std::clamp(to_pixels(box.top), 0, rows_);
  clip_right_ = std::clamp(to_pixels(box.right), 0, columns_);
  clip_bottom_ = std::clamp(to_pixels(box.bottom), 0, rows_);
}

void Canvas::fill(std::span<const Contour> contours, Color color, double opacity) {
  double left = clip_right_, top = clip_bottom_, right = clip_left_, bottom = clip_top_;
  for (const Contour& contour : contours) {
    for (const Point& point : contour) {
      left = std::min(left, point.x * kPixelsPerPoint);
      right = std::max(right, point.x * kPixelsPerPoint);
      top = std::min(top, point.y * kPixelsPerPoint);
      bottom = std::max(bottom, point.y * kPixelsPerPoint);
    }
  }
  const int first_column = static_cast<int>(std::max<double>(clip_left_, std::floor(left)));
  const int first_row = static_cast<int>(std::max<double>(clip_top_, std::floor(top)));
  const int end_column = static_cast<int>(std::min<double>(clip_right_, std::ceil(right)));
  const int end_row = static_cast<int>(std::min<double>(clip_bottom_, std::ceil(bottom)));
  if (first_column >= end_column || first_row >= end_row) return;

  CoverageGrid grid(coverage_, first_column, first_row, end_column, end_row);
  const auto in_pixels = [](Point p) {
    return Point{p.x * kPixelsPerPoint, p.y * kPixelsPerPoint};
  };
  for (const Contour& contour : contours)
    for (std::size_t i = 0; i < contour.size(); ++i)
      grid.add_edge(in_pixels(contour[i]), in_pixels(contour[(i + 1) % contour.size()]));
  grid.each([&](int x, int y, double share) { blend(x, y, color, share * opacity); });
}

void Canvas::fill(const Box& box, Color color, double opacity) {
  const Contour contour = rectangle(box);
  fill({&contour, 1}, color, opacity);
}

void Canvas::fill_whole_pixels(const Box& box, Color color) {
  const auto snap = [](double v) { return std::round(v * kPixelsPerPoint) / kPixelsPerPoint; };
  fill(Box{snap(box.left), snap(box.top), snap(box.right), snap(box.bottom)}, color);
}

void Canvas::stroke(std::span<const Point> line, const Pen& pen) {
  std::vector<Contour> contours;
  if (pen.dashed) {
    for (const Contour& dash : dashes(line, 3.5 * pen.width, 2 * pen.width))
      append_stroke(dash, pen.width, contours);
  } else {
    append_stroke(line, pen.width, contours);
  }
  fill(contours, pen.color, pen.opacity);
}

void Canvas::rule(Point from, Point to, const Pen& pen) {
  const double pixels = std::max(1.0, std::round(pen.width * kPixelsPerPoint));
  // The middle of the line stands on a pixel edge or a pixel centre, by the width's parity.
  const double shift = std::fmod(pixels, 2) / 2;
  const auto snap = [&](double v) {
    return (std::round(v * kPixelsPerPoint - shift) + shift) / kPixelsPerPoint;
  };
  Pen sharp = pen;
  sharp.width = pixels / kPixelsPerPoint;
  if (from.x == to.x) from.x = to.x = snap(from.x);
  if (from.y == to.y) from.y = to.y = snap(from.y);
  const Point ends[] = {from, to};
  stroke(ends, sharp);
}

void Canvas::mark(Mark shape, Point center, double diameter, Color color) {
  const Contour contour = mark_outline(shape, center, diameter);
  fill({&contour, 1}, color);
}

void Canvas::text(std::string_view text, Point place, const Lettering& lettering) {
  const std::u32string characters = decode_utf8(text);
  std::vector<Contour> contours = text_outline(characters, lettering.face);
  double x = 0, y = 0;
  if (lettering.align != Align::kStart)
    x = -unroll::lessons::text_width(characters, lettering.face);
  if (lettering.align == Align::kMiddle) x /= 2;
  if (lettering.anchor == Anchor::kTop) y = kCapHeight;
  if (lettering.anchor == Anchor::kMiddle) y = kCapHeight / 2;
  if (lettering.anchor == Anchor::kBottom) y = -kDescent;
  const double angle = lettering.degrees * std::numbers::pi / 180;
  const double cosine = std::cos(angle) * lettering.size, sine = std::sin(angle) * lettering.size;
  for (Contour& contour : contours) {
    for (Point& point : contour) {
      const Point moved{point.x + x, point.y + y};
      point = {place.x + cosine * moved.x + sine * moved.y,
               place.y - sine * moved.x + cosine * moved.y};
    }
  }
  fill(contours, lettering.color);
}

double Canvas::ink(const Box& box) const {
  const int left = to_pixels(box.left), right = std::max(to_pixels(box.right), left + 1);
  const int top = to_pixels(box.top), bottom = std::max(to_pixels(box.bottom), top + 1);
  double sum = 0;
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      if (x < 0 || y < 0 || x >= columns_ || y >= rows_) {
        sum += 1;
        continue;
      }
      const Color color = pixel(x, y);
      const int lightest = std::min({color.red, color.green, color.blue});
      if (lightest < kGrid.red) sum += (255 - lightest) / 255.0;
    }
  }
  return sum / (static_cast<double>(right - left) * (bottom - top));
}

void Canvas::write_png(std::ostream& out) const {
  static_assert(sizeof(Color) == 3);
  const auto write = [](void* stream, void* bytes, int count) {
    static_cast<std::ostream*>(stream)->write(static_cast<const char*>(bytes), count);
  };
  // Areas of one colour compress no worse without PNG's filters, and three times as fast.
  stbi_write_force_png_filter = 0;
  require(
      stbi_write_png_to_func(write, &out, columns_, rows_, 3, pixels_.data(), columns_ * 3) != 0,
      "figure: out of memory while compressing a picture");
}

double text_width(std::string_view text, double size, Face face) {
  return text_width(decode_utf8(text), face) * size;
}

}  // namespace unroll::lessons
