// Networks of different kinds, made equally large.
#pragma once

#include <cstdint>

namespace unroll::lessons {

/// The largest width, from 1 up and below `too_wide`, at which `count(width)`, the parameters of a
/// network, is at most `parameters`; 1 if none is.
template <class Count>
std::int64_t widest_within(std::int64_t parameters, std::int64_t too_wide, Count count) {
  std::int64_t width = 1;
  while (too_wide - width > 1) {
    const std::int64_t middle = (width + too_wide) / 2;
    (count(middle) <= parameters ? width : too_wide) = middle;
  }
  return width;
}

}  // namespace unroll::lessons
