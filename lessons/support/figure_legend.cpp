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
}

std::vector<double> bar_ticks(const ColorScale& scale, double height) {
  return linear_ticks(scale.range, static_cast<int>(height / 30));
}

}  // namespace

Legend::Legend(std::vector<LegendEntry> entries, double longest, double tallest)
    : entries_(std::move(entries)) {
  const auto fitting =
      static_cast<std::size_t>(std::max(2.0, (tallest - 2 * kPadding) / kRowHeight));
  if (entries_.size() > fitting) {
    const std::size_t rest = entries_.size() - fitting + 1;
    entries_.resize(fitting - 1);
    entries_.push_back({concat_message("… and ", rest, " more"), kWhite});
  }
  for (LegendEntry& entry : entries_)
    entry.label = shorten(entry.label, Face::kSans, kLabelSize, longest);
}

double Legend::width() const {
  double widest = 0;
  for (const LegendEntry& entry : entries_)
    widest = std::max(widest, text_width(entry.label, kLabelSize));
  return 2 * kPadding + kSampleWidth + kSampleGap + widest;
}

double Legend::height() const {
  return 2 * kPadding + kRowHeight * static_cast<double>(entries_.size());
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
  double y = top_left.y + kPadding + kRowHeight / 2;
  for (const LegendEntry& entry : entries_) {
    draw_sample(canvas, entry, {top_left.x + kPadding, y});
    canvas.text(entry.label, {top_left.x + kPadding + kSampleWidth + kSampleGap, y},
                {.size = kLabelSize, .anchor = Anchor::kMiddle});
    y += kRowHeight;
  }
}

void draw_where_free(Canvas& canvas, const std::string& text, const Lettering& lettering,
                     const std::vector<Point>& places) {
  const double width = text_width(text, lettering.size);
  const double height = kCapHeight * lettering.size;
  const auto box_at = [&](Point place) {
    const double left = lettering.align == Align::kStart    ? place.x
                        : lettering.align == Align::kMiddle ? place.x - width / 2
                                                            : place.x - width;
    return Box{left, place.y - height / 2, left + width, place.y + height / 2}.grown(1.5);
  };
  std::optional<Point> best;
  double least = 0;
  for (const Point& place : places) {
    const double ink = canvas.ink(box_at(place));
    if (!best || ink < least - 1e-4) {
      best = place;
      least = ink;
    }
  }
  if (!best) return;
  Lettering centred = lettering;
  centred.anchor = Anchor::kMiddle;
  canvas.fill(box_at(*best), kWhite, 0.7);
  canvas.text(text, *best, centred);
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
  write(format_number(scale.range.low));
  draw_gradient(canvas, scale, {x, y - kBarThickness / 2, x + kLength, y + kBarThickness / 2},
                false);
  x += kLength + kAxisGap;
  write(format_number(scale.range.high));
}

}  // namespace unroll::lessons
