#include "lessons/support/figure_legend.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "lessons/support/figure_plot.h"
#include "lessons/support/text_wrap.h"

namespace unroll::lessons {

namespace {

constexpr double kSampleWidth = 20;
constexpr double kSampleGap = 6;
constexpr double kRowHeight = 15;
constexpr double kPadding = 4;
constexpr double kBarThickness = 9;

/// A legend may hide this share of ink before it is moved out of the plot.
constexpr double kTolerableInk = 0.003;

void draw_sample(Canvas& canvas, const LegendEntry& entry, Point left_middle) {
  const Point right{left_middle.x + kSampleWidth, left_middle.y};
  const Point middle{left_middle.x + kSampleWidth / 2, left_middle.y};
  switch (entry.sample) {
    case LegendEntry::Sample::kArea:
      canvas.fill(Box{left_middle.x + 4, middle.y - 4, right.x - 4, middle.y + 4}, entry.color);
      break;
    case LegendEntry::Sample::kLine:
    case LegendEntry::Sample::kDashedLine: {
      const Point ends[] = {left_middle, right};
      canvas.stroke(ends, {.color = entry.color,
                           .width = 1.8,
                           .dashed = entry.sample == LegendEntry::Sample::kDashedLine});
      break;
    }
    case LegendEntry::Sample::kMark:
      break;
  }
  if (entry.mark) canvas.mark(*entry.mark, middle, 6, entry.color);
}

void draw_gradient(Canvas& canvas, const ColorScale& scale, const Box& box, bool upright) {
  const double length = upright ? box.height() : box.width();
  const int steps = static_cast<int>(length * Canvas::kPixelsPerPoint);
  for (int i = 0; i < steps; ++i) {
    const double from = length * i / steps, to = length * (i + 1) / steps;
    const Box strip = upright ? Box{box.left, box.bottom - to, box.right, box.bottom - from}
                              : Box{box.left + from, box.top, box.left + to, box.bottom};
    canvas.fill_whole_pixels(strip, map_color(scale.map, (i + 0.5) / steps));
  }
  draw_frame(canvas, box);
}

std::vector<double> bar_ticks(const ColorScale& scale, double height) {
  return linear_ticks(scale.range, std::min(static_cast<int>(height / 30), 7));
}

}  // namespace

double Legend::Row::height() const {
  return kRowHeight + kLineSpacing * kLabelSize * static_cast<double>(lines.size() - 1);
}

Legend::Legend(const std::vector<LegendEntry>& entries, double longest, double tallest) {
  for (const LegendEntry& entry : entries)
    rows_.push_back({entry, wrap(entry.label, Face::kSans, kLabelSize, longest)});
  if (height() <= tallest) return;
  // One more for the row that says how many there are beyond.
  while (rows_.size() > 1 && height() + kRowHeight > tallest) rows_.pop_back();
  Row rest;
  rest.entry.color = kWhite;
  rest.lines.push_back(concat_message("… and ", entries.size() - rows_.size(), " more"));
  rows_.push_back(std::move(rest));
}

double Legend::width() const {
  double widest = 0;
  for (const Row& row : rows_)
    for (const std::string& line : row.lines)
      widest = std::max(widest, text_width(line, kLabelSize));
  return 2 * kPadding + kSampleWidth + kSampleGap + widest;
}

double Legend::height() const {
  double height = 2 * kPadding;
  for (const Row& row : rows_) height += row.height();
  return height;
}

std::optional<Point> Legend::free_place(const Canvas& canvas, const Box& area) const {
  constexpr double kInset = 5;
  const double room_x = area.width() - width() - 2 * kInset;
  const double room_y = area.height() - height() - 2 * kInset;
  if (room_x < 0 || room_y < 0) return {};
  std::optional<Point> best;
  double least = kTolerableInk;
  for (const double down : {0.0, 1.0, 0.5, 0.25, 0.75}) {
    for (const double across : {1.0, 0.0, 0.5, 0.25, 0.75}) {
      const Point place{area.left + kInset + across * room_x, area.top + kInset + down * room_y};
      const double ink =
          canvas.ink(Box{place.x, place.y, place.x + width(), place.y + height()}.grown(2));
      if (ink < least) {
        least = ink;
        best = place;
      }
    }
  }
  return best;
}

void Legend::draw(Canvas& canvas, Point top_left) const {
  canvas.fill(Box{top_left.x, top_left.y, top_left.x + width(), top_left.y + height()}, kWhite,
              0.85);
  double top = top_left.y + kPadding;
  for (const Row& row : rows_) {
    double y = top + kRowHeight / 2;
    draw_sample(canvas, row.entry, {top_left.x + kPadding, y});
    for (const std::string& line : row.lines) {
      canvas.text(line, {top_left.x + kPadding + kSampleWidth + kSampleGap, y},
                  {.size = kLabelSize, .anchor = Anchor::kMiddle});
      y += kLineSpacing * kLabelSize;
    }
    top += row.height();
  }
}

void draw_where_free(Canvas& canvas, const Box& within, const std::string& text, Color color,
                     const std::vector<TextPlace>& places) {
  const double width = text_width(text, kNoteSize), height = kCapHeight * kNoteSize;
  const auto box_at = [&](const TextPlace& place) {
    const double across = (place.degrees == 0 ? width : height) / 2;
    const double down = (place.degrees == 0 ? height : width) / 2;
    return Box{place.middle.x - across, place.middle.y - down, place.middle.x + across,
               place.middle.y + down}
        .grown(1.5);
  };
  const TextPlace* best = nullptr;
  double least = 0;
  for (const TextPlace& place : places) {
    const Box box = box_at(place);
    if (box.left < within.left || box.right > within.right || box.top < within.top ||
        box.bottom > within.bottom)
      continue;
    const double ink = canvas.ink(box);
    if (!best || ink < least) {
      best = &place;
      least = ink;
    }
  }
  if (!best) return;
  canvas.fill(box_at(*best), kWhite, 0.7);
  canvas.text(text, best->middle,
              {.size = kNoteSize,
               .color = color,
               .align = Align::kMiddle,
               .anchor = Anchor::kMiddle,
               .degrees = best->degrees});
}

void draw_frame(Canvas& canvas, const Box& box) {
  const Pen pen{.color = kQuietInk, .width = 0.5};
  canvas.rule({box.left, box.top}, {box.right, box.top}, pen);
  canvas.rule({box.left, box.bottom}, {box.right, box.bottom}, pen);
  canvas.rule({box.left, box.top}, {box.left, box.bottom}, pen);
  canvas.rule({box.right, box.top}, {box.right, box.bottom}, pen);
}

ColorScale::ColorScale(ColorMap map_, std::span<const double> values, std::optional<double> low,
                       std::optional<double> high)
    : map(map_) {
  DataRange data(false);
  data.add(values);
  range = data.padded(0, 0);
  if (map == ColorMap::kDiverging) {
    const double largest = data.empty() ? 1 : std::max(std::abs(range.low), std::abs(range.high));
    range = {-largest, largest};
  }
  range = {low.value_or(range.low), high.value_or(range.high)};
  require(range.low < range.high, "figure: the colours go from ", range.low, " to ", range.high,
          "; expected low < high");
}

Color ColorScale::color(double value) const {
  if (std::isnan(value)) return kMissing;
  return map_color(map, Scale{range}.position(value));
}

double upright_bar_width(const ColorScale& scale, const std::string& label, double height) {
  double widest = 0;
  for (const std::string& tick : tick_labels(bar_ticks(scale, height), false))
    widest = std::max(widest, text_width(tick, kTickSize));
  return kBarThickness + kAxisGap + widest + (label.empty() ? 0 : kLabelGap + kLabelSize);
}

void draw_upright_bar(Canvas& canvas, const ColorScale& scale, const std::string& label, Box box) {
  const Box bar{box.left, box.top, box.left + kBarThickness, box.bottom};
  draw_gradient(canvas, scale, bar, true);
  const std::vector<double> ticks = bar_ticks(scale, box.height());
  const std::vector<std::string> names = tick_labels(ticks, false);
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double y = bar.bottom - Scale{scale.range}.position(ticks[i]) * bar.height();
    canvas.rule({bar.right, y}, {bar.right + 3, y}, {.color = kQuietInk, .width = 0.5});
    canvas.text(names[i], {bar.right + kAxisGap, y},
                {.size = kTickSize, .anchor = Anchor::kMiddle});
  }
  const double right = box.left + upright_bar_width(scale, label, box.height());
  canvas.text(
      label, {right - kLabelSize / 2, box.center().y},
      {.size = kLabelSize, .align = Align::kMiddle, .anchor = Anchor::kMiddle, .degrees = 90});
}

void draw_lying_bar(Canvas& canvas, const ColorScale& scale, const std::string& label,
                    Point top_left) {
  constexpr double kLength = 120;
  const double y = top_left.y + kLyingBarHeight / 2;
  const Lettering lettering{.size = kNoteSize, .color = kQuietInk, .anchor = Anchor::kMiddle};
  double x = top_left.x;
  const auto write = [&](const std::string& text) {
    canvas.text(text, {x, y}, lettering);
    x += text_width(text, kNoteSize) + kAxisGap;
  };
  if (!label.empty()) write(label + "  ");
  const double ends[] = {scale.range.low, scale.range.high};
  const std::vector<std::string> numbers = value_labels(ends);
  write(numbers[0]);
  draw_gradient(canvas, scale, {x, y - kBarThickness / 2, x + kLength, y + kBarThickness / 2},
                false);
  x += kLength + kAxisGap;
  write(numbers[1]);
}

}  // namespace unroll::lessons
