// Bars and histograms: the marks of a chart that share the width of the axis among them.
#include <algorithm>
#include <cmath>

#include "lessons/support/figure_chart.h"

namespace unroll::lessons {

namespace {

/// Where bars stand.
double bar_base(const Frame& frame) { return frame.y.log ? frame.area.bottom : frame.at(0, 0).y; }

}  // namespace

double Chart::bar_width(const Frame& frame) const {
  const double slot = frame.at(1, 0).x - frame.at(0, 0).x;
  return slot * std::min(0.8 / static_cast<double>(bars_.size()), 0.55);
}

double Chart::bar_middle(const Frame& frame, std::size_t series, std::size_t group) const {
  const double before = static_cast<double>(series) - static_cast<double>(bars_.size()) / 2 + 0.5;
  return frame.at(static_cast<double>(group), 0).x + before * bar_width(frame);
}

void Chart::draw_bars(Canvas& canvas, const Frame& frame) const {
  const double width = bar_width(frame);
  const double base = bar_base(frame);
  const Pen pen{.color = kInk, .width = 1};
  for (std::size_t s = 0; s < bars_.size(); ++s) {
    const BarSeries& series = bars_[s];
    for (std::size_t i = 0; i < series.heights.size(); ++i) {
      if (!frame.drawable(0, series.heights[i])) continue;
      const double middle = bar_middle(frame, s, i);
      const double top = frame.at(0, series.heights[i]).y;
      canvas.fill_whole_pixels(
          {middle - 0.46 * width, std::min(top, base), middle + 0.46 * width, std::max(top, base)},
          series.color);
      if (series.errors.empty() || !std::isfinite(series.errors[i])) continue;
      const double high = frame.at(0, series.heights[i] + series.errors[i]).y;
      const double below = series.heights[i] - series.errors[i];
      const double low = frame.drawable(0, below) ? frame.at(0, below).y : base;
      const double cap = std::min(4.0, width / 4);
      canvas.rule({middle, low}, {middle, high}, pen);
      canvas.rule({middle - cap, low}, {middle + cap, low}, pen);
      canvas.rule({middle - cap, high}, {middle + cap, high}, pen);
    }
  }
}

void Chart::draw_bar_values(Canvas& canvas, const Frame& frame) const {
  constexpr double kSmallest = 5.5;  // size of type that can still be read
  constexpr double kGap = 3;         // between a bar and its value
  Values all;
  for (const BarSeries& series : bars_)
    if (series.values) all.insert(all.end(), series.heights.begin(), series.heights.end());
  const std::vector<std::string> labels = value_labels(all);
  const double base = bar_base(frame);
  double size = kNoteSize;
  for (const std::string& label : labels)
    size = std::min(size, (bar_width(frame) - 2) / text_width(label, 1));
  if (size < kSmallest) return;
  std::size_t next = 0;
  for (std::size_t s = 0; s < bars_.size(); ++s) {
    const BarSeries& series = bars_[s];
    if (!series.values) continue;
    for (std::size_t i = 0; i < series.heights.size(); ++i) {
      const std::string& label = labels[next++];
      const double height = series.heights[i];
      if (!frame.drawable(0, height)) {  // a dash where there is no bar
        canvas.text(label, {bar_middle(frame, s, i), base - kGap},
                    {.size = size, .color = kQuietInk, .align = Align::kMiddle});
        continue;
      }
      double end = height;  // of the bar or its error bar
      if (!series.errors.empty() && std::isfinite(series.errors[i]))
        end += height < 0 ? -series.errors[i] : series.errors[i];
      canvas.text(label,
                  {bar_middle(frame, s, i), frame.at(0, end).y + (height < 0 ? kGap : -kGap)},
                  {.size = size,
                   .align = Align::kMiddle,
                   .anchor = height < 0 ? Anchor::kTop : Anchor::kBaseline});
    }
  }
}

void Chart::draw_histograms(Canvas& canvas, const Frame& frame) const {
  const std::vector<double> edges = histogram_edges(frame.x.log);
  for (const HistogramSeries& histogram : histograms_) {
    const std::vector<double> counts = bin_counts(histogram, edges);
    const auto height = [&](double count) {
      return DataRange(frame.y.log).drawable(count) ? frame.at(edges[0], count).y
                                                    : frame.area.bottom;
    };
    // Each run of bins that are not empty is one outline.
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
      if (counts[bin] == 0) continue;
      Contour outline{{frame.at(edges[bin], 1).x, height(0)}};
      for (; bin < counts.size() && counts[bin] > 0; ++bin) {
        outline.push_back({frame.at(edges[bin], 1).x, height(counts[bin])});
        outline.push_back({frame.at(edges[bin + 1], 1).x, height(counts[bin])});
      }
      outline.push_back({outline.back().x, height(0)});
      canvas.fill({&outline, 1}, histogram.color, 0.35);
      canvas.stroke(outline, {.color = histogram.color, .width = 1.2});
    }
  }
}

}  // namespace unroll::lessons
