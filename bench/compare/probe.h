// How fast the machine is at this moment: the FMA peak of the vector units, and how fast data is
// read.
#pragma once

#include <cstdint>

namespace unroll::compare {

/// FLOP/s of dependent-free multiply-adds in registers, at the widest SIMD level of this machine,
/// on `threads` threads at once: `threads` times the slowest of them. Takes about a millisecond.
double probe_fma(int threads);

/// Bytes/s at which `threads` threads read an array of `bytes` again and again, each its part: the
/// best of some passes. The array lies in the innermost cache that holds it.
double probe_reading(int threads, int64_t bytes);

}  // namespace unroll::compare
