// UTF-8 text as code points, and where it is broken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// The offset of the first byte that is not valid UTF-8; nothing if all of `text` is valid.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Throws an input error unless `text` is valid UTF-8: `name` (a file, an option), the byte's
/// offset and its line.
void require_utf8(std::string_view text, const std::string& name);

/// The number of code points of valid UTF-8.
std::int64_t count_code_points(std::string_view text);

/// Where code point number `index` of valid UTF-8 begins; `index` is at most their number.
std::size_t byte_offset(std::string_view text, std::int64_t index);

/// The bytes that the code point at the front of `text` takes; `text` is valid and not empty.
std::size_t code_point_bytes(std::string_view text);

/// How a character is written where a blank one would not be seen: "·", "↵", "→".
std::string visible(const std::string& character);

/// The text, or where there is nothing to see in it, words that say so.
std::string or_blanks(const std::string& text);

/// The code point at the front of `text`, which is valid and not empty.
char32_t front_code_point(std::string_view text);

/// The pieces of valid UTF-8 between white space, no-break and other spaces of Unicode included, as
/// Python's str.split() has them.
std::vector<std::string_view> split_at_spaces(std::string_view text);

}  // namespace unroll::lessons
