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

/// Where a text goes: a terminal, or a Markdown document.
enum class Style { kPlain, kMarkdown };

/// A table with a title above.
std::string section(const std::string& title, const TextTable& table, Style style);

}  // namespace unroll::compare
