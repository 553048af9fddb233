// Figures for a book: one or more panels on a page, saved as PNG.
//
//   Figure figure("Character model", {.columns = 2, .caption = "seed 1, 1 run"});
//   Panel& loss = figure.panel(0, 0);
//   loss.title("Loss").x_label("step").y_label("nats per character");
//   loss.line(steps, training, {.label = "training"});
//   loss.line(steps, validation, {.label = "validation", .dashed = true});
//   loss.horizontal(1.67, {.label = "5-gram"});
//   figure.panel(0, 1).bars({0.4, 0.7}, {.values = true}).categories({"RNN", "LSTM"});
//   figure.save(out / "loss.png");
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "lessons/support/figure_panel.h"

namespace unroll::lessons {

class Canvas;

/// Lengths are in points; a picture has 2 x 2 pixels a point.
struct FigureOptions {
  int rows = 1;
  int columns = 1;
  std::string caption = {};  // a line below the panels: what data, how many seeds
  double width = 0;          // of the whole figure; 0: chosen by the number of columns
  double row_height = 0;     // of each row of panels; 0: chosen by what the panels hold
};

/// A grid of panels with a title above and a caption below. Margins follow the size of the text.
class Figure {
 public:
  /// Throws `Error` unless there is at least one row and one column and the sizes are sensible.
  explicit Figure(std::string title, FigureOptions options = {});

  /// The panel in a row and a column, both counted from 0; throws `Error` outside the grid.
  /// A panel that is left empty stays white. The reference lives as long as the figure.
  Panel& panel(int row = 0, int column = 0);

  /// Writes a PNG: whole, or not at all. The folder must exist. Throws `Error` with the cause
  /// `kInput` when it cannot be written.
  void save(const std::filesystem::path& path) const;

 private:
  struct Layout;

  Layout layout() const;
  Canvas draw() const;
  /// Calls `visit(panel, row, column)` for every panel.
  template <class Visit>
  void each_panel(const Visit& visit) const;

  std::string title_;
  FigureOptions options_;
  std::vector<Panel> panels_;  // row after row
};

}  // namespace unroll::lessons
