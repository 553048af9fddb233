// What a panel holds (a chart, a heat map, text), as the figure that lays it out sees it.
#pragma once

#include "lessons/support/canvas.h"
#include "lessons/support/figure_axis.h"

namespace unroll::lessons {

// Sizes of type, in points.
inline constexpr double kFigureTitleSize = 14;
inline constexpr double kPanelTitleSize = 11.5;
inline constexpr double kLabelSize = 10.5;  // names of axes, legends
inline constexpr double kTickSize = 9.5;    // numbers on axes
inline constexpr double kNoteSize = 9;      // captions, values, names of reference lines
inline constexpr double kLineSpacing = 1.3;

inline constexpr double kAxisGap = 5;   // between an axis and its numbers
inline constexpr double kLabelGap = 7;  // between the numbers and the axis's name

/// The two axes as the lesson set them.
struct Axes {
  AxisSettings x;
  AxisSettings y;
};

/// Room for what stands around the plotted area.
struct Margins {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

class Plot {
 public:
  virtual ~Plot() = default;

  /// The height that the contents want in a panel of `width`, where `usual` is what a chart gets.
  virtual double preferred_height(const Axes& axes, double width, double usual) const = 0;

  /// The margins that a panel of `width` x `height` needs.
  virtual Margins margins(const Axes& axes, double width, double height) const = 0;

  /// Draws into `area`, with axes and labels around it. All lies inside `panel`, which is white
  /// and has the height that `margins` was asked for.
  virtual void draw(Canvas& canvas, const Axes& axes, const Box& panel, const Box& area) const = 0;
};

/// Room that the names of the axes take beside the numbers.
inline double label_room(const AxisSettings& axis) {
  return axis.label.empty() ? 0 : kLabelGap + kLabelSize;
}

/// Writes the names of the axes: x under `panel`'s content, y to its left, centred on `area`.
void draw_axis_labels(Canvas& canvas, const Axes& axes, const Box& panel, const Box& area);

}  // namespace unroll::lessons
