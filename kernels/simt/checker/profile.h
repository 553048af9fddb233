// The profile: how each source line's accesses fall on the memory of a GPU.
//
// A model, and a simple one. The k-th time that the lanes of a warp execute an instruction, counted
// anew from each barrier or warp operation on, is taken as one request of the warp.
//   global: a request costs one for each 32-byte sector it touches; the ideal is as many sectors as
//           its distinct bytes fill.
//   shared: 32 banks of 4 bytes. A request costs one wavefront for each of the most words that it
//           wants of one bank; lanes are served 32 together, 16 for 8 bytes each, 8 for 16 bytes.
//           The ideal is no bank twice.
// Caches, time, registers and what nvcc would merge or reorder are no part of it.
#pragma once

#include <string>

#include "kernels/simt/checker/access.h"
#include "kernels/simt/checker/running.h"
#include "kernels/simt/checker/space.h"

namespace unroll::kernels::simt::checker {

/// Whether the program was asked for a profile instead of checks: UNROLL_SIMT_PROFILE=1 in the
/// environment.
bool is_profiling();

// Each does nothing unless is_profiling().
void profile_launch(const LaunchView& launch);
void profile_access(const Access& access, Space space);
/// The threads of the block have met, or those lanes of a warp.
void profile_barrier(Place place);
void profile_warp_barrier(unsigned warp, uint32_t lanes, Place place);
void profile_block_end();

/// A table for each kernel on standard output; and to the file UNROLL_SIMT_JSON, if that is set.
void print_profile();

}  // namespace unroll::kernels::simt::checker
