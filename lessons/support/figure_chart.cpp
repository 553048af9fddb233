// What a chart holds and how its axes follow from that; figure_chart_draw.cpp puts it on a canvas.
#include "lessons/support/figure_chart.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

void require_equal_lengths(const char* method, const char* first, std::size_t first_length,
                           const char* second, std::size_t second_length) {
  require(first_length == second_length, "figure: ", method, ": ", first, " has ", first_length,
          " values and ", second, " has ", second_length, "; expected as many");
}

}  // namespace

Color Chart::next_color(const std::optional<Color>& wanted) {
  return wanted ? *wanted : palette(colors_used_++);
}

Mark Chart::next_mark() const {
  constexpr Mark kMarks[] = {Mark::kDisc, Mark::kSquare, Mark::kTriangle, Mark::kDiamond};
  return kMarks[(lines_.size() + points_.size()) % std::size(kMarks)];
}

void Chart::add_line(Values x, Values y, const LineStyle& style) {
  require_equal_lengths("line", "x", x.size(), "y", y.size());
  // When the palette starts again, dashes tell the second round from the first.
  const bool second_round = !style.color && colors_used_ / kPaletteSize % 2 == 1;
  const bool dashed = style.dashed != second_round;
  const Color color = next_color(style.color);
  const Mark mark = next_mark();
  if (!style.label.empty()) {
    legend_.push_back({style.label, color,
                       dashed ? LegendEntry::Sample::kDashedLine : LegendEntry::Sample::kLine});
    if (style.markers) legend_.back().mark = mark;
  }
  lines_.push_back({std::move(x), std::move(y), color, mark, dashed, style.markers, style.width});
}

void Chart::add_band(Values x, Values low, Values high, const BandStyle& style) {
  require_equal_lengths("band", "x", x.size(), "low", low.size());
  require_equal_lengths("band", "x", x.size(), "high", high.size());
  const Color color = next_color(style.color);
  if (!style.label.empty())
    legend_.push_back({style.label, mix(kWhite, color, 0.35), LegendEntry::Sample::kArea});
  bands_.push_back({std::move(x), std::move(low), std::move(high), color});
}

void Chart::add_line_with_band(Values x, Values mean, Values deviation, const LineStyle& style) {
  require_equal_lengths("line_with_band", "mean", mean.size(), "deviation", deviation.size());
  Values low = mean, high = mean;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    low[i] -= deviation[i];
    high[i] += deviation[i];
  }
  add_line(x, std::move(mean), style);
  add_band(std::move(x), std::move(low), std::move(high), {.color = lines_.back().color});
}

void Chart::add_bars(Values heights, const BarStyle& style) {
  require(!heights.empty(), "figure: bars: no values");
  if (!style.errors.empty())
    require_equal_lengths("bars", "heights", heights.size(), "errors", style.errors.size());
  if (!bars_.empty())
    require_equal_lengths("bars", "the first series", bars_[0].heights.size(), "this one",
                          heights.size());
  const Color color = next_color(style.color);
  if (!style.label.empty()) legend_.push_back({style.label, color, LegendEntry::Sample::kArea});
  bars_.push_back({std::move(heights), style.errors, color, style.values});
}

void Chart::add_scatter(Values x, Values y, const ScatterStyle& style) {
  require_equal_lengths("scatter", "x", x.size(), "y", y.size());
  if (!style.names.empty())
    require_equal_lengths("scatter", "x", x.size(), "names", style.names.size());
  const std::vector<int>& classes = style.classes;
  if (!classes.empty()) require_equal_lengths("scatter", "x", x.size(), "classes", classes.size());
  const auto [lowest, highest] = std::minmax_element(classes.begin(), classes.end());
  require(classes.empty() || *lowest >= 0, "figure: scatter: a negative class");
  const int class_count = classes.empty() ? 1 : *highest + 1;
  require(style.class_names.empty() || static_cast<int>(style.class_names.size()) >= class_count,
          "figure: scatter: ", class_count, " classes and ", style.class_names.size(), " names");
  for (int c = 0; c < class_count; ++c) {
    PointSeries series{{}, {}, {}, next_color(style.color), next_mark(), style.size};
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!classes.empty() && classes[i] != c) continue;
      series.x.push_back(x[i]);
      series.y.push_back(y[i]);
      if (!style.names.empty()) series.names.push_back(style.names[i]);
    }
    const std::string& label =
        style.class_names.empty() ? style.label : style.class_names[static_cast<std::size_t>(c)];
    if (!label.empty())
      legend_.push_back({label, series.color, LegendEntry::Sample::kMark, series.mark});
    points_.push_back(std::move(series));
  }
}

void Chart::add_histogram(Values samples, const HistogramStyle& style) {
  require(style.bins >= 0 && style.bins <= 10000, "figure: histogram: ", style.bins,
          " bins; expected 1 to 10000, or 0 to choose");
  const Color color = next_color(style.color);
  if (!style.label.empty())
    legend_.push_back({style.label, mix(kWhite, color, 0.55), LegendEntry::Sample::kArea});
  histograms_.push_back({std::move(samples), color, style.bins});
}

