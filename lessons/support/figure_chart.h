// The chart: lines, bands, bars, points, histograms and reference lines on two axes.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/figure_legend.h"
#include "lessons/support/figure_panel.h"
#include "lessons/support/figure_plot.h"

namespace unroll::lessons {

// One struct a kind, with its colour settled.

struct LineSeries {
  Values x, y;
  Color color;
  Mark mark;  // at each point if `markers`
  bool dashed, markers;
  double width;
};

struct BandSeries {
  Values x, low, high;
  Color color;
};

struct BarSeries {
  Values heights, errors;
  Color color;
  bool values;
};

struct PointSeries {
  Values x, y;
  Names names;
  Color color;
  Mark mark;
  double size;
};

struct HistogramSeries {
  Values samples;
  Color color;
  int bins;
};

struct ReferenceLine {
  double at;
  bool is_horizontal;
  std::string label;
  Color color;
};

/// The plotted area with its two scales.
struct Frame {
  Box area;
  Scale x, y;

  Point at(double x_value, double y_value) const;
  bool drawable(double x_value, double y_value) const;
};

class Chart : public Plot {
 public:
  void add_line(Values x, Values y, const LineStyle& style);
  void add_band(Values x, Values low, Values high, const BandStyle& style);
  void add_line_with_band(Values x, Values mean, Values deviation, const LineStyle& style);
  void add_bars(Values heights, const BarStyle& style);
  void add_scatter(Values x, Values y, const ScatterStyle& style);
  void add_histogram(Values samples, const HistogramStyle& style);
  void add_reference(double at, bool is_horizontal, const ReferenceStyle& style);
  void set_categories(Names names) { categories_ = std::move(names); }

  double preferred_height(const Axes&, double, double usual) const override { return usual; }
  Margins margins(const Axes& axes, double width, double height) const override;
  void draw(Canvas& canvas, const Axes& axes, const Box& panel, const Box& area) const override;

 private:
  /// The colour that a style asks for, or the next of the palette.
  Color next_color(const std::optional<Color>& wanted);
  Mark next_mark() const;

  /// How many slots the bars and their categories take along the x axis.
  std::size_t slots() const;
  bool empty() const;
  TickRule x_tick_rule(bool log) const;
  Scale x_scale(const AxisSettings& settings) const;
  Scale y_scale(const Axes& axes) const;
  std::vector<double> histogram_edges(bool log) const;
  std::vector<double> bin_counts(const HistogramSeries& series,
                                 const std::vector<double>& edges) const;

  void draw_all_but_legend(Canvas& canvas, const Axes& axes, const Box& panel,
                           const Box& area) const;
  void draw_axes(Canvas& canvas, const Frame& frame, double panel_height) const;
  void draw_bars(Canvas& canvas, const Frame& frame) const;
  void draw_bar_values(Canvas& canvas, const Frame& frame) const;
  double bar_width(const Frame& frame) const;
  double bar_middle(const Frame& frame, std::size_t series, std::size_t group) const;
  void draw_histograms(Canvas& canvas, const Frame& frame) const;

  std::vector<LineSeries> lines_;
  std::vector<BandSeries> bands_;
  std::vector<BarSeries> bars_;
  std::vector<PointSeries> points_;
  std::vector<HistogramSeries> histograms_;
  std::vector<ReferenceLine> references_;
  Names categories_;
  std::vector<LegendEntry> legend_;
  std::size_t colors_used_ = 0;
};

// How each kind is drawn; clipping is up to the caller.
void draw_band(Canvas& canvas, const Frame& frame, const BandSeries& band);
void draw_line(Canvas& canvas, const Frame& frame, const LineSeries& line);
void draw_points(Canvas& canvas, const Frame& frame, const PointSeries& points);
void draw_point_names(Canvas& canvas, const Frame& frame, const PointSeries& points);
void draw_reference(Canvas& canvas, const Frame& frame, const ReferenceLine& reference);
void draw_reference_label(Canvas& canvas, const Frame& frame, const ReferenceLine& reference);

}  // namespace unroll::lessons
