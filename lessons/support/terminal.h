// What we know of the terminal, and a line asked from it.
#pragma once

#include <optional>
#include <string>

namespace unroll::lessons {

/// Whether standard error, where progress is shown, is a terminal that understands cursor movement.
bool stderr_is_terminal();

/// Whether standard output is a terminal that shows colours, and nobody has set NO_COLOR.
bool stdout_has_colors();

/// Columns of the terminal behind standard error; 80 where that cannot be known.
int terminal_width();

/// Prints `prompt` (on a terminal only) and reads one line from standard input. Nothing at the end
/// of the input, or when Ctrl-C is pressed.
std::optional<std::string> ask_line(const std::string& prompt);

}  // namespace unroll::lessons
