// What a general-purpose compressor makes of a text: a baseline in bits that counts no n-grams.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace unroll::lessons {

/// The bytes that the program `xz -9` makes of `text`; nothing where there is no such program.
/// Throws `Error` when it fails.
std::optional<std::int64_t> xz_bytes(std::string_view text);

/// Bits that `text` adds when it is compressed behind `known`: xz(known + text) less xz(known). So
/// the compressor may use all that it can learn from `known`, as a language model does.
std::optional<double> xz_bits_after(std::string_view known, std::string_view text);

}  // namespace unroll::lessons
