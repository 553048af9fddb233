// Options that are lists, "100,200" or "rnn,gru".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// The parts between commas; an empty text has none.
std::vector<std::string> split_list(std::string_view text);

/// Whole numbers with commas. Throws an input error that names `option` unless all lie between
/// `smallest` and `largest`.
std::vector<std::int64_t> parse_numbers(std::string_view text, std::string_view option,
                                        std::int64_t smallest, std::int64_t largest);

/// Names of cells with commas, at least one. Throws an input error that names `option` for others
/// than rnn, lstm and gru.
std::vector<std::string> parse_cells(std::string_view text, std::string_view option);

}  // namespace unroll::lessons
