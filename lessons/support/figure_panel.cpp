#include "lessons/support/figure_panel.h"

#include <cmath>
#include <utility>

#include "engine/error.h"
#include "lessons/support/figure_chart.h"
#include "lessons/support/figure_heat_map.h"
#include "lessons/support/figure_text.h"

namespace unroll::lessons {

namespace {

/// The panel's plot as a `Kind`, made when there is none yet.
template <class Kind>
Kind& plot_as(std::unique_ptr<Plot>& plot) {
  if (!plot) plot = std::make_unique<Kind>();
  auto* const found = dynamic_cast<Kind*>(plot.get());
  require(found != nullptr,
          "figure: a panel holds either a chart or a heat map or text; use another panel");
  return *found;
}

void require_drawable(const AxisSettings& axis) {
  if (!axis.log || !axis.range) return;
  require(axis.range->low > 0, "figure: a log axis from ", axis.range->low,
          "; expected a number above 0");
}

void set_range(AxisSettings& axis, double low, double high) {
  require(std::isfinite(low) && std::isfinite(high) && low < high, "figure: an axis from ", low,
          " to ", high, "; expected low < high, both finite");
  axis.range = Range{low, high};
  require_drawable(axis);
}

void set_log(AxisSettings& axis) {
  axis.log = true;
  require_drawable(axis);
}

Values counted(std::size_t length) {
  Values numbers;
  for (std::size_t i = 0; i < length; ++i) numbers.push_back(static_cast<double>(i));
  return numbers;
}

}  // namespace

Panel::Panel() : axes_(std::make_unique<Axes>()) {}
Panel::Panel(Panel&&) noexcept = default;
Panel& Panel::operator=(Panel&&) noexcept = default;
Panel::~Panel() = default;

Chart& Panel::chart() { return plot_as<Chart>(plot_); }
TextBlocks& Panel::text_blocks() { return plot_as<TextBlocks>(plot_); }

Panel& Panel::title(std::string text) {
  title_ = std::move(text);
  return *this;
}

Panel& Panel::x_label(std::string text) {
  axes_->x.label = std::move(text);
  return *this;
}

Panel& Panel::y_label(std::string text) {
  axes_->y.label = std::move(text);
  return *this;
}

Panel& Panel::x_log() {
  set_log(axes_->x);
  return *this;
}

Panel& Panel::y_log() {
  set_log(axes_->y);
  return *this;
}

Panel& Panel::x_range(double low, double high) {
  set_range(axes_->x, low, high);
  return *this;
}

Panel& Panel::y_range(double low, double high) {
  set_range(axes_->y, low, high);
  return *this;
}

Panel& Panel::line(Values x, Values y, LineStyle style) {
  chart().add_line(std::move(x), std::move(y), style);
  return *this;
}

Panel& Panel::series(Values y, LineStyle style) {
  Values x = counted(y.size());
  return line(std::move(x), std::move(y), std::move(style));
}

Panel& Panel::band(Values x, Values low, Values high, BandStyle style) {
  chart().add_band(std::move(x), std::move(low), std::move(high), style);
  return *this;
}

Panel& Panel::line_with_band(Values x, Values mean, Values deviation, LineStyle style) {
  chart().add_line_with_band(std::move(x), std::move(mean), std::move(deviation), style);
  return *this;
}

Panel& Panel::categories(Names names) {
  chart().set_categories(std::move(names));
  return *this;
}

Panel& Panel::bars(Values heights, BarStyle style) {
  chart().add_bars(std::move(heights), style);
  return *this;
}

Panel& Panel::scatter(Values x, Values y, ScatterStyle style) {
  chart().add_scatter(std::move(x), std::move(y), style);
  return *this;
}

Panel& Panel::histogram(Values samples, HistogramStyle style) {
  chart().add_histogram(std::move(samples), style);
  return *this;
}

Panel& Panel::horizontal(double y, ReferenceStyle style) {
  chart().add_reference(y, true, style);
  return *this;
}

Panel& Panel::vertical(double x, ReferenceStyle style) {
  chart().add_reference(x, false, style);
  return *this;
}

Panel& Panel::heat_map(Values values, int rows, int columns, HeatMapStyle style) {
  require(!plot_, "figure: heat_map: this panel already holds something; use another panel");
  plot_ = std::make_unique<HeatMap>(std::move(values), rows, columns, std::move(style));
  return *this;
}

Panel& Panel::text(const std::string& text, TextStyle style) {
  text_blocks().add(plain_block(text, style));
  return *this;
}

Panel& Panel::colored_text(const Names& pieces, const Values& values, ColoredTextStyle style) {
  text_blocks().add(colored_block(pieces, values, style));
  return *this;
}

Panel& Panel::tagged_text(const Names& pieces, const std::vector<int>& classes,
                          const Names& class_names, TaggedTextStyle style) {
  text_blocks().add(tagged_block(pieces, classes, class_names, style));
  return *this;
}

}  // namespace unroll::lessons
