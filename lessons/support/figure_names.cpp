#include "lessons/support/figure_names.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lessons/support/figure_plot.h"
#include "lessons/support/text_wrap.h"

namespace unroll::lessons {

namespace {

constexpr double kLineHeight = 1.2 * kTickSize;
constexpr double kLongestTurned = 110;  // longer names are cut when they are turned
constexpr std::size_t kMostLines = 3;

double longest_of(const std::vector<std::string>& lines) {
  double longest = 0;
  for (const std::string& line : lines) longest = std::max(longest, text_width(line, kTickSize));
  return longest;
}

}  // namespace

NameRow::NameRow(const std::vector<std::string>& names, double slot) : slot_(slot) {
  const double room = std::max(slot - 6, 1.0);
  bool fits = true;
  for (const std::string& name : names) {
    lines_.push_back(wrap(name, Face::kSans, kTickSize, room));
    // Where a line ends inside a word, the pieces with a space between them are not the name.
    std::string joined = lines_.back()[0];
    for (std::size_t i = 1; i < lines_.back().size(); ++i) joined += " " + lines_.back()[i];
    fits = fits && joined == name && lines_.back().size() <= kMostLines;
  }
  if (fits) return;
  degrees_ = slot >= 1.45 * kTickSize ? 45 : 90;
  stride_ = static_cast<std::size_t>(std::max(1.0, std::ceil(1.1 * kTickSize / slot)));
  for (std::size_t i = 0; i < names.size(); ++i)
    lines_[i] = {shorten(names[i], Face::kSans, kTickSize, kLongestTurned)};
}

double NameRow::height() const {
  double tallest = 0;
  for (std::size_t i = 0; i < lines_.size(); i += stride_) {
    const double longest = longest_of(lines_[i]);
    const double height = degrees_ == 0    ? kLineHeight * static_cast<double>(lines_[i].size())
                          : degrees_ == 90 ? longest
                                           : (longest + kTickSize) / std::numbers::sqrt2;
    tallest = std::max(tallest, height);
  }
  return tallest;
}

double NameRow::overhang() const {
  if (degrees_ != 45) return 0;
  double furthest = 0;
  for (std::size_t i = 0; i < lines_.size(); i += stride_)
    furthest = std::max(furthest, longest_of(lines_[i]) / std::numbers::sqrt2 -
                                      slot_ * (static_cast<double>(i) + 0.5));
  return furthest;
}

void NameRow::draw(Canvas& canvas, double left, double top) const {
  for (std::size_t i = 0; i < lines_.size(); i += stride_) {
    const double x = left + slot_ * (static_cast<double>(i) + 0.5);
    if (degrees_ == 0) {
      double y = top;
      for (const std::string& line : lines_[i]) {
        canvas.text(line, {x, y},
                    {.size = kTickSize, .align = Align::kMiddle, .anchor = Anchor::kTop});
        y += kLineHeight;
      }
    } else {
      canvas.text(lines_[i][0], {x, top + (degrees_ == 45 ? kTickSize / 3 : 0)},
                  {.size = kTickSize,
                   .align = Align::kEnd,
                   .anchor = Anchor::kMiddle,
                   .degrees = degrees_});
    }
  }
}

}  // namespace unroll::lessons
