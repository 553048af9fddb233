// A small table of results for the terminal.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace unroll::lessons {

/// Columns are as wide as their widest cell (in UTF-8 columns, not bytes); the first is aligned to
/// the left, the others to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> header);

  /// Throws `Error` unless there is one cell a column.
  void add_row(std::vector<std::string> cells);

  /// The lines, each ended by a line feed.
  std::string str() const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the header is the first
};

std::ostream& operator<<(std::ostream& out, const Table& table);

}  // namespace unroll::lessons
