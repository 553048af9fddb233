// The heat map: a matrix as coloured cells, with named rows and columns and a colour bar.
#pragma once

#include "lessons/support/figure_legend.h"
#include "lessons/support/figure_names.h"
#include "lessons/support/figure_panel.h"
#include "lessons/support/figure_plot.h"

namespace unroll::lessons {

class HeatMap : public Plot {
 public:
  HeatMap(Values values, int rows, int columns, HeatMapStyle style);

  double preferred_height(const Axes& axes, double width, double usual) const override;
  Margins margins(const Axes& axes, double width, double height) const override;
  void draw(Canvas& canvas, const Axes& axes, const Box& panel, const Box& area) const override;

 private:
  double left_margin(const Axes& axes, double width) const;
  double bottom_margin(const Axes& axes, double inner_width) const;
  void draw_cells(Canvas& canvas, const Box& area) const;
  void draw_row_names(Canvas& canvas, const Box& area) const;
  void draw_column_names(Canvas& canvas, const Box& area) const;
  Box cell(const Box& area, int row, int column) const;
  std::size_t index(int row, int column) const;  // into values_

  Values values_;  // (rows, columns)
  int rows_;
  int columns_;
  HeatMapStyle style_;
  ColorScale scale_;
};

}  // namespace unroll::lessons
