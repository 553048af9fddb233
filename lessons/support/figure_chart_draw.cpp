// A chart on a canvas: axes, then the marks from the back to the front, then the legend. The marks
// themselves are in figure_chart_bars.cpp and figure_chart_marks.cpp.
#include <algorithm>
#include <cmath>

#include "lessons/support/figure_chart.h"
#include "lessons/support/figure_names.h"

namespace unroll::lessons {

namespace {

constexpr double kFarAway = 1e4;  // points; keeps what is outside the page at a sane distance
constexpr double kLeastMargin = 8;
constexpr double kPointsPerYTick = 42;

std::vector<double> y_ticks(const Scale& scale, double panel_height) {
  return ticks(scale, static_cast<int>(panel_height / kPointsPerYTick));
}

/// As many ticks as can be labelled within `width`, at most 10.
std::vector<double> x_ticks(const Scale& scale, double width) {
  for (int most = 10;; --most) {
    const std::vector<double> found = ticks(scale, most);
    double used = 0;
    for (const std::string& label : tick_labels(found, scale.log))
      used += text_width(label, kTickSize) + 16;
    if (used <= width || most <= 2) return found;
  }
}

double widest(const std::vector<std::string>& labels) {
  double width = 0;
  for (const std::string& label : labels) width = std::max(width, text_width(label, kTickSize));
  return width;
}

}  // namespace

Point Frame::at(double x_value, double y_value) const {
  const double across = area.left + x.position(x_value) * area.width();
  const double up = area.bottom - y.position(y_value) * area.height();
  return {std::clamp(across, -kFarAway, kFarAway), std::clamp(up, -kFarAway, kFarAway)};
}

bool Frame::drawable(double x_value, double y_value) const {
  return DataRange(x.log).drawable(x_value) && DataRange(y.log).drawable(y_value);
}

Margins Chart::margins(const Axes& axes, double width, double height) const {
  Margins margins{.top = kTickSize / 2, .right = kLeastMargin};
  const Scale y = y_scale(axes), x = x_scale(axes.x);
  margins.left = label_room(axes.y) + widest(tick_labels(y_ticks(y, height), y.log)) + kAxisGap + 2;
  margins.bottom = label_room(axes.x) + kAxisGap;
  const double inner = width - margins.left - margins.right;
  if (categories_.empty()) {
    const std::vector<std::string> labels = tick_labels(x_ticks(x, inner), x.log);
    margins.bottom += kTickSize;
    if (!labels.empty())
      margins.right = std::max(margins.right, text_width(labels.back(), kTickSize) / 2 + 2);
  } else {
    const NameRow names(categories_, inner / static_cast<double>(slots()));
    margins.bottom += names.height();
    margins.left = std::max(margins.left, names.overhang());
  }
  return margins;
}

void Chart::draw(Canvas& canvas, const Axes& axes, const Box& panel, const Box& area) const {
  draw_all_but_legend(canvas, axes, panel, area);
  const Legend inside(legend_, 0.45 * area.width(), area.height());
  if (inside.empty()) return;
  if (const std::optional<Point> place = inside.free_place(canvas, area)) {
    inside.draw(canvas, *place);
    return;
  }
  // No room inside: once more, narrower, with the legend to the right.
  const Legend legend(legend_, 0.25 * area.width(), area.height());
  canvas.fill(panel, kWhite);
  Box narrow = area;
  narrow.right -= legend.width() + kLeastMargin;
  draw_all_but_legend(canvas, axes, panel, narrow);
  legend.draw(canvas, {narrow.right + kLeastMargin, narrow.top});
}

void Chart::draw_all_but_legend(Canvas& canvas, const Axes& axes, const Box& panel,
                                const Box& area) const {
  const Frame frame{area, x_scale(axes.x), y_scale(axes)};
  draw_axes(canvas, frame, panel.height());
  draw_axis_labels(canvas, axes, panel, area);
  // Half a line's width may stand out over the axes.
  canvas.clip(area.grown(1));
  for (const BandSeries& band : bands_) draw_band(canvas, frame, band);
  draw_histograms(canvas, frame);
  draw_bars(canvas, frame);
  draw_bar_values(canvas, frame);
  for (const ReferenceLine& reference : references_) draw_reference(canvas, frame, reference);
  for (const LineSeries& line : lines_) draw_line(canvas, frame, line);
  canvas.clip(area.grown(4));
  for (const PointSeries& points : points_) draw_points(canvas, frame, points);
  for (const PointSeries& points : points_) draw_point_names(canvas, frame, points);
  canvas.clip(area);
  for (const ReferenceLine& reference : references_) draw_reference_label(canvas, frame, reference);
  if (empty())
    canvas.text("no data", area.center(),
                {.color = kQuietInk, .align = Align::kMiddle, .anchor = Anchor::kMiddle});
  canvas.clip(canvas.page());
}

void Chart::draw_axes(Canvas& canvas, const Frame& frame, double panel_height) const {
  const Box& area = frame.area;
  const Pen grid{.color = kGrid, .width = 0.5};
  const Pen axis{.color = kQuietInk, .width = 0.5};

  const std::vector<double> rows = y_ticks(frame.y, panel_height);
  const std::vector<std::string> row_labels = tick_labels(rows, frame.y.log);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double y = area.bottom - frame.y.position(rows[i]) * area.height();
    canvas.rule({area.left, y}, {area.right, y}, grid);
    canvas.text(row_labels[i], {area.left - kAxisGap, y},
                {.size = kTickSize, .align = Align::kEnd, .anchor = Anchor::kMiddle});
  }

  if (categories_.empty()) {
    const std::vector<double> columns = x_ticks(frame.x, area.width());
    const std::vector<std::string> column_labels = tick_labels(columns, frame.x.log);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const double x = area.left + frame.x.position(columns[i]) * area.width();
      if (bars_.empty()) canvas.rule({x, area.top}, {x, area.bottom}, grid);
      canvas.rule({x, area.bottom}, {x, area.bottom + 3}, axis);
      canvas.text(column_labels[i], {x, area.bottom + kAxisGap + 1},
                  {.size = kTickSize, .align = Align::kMiddle, .anchor = Anchor::kTop});
    }
  } else {
    NameRow(categories_, area.width() / static_cast<double>(slots()))
        .draw(canvas, area.left, area.bottom + kAxisGap + 1);
  }
  canvas.rule({area.left, area.bottom}, {area.right, area.bottom}, axis);
  canvas.rule({area.left, area.top}, {area.left, area.bottom}, axis);
  if (frame.y.position(0) > 0 && frame.y.position(0) < 1 && !bars_.empty())
    canvas.rule(frame.at(frame.x.range.low, 0), frame.at(frame.x.range.high, 0), axis);
}

}  // namespace unroll::lessons
