// How the marks of a chart that need no knowledge of each other are drawn.
#include <algorithm>

#include "lessons/support/figure_chart.h"

namespace unroll::lessons {

void draw_band(Canvas& canvas, const Frame& frame, const BandSeries& band) {
  constexpr double kOpacity = 0.2;
  Contour upper, lower;
  const auto fill_run = [&] {
    upper.insert(upper.end(), lower.rbegin(), lower.rend());
    canvas.fill({&upper, 1}, band.color, kOpacity);
    upper.clear();
    lower.clear();
  };
  for (std::size_t i = 0; i < band.x.size(); ++i) {
    if (frame.drawable(band.x[i], band.low[i]) && frame.drawable(band.x[i], band.high[i])) {
      upper.push_back(frame.at(band.x[i], band.high[i]));
      lower.push_back(frame.at(band.x[i], band.low[i]));
    } else {
      fill_run();
    }
  }
  fill_run();
}

void draw_line(Canvas& canvas, const Frame& frame, const LineSeries& line) {
  const Pen pen{.color = line.color, .width = line.width, .dashed = line.dashed};
  std::vector<Point> run;
  const auto stroke_run = [&] {
    // A point between two gaps would not be seen as a line.
    if (run.size() == 1 && !line.markers)
      canvas.mark(Mark::kDisc, run[0], 2.5 * line.width, line.color);
    canvas.stroke(run, pen);
    if (line.markers)
      for (const Point& point : run) canvas.mark(line.mark, point, 3.6 * line.width, line.color);
    run.clear();
  };
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (frame.drawable(line.x[i], line.y[i])) {
      run.push_back(frame.at(line.x[i], line.y[i]));
    } else {
      stroke_run();
    }
  }
  stroke_run();
}

void draw_points(Canvas& canvas, const Frame& frame, const PointSeries& points) {
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    if (!frame.drawable(points.x[i], points.y[i])) continue;
    const Point place = frame.at(points.x[i], points.y[i]);
    canvas.mark(points.mark, place, points.size + 1.2, kWhite);  // keeps neighbours apart
    canvas.mark(points.mark, place, points.size, points.color);
  }
}

void draw_point_names(Canvas& canvas, const Frame& frame, const PointSeries& points) {
  const double away = points.size / 2 + 3;
  for (std::size_t i = 0; i < points.names.size(); ++i) {
    if (!frame.drawable(points.x[i], points.y[i])) continue;
    const Point place = frame.at(points.x[i], points.y[i]);
    const double half = text_width(points.names[i], kNoteSize) / 2 + away;
    draw_where_free(canvas, frame.area, points.names[i], kInk,
                    {{{place.x + half, place.y}},
                     {{place.x - half, place.y}},
                     {{place.x, place.y - away - 3}},
                     {{place.x, place.y + away + 3}}});
  }
}

void draw_reference(Canvas& canvas, const Frame& frame, const ReferenceLine& reference) {
  const Pen pen{.color = reference.color, .width = 1, .dashed = true};
  const auto& [x, y] = std::pair(frame.x, frame.y);
  if (reference.is_horizontal && frame.drawable(x.range.low, reference.at))
    canvas.rule(frame.at(x.range.low, reference.at), frame.at(x.range.high, reference.at), pen);
  if (!reference.is_horizontal && frame.drawable(reference.at, y.range.low))
    canvas.rule(frame.at(reference.at, y.range.low), frame.at(reference.at, y.range.high), pen);
}

void draw_reference_label(Canvas& canvas, const Frame& frame, const ReferenceLine& reference) {
  if (reference.label.empty()) return;
  const Box& area = frame.area;
  const double width = text_width(reference.label, kNoteSize);
  const double height = kCapHeight * kNoteSize;
  const double beside = height / 2 + 4;
  std::vector<TextPlace> places;
  if (reference.is_horizontal) {
    if (!frame.drawable(frame.x.range.low, reference.at)) return;
    const double y = frame.at(frame.x.range.low, reference.at).y;
    for (const double share : {1.0, 0.0, 0.75, 0.25, 0.5}) {
      const double x = area.left + 6 + width / 2 + share * (area.width() - width - 12);
      places.push_back({{x, y - beside}});
      places.push_back({{x, y + beside}});
    }
  } else {
    if (!frame.drawable(reference.at, frame.y.range.low)) return;
    const double x = frame.at(reference.at, frame.y.range.low).x;
    for (const double degrees : {0.0, 90.0}) {
      const double half_height = (degrees == 0 ? height : width) / 2 + 4;
      const double aside = degrees == 0 ? 5 + width / 2 : beside;
      for (const double share : {0.0, 1.0, 0.25, 0.75, 0.5}) {
        const double y = area.top + half_height + share * (area.height() - 2 * half_height);
        places.push_back({{x + aside, y}, degrees});
        places.push_back({{x - aside, y}, degrees});
      }
    }
  }
  draw_where_free(canvas, area, reference.label, reference.color, places);
}

}  // namespace unroll::lessons