void Chart::add_reference(double at, bool is_horizontal, const ReferenceStyle& style) {
  references_.push_back({at, is_horizontal, style.label, style.color.value_or(kQuietInk)});
}

std::size_t Chart::slots() const {
  return std::max(categories_.size(), bars_.empty() ? 0 : bars_[0].heights.size());
}

TickRule Chart::x_tick_rule(bool log) const {
  const auto suits = [log](double x) {
    int exponent = 0;
    return log ? std::frexp(x, &exponent) == 0.5 : x == std::floor(x);
  };
  // Only lines run over counts and sizes; the numbers of points and histograms are measured.
  if (lines_.empty() || !points_.empty() || !histograms_.empty()) return TickRule::kRound;
  for (const LineSeries& line : lines_)
    if (!std::all_of(line.x.begin(), line.x.end(), suits)) return TickRule::kRound;
  return log ? TickRule::kPowersOfTwo : TickRule::kWhole;
}

Scale Chart::x_scale(const AxisSettings& settings) const {
  if (settings.range) return {*settings.range, settings.log, x_tick_rule(settings.log)};
  if (slots() > 0) return {{-0.5, static_cast<double>(slots()) - 0.5}, false};
  DataRange data(settings.log);
  for (const LineSeries& line : lines_) data.add(line.x);
  for (const BandSeries& band : bands_) data.add(band.x);
  for (const PointSeries& points : points_) data.add(points.x);
  for (const HistogramSeries& histogram : histograms_) data.add(histogram.samples);
  for (const ReferenceLine& reference : references_)
    if (!reference.is_horizontal) data.add(reference.at);
  const double margin = points_.empty() ? 0.02 : 0.05;
  return {data.padded(margin, margin), settings.log, x_tick_rule(settings.log)};
}

Scale Chart::y_scale(const Axes& axes) const {
  if (axes.y.range) return {*axes.y.range, axes.y.log};
  DataRange data(axes.y.log);
  bool value_labels = false;
  for (const LineSeries& line : lines_) data.add(line.y);
  for (const PointSeries& points : points_) data.add(points.y);
  for (const BandSeries& band : bands_) {
    data.add(band.low);
    data.add(band.high);
  }
  for (const BarSeries& bars : bars_) {
    data.add(bars.heights);
    for (std::size_t i = 0; i < bars.errors.size(); ++i) {
      data.add(bars.heights[i] - bars.errors[i]);
      data.add(bars.heights[i] + bars.errors[i]);
    }
    value_labels = value_labels || bars.values;
  }
  const std::vector<double> edges = histogram_edges(axes.x.log);
  for (const HistogramSeries& histogram : histograms_) data.add(bin_counts(histogram, edges));
  for (const ReferenceLine& reference : references_)
    if (reference.is_horizontal) data.add(reference.at);
  const bool from_zero = !bars_.empty() || !histograms_.empty();
  if (from_zero) data.add(0.0);  // has no place on a log axis, and is then left out
  const double room = value_labels ? 0.1 : 0.05;
  Range range = data.padded(room, room);
  // Bars stand on the axis.
  if (from_zero && !data.empty() && !axes.y.log && data.padded(0, 0).low == 0) range.low = 0;
  return {range, axes.y.log};
}

std::vector<double> Chart::histogram_edges(bool log) const {
  DataRange data(log);
  std::size_t most = 0;
  int bins = 0;
  for (const HistogramSeries& histogram : histograms_) {
    data.add(histogram.samples);
    most = std::max(most, histogram.samples.size());
    bins = std::max(bins, histogram.bins);
  }
  if (data.empty()) return {};
  // Rice's rule, within what the eye can use.
  if (bins == 0)
    bins = std::clamp(static_cast<int>(2 * std::cbrt(static_cast<double>(most))), 5, 60);
  const auto [low, high] = data.padded(0, 0);
  std::vector<double> edges;
  for (int i = 0; i <= bins; ++i) {
    const double share = static_cast<double>(i) / bins;
    edges.push_back(log ? low * std::pow(high / low, share) : low + (high - low) * share);
  }
  edges.back() = high;
  return edges;
}

std::vector<double> Chart::bin_counts(const HistogramSeries& series,
                                      const std::vector<double>& edges) const {
  if (edges.empty()) return {};
  std::vector<double> counts(edges.size() - 1);
  for (const double sample : series.samples) {
    if (!(sample >= edges.front() && sample <= edges.back())) continue;
    const auto after = std::upper_bound(edges.begin(), edges.end(), sample);
    const auto bin = static_cast<std::size_t>(after - edges.begin()) - 1;
    counts[std::min(bin, counts.size() - 1)] += 1;
  }
  return counts;
}

bool Chart::empty() const {
  DataRange data(false);
  for (const LineSeries& line : lines_) data.add(line.y);
  for (const BandSeries& band : bands_) data.add(band.low);
  for (const PointSeries& points : points_) data.add(points.y);
  for (const BarSeries& bars : bars_) data.add(bars.heights);
  for (const HistogramSeries& histogram : histograms_) data.add(histogram.samples);
  for (const ReferenceLine& reference : references_) data.add(reference.at);
  return data.empty();
}

}  // namespace unroll::lessons
