// Functions of C++ source and their brackets: a check of written code that needs no compiler.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// Whether each ( [ { is closed by its own kind in the right order, and nothing else is closed.
/// What stands in comments, strings and character literals does not count.
bool brackets_balanced(std::string_view code);

/// A function as our source lays it out: its head begins at the left margin and ends a line with
/// "{"; what follows up to the first line that starts with "}" is the body.
struct FunctionSource {
  std::size_t begin = 0;  // of the head
  std::size_t body = 0;   // behind the line of the "{"
  std::size_t end = 0;    // behind the "}"
};

/// The functions in `code`, in order. Those that are not closed are left out.
std::vector<FunctionSource> find_functions(std::string_view code);

/// Where a function ends whose body is `text`: behind the first "}" at the start of a line; nothing
/// when there is none.
std::optional<std::size_t> function_end(std::string_view text);

}  // namespace unroll::lessons
