// A fingerprint of data, so that a result can be traced to what it was computed from.
#pragma once

#include <string>
#include <string_view>

namespace unroll::lessons {

/// The SHA-256 digest of `bytes` as 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace unroll::lessons
