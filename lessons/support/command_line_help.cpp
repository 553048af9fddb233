#include <algorithm>
#include <string>
#include <vector>

#include "lessons/support/command_line.h"
#include "lessons/support/format.h"

namespace unroll::lessons {

namespace {

constexpr std::int64_t kWidth = 96;

// Breaks `text` at spaces into lines of at most `width` columns; all but the first are indented.
std::string wrap(const std::string& text, std::int64_t indent, std::int64_t width) {
  std::string wrapped;
  std::int64_t column = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    const std::int64_t columns = display_width(word);
    if (column > 0 && column + 1 + columns > width) {
      wrapped += '\n' + std::string(static_cast<std::size_t>(indent), ' ');
      column = 0;
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += columns;
    begin = end + 1;
  }
  return wrapped;
}

std::string with_spaces(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

}  // namespace

std::string CommandLine::help() const {
  // The shared groups keep their place; a lesson's own come between training and files.
  std::vector<std::string> groups = {"Model", "Training"};
  std::int64_t column = 0;
  for (const Option& option : options_) {
    if (std::find(groups.begin(), groups.end(), option.group) == groups.end() &&
        option.group != "Files" && option.group != "Machine") {
      groups.push_back(option.group);
    }
    column = std::max(column, display_width(option.name + ' ' + option.placeholder));
  }
  groups.insert(groups.end(), {"Files", "Machine"});
  column += 4;

  std::string text = "Lesson " + std::to_string(lesson_.number) + ", " + with_spaces(lesson_.name) +
                     ": " + lesson_.summary + "\n\nUsage: " + lesson_.command() + " [options]\n";
  for (const std::string& group : groups) {
    bool is_first = true;
    for (const Option& option : options_) {
      if (option.group != group) continue;
      if (is_first) text += '\n' + group + '\n';
      is_first = false;
      std::string left = "  " + option.name + ' ' + option.placeholder;
      left.resize(static_cast<std::size_t>(column), ' ');
      std::string right = option.description;
      if (!option.default_text.empty()) {
        right += " [" + option.default_text;
        if (!option.quick_text.empty()) right += ", with --quick " + option.quick_text;
        if (!option.full_text.empty()) right += ", with --full " + option.full_text;
        right += ']';
      }
      text += left + wrap(right, column, kWidth - column) + '\n';
    }
  }
  if (!lesson_.examples.empty()) text += "\nExamples\n";
  for (const std::string& example : lesson_.examples) {
    text += "  " + lesson_.command() + ' ' + example + '\n';
  }
  return text;
}

}  // namespace unroll::lessons
