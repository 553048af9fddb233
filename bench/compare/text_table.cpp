#include "bench/compare/text_table.h"

#include "lessons/support/table.h"

namespace unroll::compare {
namespace {

std::string line(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text += ' ' + cell + " |";
  return text + '\n';
}

}  // namespace

std::string TextTable::plain() const {
  lessons::Table table(header);
  for (const auto& row : rows) table.add_row(row);
  return table.str();
}

std::string TextTable::markdown() const {
  std::string text = line(header) + '|';
  for (size_t column = 0; column < header.size(); ++column)
    text += column == 0 ? " --- |" : " --: |";
  text += '\n';
  for (const auto& row : rows) text += line(row);
  return text;
}

std::string section(const std::string& title, const TextTable& table, Style style) {
  if (style == Style::kPlain) return '\n' + title + '\n' + table.plain();
  return "\n**" + title + "**\n\n" + table.markdown();
}

}  // namespace unroll::compare
