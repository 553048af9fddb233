// A table that can be printed for a terminal and for a Markdown document.
#pragma once

#include <string>
#include <vector>

namespace unroll::compare {

struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  std::string plain() const;
  std::string markdown() const;
};

}  // namespace unroll::compare
