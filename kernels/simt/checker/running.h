// What runs: the launch, its blocks, and the CUDA thread that this OS thread executes.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/simt/checker/order.h"
#include "kernels/simt/hooks.h"

namespace unroll::kernels::simt::checker {

/// A range of addresses.
struct Range {
  uintptr_t begin = 0;
  size_t bytes = 0;
  bool holds(uintptr_t address) const { return address - begin < bytes; }
};

/// A launch or a block, of all that the process has run: what is remembered of a memory word is
/// void once its epoch, that of the launch or of the block whose shared memory it is, is over.
using Epoch = uint32_t;

struct Block {
  BlockInfo info;
  Epoch epoch;
  Range dynamic_shared;  // its dynamic shared memory,
  Range static_shared;   // and where its OS thread keeps static shared variables
  BlockOrder order;
};

/// The launch that runs. One runs at a time, as all work is on one stream.
struct LaunchView {
  Epoch epoch = 0;
  std::string kernel;
  dim3 grid, block;
  Range host;  // what starts its threads, and hands them their parameters
};
const LaunchView& current_launch();

/// How many launches there were, and of how many kernels.
struct LaunchCounts {
  size_t launches, kernels;
};
LaunchCounts launch_counts();

/// What the calling OS thread executes.
struct Current {
  bool watched = false;    // code of a kernel, and not the runtime or the checker
  Block* block = nullptr;  // null between blocks
  unsigned thread = 0;     // the CUDA thread,
  Range stack;             // and where its variables are
};
extern thread_local constinit Current current;

/// While one lives, nothing is watched: the checker's own code may share functions of the standard
/// library with instrumented kernels.
class Unwatched {
 public:
  Unwatched() : before_(current.watched) { current.watched = false; }
  ~Unwatched() { current.watched = before_; }
  Unwatched(const Unwatched&) = delete;
  Unwatched& operator=(const Unwatched&) = delete;

 private:
  bool before_;
};

/// The running block in whose shared memory an address lies, or null.
const Block* owner_of_shared(uintptr_t address);

/// The program's own code and data: constants, and variables of namespace scope; and what is to be
/// subtracted from an address in it to get the one in its file.
struct Program {
  Range image;
  uintptr_t base;
};
const Program& program();

}  // namespace unroll::kernels::simt::checker
