// What a program says to the tools that watch it, if any do.
#pragma once

namespace unroll::kernels::simt {

/// What the profile has counted so far was preparation: forget it. Null unless the program is built
/// with the checker.
[[gnu::weak]] void forget_profile();

}  // namespace unroll::kernels::simt
