#include "lessons/support/canvas_shapes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace unroll::lessons {

namespace {

Contour regular_polygon(Point center, double radius, int corners, double first_angle) {
  Contour contour;
  for (int i = 0; i < corners; ++i) {
    const double angle = first_angle + 2 * std::numbers::pi * i / corners;
    contour.push_back({center.x + radius * std::cos(angle), center.y + radius * std::sin(angle)});
  }
  return contour;
}

Contour disc(Point center, double diameter) {
  const int corners = std::clamp(static_cast<int>(diameter * 6), 12, 64);
  return regular_polygon(center, diameter / 2, corners, 0);
}

double distance(Point a, Point b) { return std::hypot(b.x - a.x, b.y - a.y); }

/// Whether a line turns so little at `b` that no disc is needed to fill the joint.
bool nearly_straight(Point a, Point b, Point c) {
  const double dot = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y);
  return dot > 0.99 * distance(a, b) * distance(b, c);
}

}  // namespace

Contour rectangle(const Box& box) {
  return {
      {box.left, box.top}, {box.right, box.top}, {box.right, box.bottom}, {box.left, box.bottom}};
}

Contour mark_outline(Mark shape, Point center, double diameter) {
  // Sized so that all shapes have about the area of the disc.
  switch (shape) {
    case Mark::kDisc:
      return disc(center, diameter);
    case Mark::kSquare:
      return regular_polygon(center, diameter * 0.63, 4, std::numbers::pi / 4);
    case Mark::kDiamond:
      return regular_polygon(center, diameter * 0.66, 4, 0);
    case Mark::kTriangle:
      return regular_polygon({center.x, center.y + diameter * 0.1}, diameter * 0.7, 3,
                             -std::numbers::pi / 2);
  }
  return {};
}

void append_stroke(std::span<const Point> line, double width, std::vector<Contour>& contours) {
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Point a = line[i], b = line[i + 1];
    const double length = distance(a, b);
    if (length == 0) continue;
    const double x = -(b.y - a.y) / length * width / 2, y = (b.x - a.x) / length * width / 2;
    contours.push_back(
        {{a.x - x, a.y - y}, {b.x - x, b.y - y}, {b.x + x, b.y + y}, {a.x + x, a.y + y}});
    if (i + 2 < line.size() && !nearly_straight(a, b, line[i + 2]))
      contours.push_back(disc(b, width));
  }
}

std::vector<Contour> dashes(std::span<const Point> line, double dash, double gap) {
  std::vector<Contour> pieces;
  if (line.empty()) return pieces;
  bool drawing = true;
  double left = dash;  // until the dash or gap ends
  pieces.push_back({line[0]});
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const double length = distance(line[i], line[i + 1]);
    double done = 0;
    while (length - done > left) {
      done += left;
      const double share = done / length;
      const Point cut{line[i].x + (line[i + 1].x - line[i].x) * share,
                      line[i].y + (line[i + 1].y - line[i].y) * share};
      if (drawing) {
        pieces.back().push_back(cut);
      } else {
        pieces.push_back({cut});
      }
      drawing = !drawing;
      left = drawing ? dash : gap;
    }
    left -= length - done;
    if (drawing) pieces.back().push_back(line[i + 1]);
  }
  return pieces;
}

}  // namespace unroll::lessons
