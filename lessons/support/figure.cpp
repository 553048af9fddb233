#include "lessons/support/figure.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/error.h"
#include "engine/files.h"
#include "lessons/support/canvas.h"
#include "lessons/support/figure_plot.h"
#include "lessons/support/text_wrap.h"

namespace unroll::lessons {

namespace {

constexpr int kMostPanels = 12;  // in a row or a column
constexpr double kPageMargin = 14;
constexpr double kPanelGap = 20;
constexpr double kLeastArea = 20;  // of a plot whose labels take all of a small panel

double usual_width(int columns) { return columns <= 2 ? 720 : columns == 3 ? 860 : 1000; }

/// Wide panels are flatter than narrow ones.
double usual_height(double panel_width) { return std::clamp(0.75 * panel_width, 220.0, 380.0); }

double lines_height(std::size_t count, double size) {
  return static_cast<double>(count) * size * kLineSpacing;
}

/// Draws the lines below `top`; returns where the next would begin.
double draw_lines(Canvas& canvas, const std::vector<std::string>& lines, double left, double top,
                  const Lettering& lettering) {
  for (const std::string& line : lines) {
    canvas.text(line, {left, top + kAscent * lettering.size}, lettering);
    top += lettering.size * kLineSpacing;
  }
  return top;
}

std::vector<std::string> wrapped(const std::string& text, Face face, double size, double width) {
  return text.empty() ? std::vector<std::string>{} : wrap(text, face, size, width);
}

}  // namespace

void draw_axis_labels(Canvas& canvas, const Axes& axes, const Box& panel, const Box& area) {
  canvas.text(axes.x.label, {area.center().x, panel.bottom},
              {.size = kLabelSize, .align = Align::kMiddle, .anchor = Anchor::kBottom});
  canvas.text(
      axes.y.label, {panel.left + kLabelSize / 2, area.center().y},
      {.size = kLabelSize, .align = Align::kMiddle, .anchor = Anchor::kMiddle, .degrees = 90});
}

Figure::Figure(std::string title, FigureOptions options)
    : title_(std::move(title)), options_(std::move(options)) {
  require(options_.rows >= 1 && options_.columns >= 1 && options_.rows <= kMostPanels &&
              options_.columns <= kMostPanels,
          "figure: ", options_.rows, " rows and ", options_.columns,
          " columns of panels; expected 1 to ", kMostPanels, " of each");
  require(options_.width == 0 || options_.width >= 150 * options_.columns, "figure: a width of ",
          options_.width, " points for ", options_.columns,
          " columns; expected at least 150 for each");
  require(options_.row_height == 0 || options_.row_height >= 100, "figure: a row height of ",
          options_.row_height, " points; expected at least 100");
  panels_.resize(static_cast<std::size_t>(options_.rows) *
                 static_cast<std::size_t>(options_.columns));
}

Panel& Figure::panel(int row, int column) {
  require(row >= 0 && row < options_.rows && column >= 0 && column < options_.columns,
          "figure: no panel in row ", row, ", column ", column, "; there are ", options_.rows,
          " rows and ", options_.columns, " columns, counted from 0");
  return panels_[static_cast<std::size_t>(row * options_.columns + column)];
}

template <class Visit>
void Figure::each_panel(const Visit& visit) const {
  const auto columns = static_cast<std::size_t>(options_.columns);
  for (std::size_t i = 0; i < panels_.size(); ++i) visit(panels_[i], i / columns, i % columns);
}

/// Sizes that the panels of a grid share.
struct Figure::Layout {
  struct Row {
    double title = 0;            // room for the titles of the panels
    double height = 0;           // without them
    double top = 0, bottom = 0;  // margins
  };
  struct Column {
    double left = 0, right = 0;  // margins
  };

