#include "lessons/support/figure_heat_map.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/error.h"
#include "lessons/support/text_wrap.h"

namespace unroll::lessons {

namespace {

constexpr double kBarGap = 10;           // between the cells and the colour bar
constexpr double kUsualCell = 17;        // height of a cell, where there is a choice
constexpr double kLongestRowName = 130;  // longer names are cut

/// Numbers along an axis of `count` cells: every how many one is written, so that `most` fit.
int number_stride(int count, double most) {
  for (int power = 1;; power *= 10)
    for (const int factor : {1, 2, 5})
      if (count < most * factor * power) return factor * power;
}

}  // namespace

HeatMap::HeatMap(Values values, int rows, int columns, HeatMapStyle style)
    : values_(std::move(values)),
      rows_(rows),
      columns_(columns),
      style_(std::move(style)),
      scale_(style_.map, values_, style_.low, style_.high) {
  require(rows > 0 && columns > 0, "figure: heat_map: ", rows, " rows and ", columns,
          " columns; expected at least one of each");
  require(values_.size() == static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns),
          "figure: heat_map: ", values_.size(), " values for ", rows, " x ", columns, " cells");
  require(style_.row_labels.empty() || std::cmp_equal(style_.row_labels.size(), rows),
          "figure: heat_map: ", style_.row_labels.size(), " labels for ", rows, " rows");
  require(style_.column_labels.empty() || std::cmp_equal(style_.column_labels.size(), columns),
          "figure: heat_map: ", style_.column_labels.size(), " labels for ", columns, " columns");
}

std::size_t HeatMap::index(int row, int column) const {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
         static_cast<std::size_t>(column);
}

Box HeatMap::cell(const Box& area, int row, int column) const {
  const double width = area.width() / columns_, height = area.height() / rows_;
  return {area.left + column * width, area.top + row * height, area.left + (column + 1) * width,
          area.top + (row + 1) * height};
}

double HeatMap::left_margin(const Axes& axes, double width) const {
  double widest = text_width(std::to_string(rows_ - 1), kTickSize);
  for (const std::string& name : style_.row_labels)
    widest = std::max(widest, text_width(name, kTickSize));
  widest = std::min({widest, kLongestRowName, 0.4 * width});
  return label_room(axes.y) + widest + kAxisGap + 2;
}

double HeatMap::bottom_margin(const Axes& axes, double inner_width) const {
  const double names = style_.column_labels.empty()
                           ? kTickSize
                           : NameRow(style_.column_labels, inner_width / columns_).height();
  return label_room(axes.x) + kAxisGap + 1 + names;
}

Margins HeatMap::margins(const Axes& axes, double width, double height) const {
  Margins margins{.left = left_margin(axes, width), .top = kTickSize / 2};
  // The bar's numbers depend on its height, which the column names shorten; a rough height will do.
  margins.right = kBarGap + 2 + upright_bar_width(scale_, style_.bar_label, 0.8 * height);
  const double inner = std::max(1.0, width - margins.left - margins.right);
  margins.bottom = bottom_margin(axes, inner);
  if (!style_.column_labels.empty())
    margins.left =
        std::max(margins.left, NameRow(style_.column_labels, inner / columns_).overhang());
  return margins;
}

double HeatMap::preferred_height(const Axes& axes, double width, double usual) const {
  // Named rows need room for their names; for numbers any height will do.
  if (style_.row_labels.empty()) return usual;
  const double cells = std::clamp(rows_ * kUsualCell, 0.5 * usual, 2 * usual);
  return cells + bottom_margin(axes, width - left_margin(axes, width)) + kTickSize;
}

void HeatMap::draw(Canvas& canvas, const Axes& axes, const Box& panel, const Box& area) const {
  draw_cells(canvas, area);
  draw_row_names(canvas, area);
  draw_column_names(canvas, area);
  draw_axis_labels(canvas, axes, panel, area);
  draw_upright_bar(canvas, scale_, style_.bar_label,
                   {area.right + kBarGap, area.top, panel.right, area.bottom});
}

void HeatMap::draw_cells(Canvas& canvas, const Box& area) const {
  constexpr int kDigits = 2;            // of the values; cells are small
  constexpr double kSmallestValue = 5;  // size of type below which values cannot be read
  for (int row = 0; row < rows_; ++row)
    for (int column = 0; column < columns_; ++column)
      canvas.fill_whole_pixels(cell(area, row, column), scale_.color(values_[index(row, column)]));
  draw_frame(canvas, area);
  if (!style_.values) return;

  const std::vector<std::string> labels = value_labels(values_, kDigits);
  const Box box = cell(area, 0, 0);
  double size = std::min(kNoteSize, 0.8 * box.height());
  for (const std::string& label : labels)
    size = std::min(size, 0.88 * box.width() / text_width(label, 1));
  if (size < kSmallestValue) return;
  for (int row = 0; row < rows_; ++row) {
    for (int column = 0; column < columns_; ++column) {
      canvas.text(labels[index(row, column)], cell(area, row, column).center(),
                  {.size = size,
                   .color = readable_on(scale_.color(values_[index(row, column)])),
                   .align = Align::kMiddle,
                   .anchor = Anchor::kMiddle});
    }
  }
}

void HeatMap::draw_row_names(Canvas& canvas, const Box& area) const {
  const double slot = area.height() / rows_;
  const double most = area.height() / (1.1 * kTickSize);
  const bool named = !style_.row_labels.empty();
  const int stride =
      named ? static_cast<int>(std::ceil(rows_ / most)) : number_stride(rows_, most / 2);
  for (int row = 0; row < rows_; row += stride) {
    const std::string name = named ? shorten(style_.row_labels[static_cast<std::size_t>(row)],
                                             Face::kSans, kTickSize, kLongestRowName)
                                   : std::to_string(row);
    canvas.text(name, {area.left - kAxisGap, area.top + (row + 0.5) * slot},
                {.size = kTickSize, .align = Align::kEnd, .anchor = Anchor::kMiddle});
  }
}

void HeatMap::draw_column_names(Canvas& canvas, const Box& area) const {
  const double slot = area.width() / columns_;
  const double top = area.bottom + kAxisGap + 1;
  if (!style_.column_labels.empty()) {
    NameRow(style_.column_labels, slot).draw(canvas, area.left, top);
    return;
  }
  const double widest = text_width(std::to_string(columns_ - 1), kTickSize) + 18;
  const int stride = number_stride(columns_, area.width() / widest);
  for (int column = 0; column < columns_; column += stride)
    canvas.text(std::to_string(column), {area.left + (column + 0.5) * slot, top},
                {.size = kTickSize, .align = Align::kMiddle, .anchor = Anchor::kTop});
}

}  // namespace unroll::lessons
