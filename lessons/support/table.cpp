#include "lessons/support/table.h"

#include <algorithm>
#include <ostream>

#include "engine/error.h"
#include "lessons/support/format.h"

namespace unroll::lessons {

Table::Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }

void Table::add_row(std::vector<std::string> cells) {
  require(cells.size() == rows_[0].size(), "[Table] expected ", rows_[0].size(), " cells, got ",
          cells.size());
  rows_.push_back(std::move(cells));
}

std::string Table::str() const {
  constexpr std::int64_t kGap = 2;
  std::vector<std::int64_t> widths(rows_[0].size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  const auto spaces = [&text](std::int64_t count) {
    text.append(static_cast<std::size_t>(count), ' ');
  };
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string& cell = rows_[r][i];
      const std::int64_t padding = widths[i] - display_width(cell);
      if (i > 0) spaces(kGap + padding);
      text += cell;
      if (i == 0 && widths.size() > 1) spaces(padding);
    }
    text += '\n';
    if (r > 0) continue;
    std::int64_t total = -kGap;
    for (const std::int64_t width : widths) total += width + kGap;
    for (std::int64_t i = 0; i < total; ++i) text += "─";
    text += '\n';
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const Table& table) { return out << table.str(); }

}  // namespace unroll::lessons
