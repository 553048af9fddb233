// The rules for one access: where it may go, what must have been written before, and who else may
// have touched the same bytes.
#include "kernels/simt/checker/access.h"
#include "kernels/simt/checker/profile.h"
#include "kernels/simt/checker/report.h"
#include "kernels/simt/checker/shadow.h"
#include "kernels/simt/checker/space.h"

namespace unroll::kernels::simt::checker {
namespace {

Past past(const Access& access) {
  const Stamp now = current.block->order.now(current.thread);
  return {now.block, now.clock, static_cast<uint32_t>(access.code - program().base), now.thread,
          access.atomic};
}

bool is_after(const Past& before) {
  return current.block->order.is_after(current.thread, before.stamp());
}

const char* remedy(const Past& before) {
  const Stamp self = current.block->order.now(current.thread);
  if (before.block != self.block)
    return "different blocks: use another launch, grid.sync(), or a flag that one releases and the "
           "other acquires";
  if (before.thread / 32 == self.thread / 32)
    return "the same warp: __syncwarp() between the two orders them";
  return "the same block: __syncthreads() between the two orders them";
}

void report_race(const Access& access, Space space, const Past& before, const char* verb) {
  report({"data race", name(space), remedy(before), party(access),
          Party{verb, 0, before.block, before.thread, program().base + before.code}});
}

// Checks an access against what is known of the bytes, and remembers it there.
void check_cell(Cell& cell, const Access& access, const Location& location, const Past& self) {
  if (cell.epoch != location.epoch) cell = {location.epoch, {}, {}};
  const bool was_written = cell.write.code != 0;
  if (access.reads && location.space == Space::kShared && !was_written)
    report({"uninitialised read", name(location.space),
            "no thread of the block has written it before", party(access)});
  if (was_written && !(cell.write.atomic && access.atomic) && !is_after(cell.write))
    report_race(access, location.space, cell.write, cell.write.atomic ? "atomic write" : "write");
  if (access.writes) {
    for (Past& read : cell.reads) {
      if (read.code != 0 && !(read.atomic && access.atomic) && !is_after(read))
        report_race(access, location.space, read, read.atomic ? "atomic read" : "read");
      read = {};
    }
    cell.write = self;
    return;
  }
  // A read that this one is after need not be remembered: who is after this one is after both.
  Past* place = nullptr;
  for (Past& read : cell.reads) {
    if (read.code != 0 && (!is_after(read) || (self.atomic && !read.atomic))) continue;
    read = {};
    place = &read;
  }
  if (place == nullptr) {  // keep reads of different warps and blocks rather than of one
    place = &cell.reads.back();
    for (Past& read : cell.reads)
      if (read.block == self.block && read.thread / 32 == self.thread / 32) place = &read;
  }
  *place = self;
}

}  // namespace

void on_access(const Access& access) {
  if (!current.watched || current.stack.holds(access.address)) return;
  const Unwatched unwatched;
  const Location location = locate(access.address, access.bytes);
  if (location.space == Space::kLocal) return;
  if (is_profiling()) {
    profile_access(access, location.space);
    return;
  }
  if (location.fault != Fault::kNone) {
    const std::string detail = explain_fault(access.address, access.bytes);
    report({location.fault == Fault::kOutOfBounds ? "out of bounds"
            : location.fault == Fault::kFreed     ? "use after free"
                                                  : "not device memory",
            name(location.space), detail, party(access)});
    return;
  }
  const Past self = past(access);
  for_cells(access.address, access.bytes,
            [&](Cell& cell) { check_cell(cell, access, location, self); });
}

}  // namespace unroll::kernels::simt::checker
