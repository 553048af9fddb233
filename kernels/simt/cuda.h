// The CUDA programming model on the CPU: what a .cu file sees when the host compiler compiles it.
//
// Each CUDA thread is a fiber. A block's fibers run on one OS thread, one at a time, and change
// over only where CUDA threads wait for each other: barriers, warp operations, atomics in a loop.
#pragma once

#include "kernels/simt/atomics.h"
#include "kernels/simt/builtins.h"
#include "kernels/simt/cooperative_groups.h"
#include "kernels/simt/intrinsics.h"
#include "kernels/simt/launch.h"
#include "kernels/simt/low_precision.h"
#include "kernels/simt/runtime_api.h"
#include "kernels/simt/wmma.h"