  double width = 0;  // of the page
  double panel_width = 0;
  std::vector<Row> rows;
  std::vector<Column> columns;
};

Figure::Layout Figure::layout() const {
  Layout layout;
  layout.width = options_.width > 0 ? options_.width : usual_width(options_.columns);
  layout.panel_width =
      (layout.width - 2 * kPageMargin - kPanelGap * (options_.columns - 1)) / options_.columns;
  layout.rows.resize(static_cast<std::size_t>(options_.rows));
  layout.columns.resize(static_cast<std::size_t>(options_.columns));
  const double usual = usual_height(layout.panel_width);

  each_panel([&](const Panel& panel, std::size_t row, std::size_t) {
    if (!panel.plot_) return;
    const double wanted = options_.row_height > 0 ? options_.row_height
                                                  : panel.plot_->preferred_height(
                                                        *panel.axes_, layout.panel_width, usual);
    layout.rows[row].height = std::max(layout.rows[row].height, wanted);
  });
  each_panel([&](const Panel& panel, std::size_t row, std::size_t column) {
    if (!panel.plot_) return;
    const Margins margins =
        panel.plot_->margins(*panel.axes_, layout.panel_width, layout.rows[row].height);
    layout.rows[row].top = std::max(layout.rows[row].top, margins.top);
    layout.rows[row].bottom = std::max(layout.rows[row].bottom, margins.bottom);
    layout.columns[column].left = std::max(layout.columns[column].left, margins.left);
    layout.columns[column].right = std::max(layout.columns[column].right, margins.right);
  });
  each_panel([&](const Panel& panel, std::size_t row, std::size_t) {
    const std::size_t lines =
        wrapped(panel.title_, Face::kBold, kPanelTitleSize, layout.panel_width).size();
    layout.rows[row].title = std::max(layout.rows[row].title,
                                      lines_height(lines, kPanelTitleSize) + (lines > 0 ? 3 : 0));
  });
  return layout;
}

Canvas Figure::draw() const {
  const Layout layout = this->layout();
  const double text_width = layout.width - 2 * kPageMargin;
  const auto title = wrapped(title_, Face::kBold, kFigureTitleSize, text_width);
  const auto caption = wrapped(options_.caption, Face::kSans, kNoteSize, text_width);

  double height = 2 * kPageMargin + lines_height(title.size(), kFigureTitleSize) +
                  lines_height(caption.size(), kNoteSize);
  if (!title.empty()) height += 8;
  if (!caption.empty()) height += 10;
  for (const Layout::Row& row : layout.rows) height += row.title + row.height;
  height += kPanelGap * (options_.rows - 1);

  Canvas canvas(layout.width, height);
  double top = draw_lines(canvas, title, kPageMargin, kPageMargin,
                          {.size = kFigureTitleSize, .face = Face::kBold});
  if (!title.empty()) top += 8;
  std::vector<double> row_tops;
  for (const Layout::Row& row : layout.rows) {
    row_tops.push_back(top);
    top += row.title + row.height + kPanelGap;
  }
  each_panel([&](const Panel& panel, std::size_t row, std::size_t column) {
    const Layout::Row& sizes = layout.rows[row];
    const double left =
        kPageMargin + static_cast<double>(column) * (layout.panel_width + kPanelGap);
    const double upper = row_tops[row] + sizes.title;
    const Box box{left, upper, left + layout.panel_width, upper + sizes.height};
    Box area{box.left + layout.columns[column].left, box.top + sizes.top,
             box.right - layout.columns[column].right, box.bottom - sizes.bottom};
    area.right = std::max(area.right, area.left + kLeastArea);
    area.bottom = std::max(area.bottom, area.top + kLeastArea);
    if (panel.plot_) panel.plot_->draw(canvas, *panel.axes_, box, area);
    draw_lines(canvas, wrapped(panel.title_, Face::kBold, kPanelTitleSize, box.width()), box.left,
               row_tops[row], {.size = kPanelTitleSize, .face = Face::kBold});
  });
  draw_lines(canvas, caption, kPageMargin, top - kPanelGap + 10,
             {.size = kNoteSize, .color = kQuietInk});
  return canvas;
}

void Figure::save(const std::filesystem::path& path) const {
  const Canvas canvas = draw();
  write_atomically(path, [&canvas](std::ostream& out) { canvas.write_png(out); });
}

}  // namespace unroll::lessons
