#include "lessons/support/lists.h"

#include <algorithm>
#include <charconv>

#include "engine/error.h"

namespace unroll::lessons {

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (bool more = !text.empty(); more;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    more = comma != text.npos;
    if (more) text.remove_prefix(comma + 1);
  }
  return parts;
}

std::vector<std::int64_t> parse_numbers(std::string_view text, std::string_view option,
                                        std::int64_t smallest, std::int64_t largest) {
  std::vector<std::int64_t> numbers;
  for (const std::string& part : split_list(text)) {
    const char* const end_of_part = part.data() + part.size();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), end_of_part, number);
    if (error != std::errc() || end != end_of_part || number < smallest || number > largest)
      throw input_error(option, ": expected whole numbers from ", smallest, " to ", largest,
                        " with commas between them, got '", text, "'");
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<std::string> parse_cells(std::string_view text, std::string_view option) {
  const std::vector<std::string> cells = split_list(text);
  const auto is_cell = [](const std::string& name) {
    return name == "rnn" || name == "lstm" || name == "gru";
  };
  if (cells.empty() || !std::all_of(cells.begin(), cells.end(), is_cell))
    throw input_error(option, ": expected some of rnn, lstm, gru with commas between them, got '",
                      text, "'");
  return cells;
}

}  // namespace unroll::lessons
