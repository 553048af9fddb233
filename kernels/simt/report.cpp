// What is written before a kernel's mistake ends the program.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "kernels/simt/block.h"
#include "kernels/simt/gang.h"
#include "kernels/simt/hooks.h"

namespace unroll::kernels::simt {
namespace {

std::string number(uint64_t value) { return std::to_string(value); }

// What a thread does: "wait at __syncthreads (file:line)", with "waits" for one alone.
std::string doing(const Thread& thread, bool alone) {
  const std::string s = alone ? "s" : "";
  if (thread.state == State::kExited) return alone ? "has exited" : "have exited";
  if (!thread.what) return alone ? "has not waited yet" : "have not waited yet";
  const std::string what = thread.what;
  const std::string place = " (" + std::string(thread.place.file) + ":" +
                            number(static_cast<uint64_t>(thread.place.line)) + ")";
  if (thread.state == State::kReady) return "can go on from " + what + place;
  if (thread.state == State::kSpins) return "repeat" + s + " " + what + place;
  char mask[32] = "";
  if (thread.state == State::kAtWarp)
    std::snprintf(mask, sizeof mask, " with mask 0x%08x", thread.mask);
  return "wait" + s + " at " + what + mask + place;
}

}  // namespace

std::string Block::describe() const {
  const uint64_t x = launch().grid.x, y = launch().grid.y;
  std::string text = "  block (" + number(index_ % x) + ", " + number(index_ / x % y) + ", " +
                     number(index_ / x / y) + ")\n";
  for (unsigned begin = 0, end; begin < count_; begin = end) {
    const std::string what = doing(threads_[begin], false);
    for (end = begin + 1; end < count_ && doing(threads_[end], false) == what;) ++end;
    text += end == begin + 1 ? "    thread " + number(begin) + " " + doing(threads_[begin], true)
                             : "    threads " + number(begin) + ".." + number(end - 1) + " " + what;
    text += "\n";
  }
  return text;
}

std::string Gang::describe() const {
  std::string text;
  for (const Member& member : members_)
    if (member.block) text += member.block->describe();
  return text;
}

// Called when no thread of the block can run.
std::string Block::deadlock() const {
  bool exited = false;
  for (unsigned i = 0; i < count_; ++i) {
    const Thread& thread = threads_[i];
    exited = exited || thread.state == State::kExited;
    if (thread.state != State::kAtWarp) continue;
    for (unsigned lane = 0; lane < 32; ++lane)
      if (thread.mask >> lane & 1 && threads_[i / 32 * 32 + lane].state == State::kExited)
        return "the mask of a warp operation names lanes that have exited";
  }
  if (exited) return "threads exited while others of their block wait for them";
  return "deadlock: the threads of a block wait for each other at different places";
}

void Block::fail(const std::string& what) const {
  std::fprintf(stderr, "simt: %.*s: %s\n%s", static_cast<int>(launch().kernel.size()),
               launch().kernel.data(), what.c_str(),
               (gang_ ? gang_->describe() : describe()).c_str());
  std::fflush(stderr);
  if (on_failure) on_failure();
  std::abort();
}

}  // namespace unroll::kernels::simt
