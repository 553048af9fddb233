// Outlines of the shapes that a canvas draws.
#pragma once

#include <span>
#include <vector>

#include "lessons/support/canvas.h"

namespace unroll::lessons {

Contour rectangle(const Box& box);

Contour mark_outline(Mark shape, Point center, double diameter);

/// Adds the outline of a line of `width`: a rectangle for each piece and a disc where two meet at
/// an angle or the line ends. All contours run the same way, so that filled together they make up
/// one even area.
void append_stroke(std::span<const Point> line, double width, std::vector<Contour>& contours);

/// Cuts a line into dashes of length `dash` with gaps of length `gap`.
std::vector<Contour> dashes(std::span<const Point> line, double dash, double gap);

}  // namespace unroll::lessons
