// order.h
#include "kernels/simt/checker/order.h"

#include <algorithm>
#include <bit>

namespace unroll::kernels::simt::checker {

bool Knowledge::covers(const Stamp& stamp) const {
  const auto found = blocks_.find(stamp.block);
  if (found == blocks_.end()) return false;
  if (stamp.clock < found->second.all) return true;
  const unsigned warp = kFirstWarp + stamp.thread / 32;
  for (const auto& [party, before] : found->second.parties)
    if ((party == stamp.thread || party == warp) && stamp.clock < before) return true;
  return false;
}

void Knowledge::add_block(uint32_t block, Clock before) {
  OfBlock& known = blocks_[block];
  if (before <= known.all) return;
  known.all = before;
  std::erase_if(known.parties, [&](const auto& party) { return party.second <= before; });
}

void Knowledge::add_party(OfBlock& known, unsigned party, Clock before) {
  if (before <= known.all) return;
  for (auto& [other, bound] : known.parties)
    if (other == party) {
      bound = std::max(bound, before);
      return;
    }
  known.parties.emplace_back(party, before);
}

void Knowledge::add_warp(uint32_t block, unsigned warp, Clock before) {
  add_party(blocks_[block], kFirstWarp + warp, before);
}

void Knowledge::add_thread(uint32_t block, unsigned thread, Clock before) {
  add_party(blocks_[block], thread, before);
}

void Knowledge::add(const Knowledge& other) {
  for (const auto& [block, theirs] : other.blocks_) {
    add_block(block, theirs.all);
    OfBlock& known = blocks_[block];
    for (const auto& [party, before] : theirs.parties) add_party(known, party, before);
  }
}

BlockOrder::BlockOrder(uint32_t block, unsigned threads)
    : block_(block), threads_(threads), warps_((threads + 31) / 32) {}

bool BlockOrder::is_after(unsigned thread, const Stamp& access) const {
  if (access.block == block_) {
    if (access.thread == thread || access.clock < barrier_) return true;
    if (access.thread / 32 == thread / 32) {
      const Warp& warp = warps_[thread / 32];
      if (access.clock < warp.all) return true;
      if (warp.lanes && access.clock < (*warp.lanes)[thread % 32][access.thread % 32]) return true;
    }
  } else if (known_.covers(access)) {
    return true;
  }
  const Thread& self = threads_[thread];
  return self.known && self.known->covers(access);
}

void BlockOrder::block_barrier() {
  barrier_ = ++time_;
  const Knowledge* added = nullptr;  // lanes of a warp often share what they know
  for (Thread& thread : threads_) {
    thread.clock = time_;
    if (thread.known && thread.known.get() != added) known_.add(*thread.known);
    if (thread.known) added = thread.known.get();
  }
  for (Thread& thread : threads_) thread.known.reset();
}

void BlockOrder::warp_barrier(unsigned warp, uint32_t lanes) {
  const unsigned first = warp * 32;
  const auto count = static_cast<unsigned>(threads_.size()) - first;
  const uint32_t existing = count < 32 ? (1u << count) - 1 : ~0u;
  lanes &= existing;
  ++time_;

  std::shared_ptr<Knowledge> known;
  for (uint32_t rest = lanes; rest != 0; rest &= rest - 1) {
    Thread& thread = threads_[first + static_cast<unsigned>(std::countr_zero(rest))];
    thread.clock = time_;
    if (!thread.known) continue;
    if (!known) known = std::make_shared<Knowledge>();
    known->add(*thread.known);
  }
  if (known)
    for (uint32_t rest = lanes; rest != 0; rest &= rest - 1)
      threads_[first + static_cast<unsigned>(std::countr_zero(rest))].known = known;

  if (lanes == existing) {
    warps_[warp].all = time_;
    return;
  }
  auto& rows = warps_[warp].lanes;
  if (!rows) rows = std::make_unique<Rows>();
  std::array<Clock, 32> joined{};
  for (unsigned lane = 0; lane < 32; ++lane)
    if (lanes >> lane & 1)
      for (unsigned other = 0; other < 32; ++other)
        joined[other] = std::max(joined[other], (*rows)[lane][other]);
  for (unsigned lane = 0; lane < 32; ++lane)
    if (lanes >> lane & 1) joined[lane] = time_;
  for (unsigned lane = 0; lane < 32; ++lane)
    if (lanes >> lane & 1) (*rows)[lane] = joined;
}

void BlockOrder::barrier(std::span<BlockOrder* const> blocks) {
  Knowledge all;
  for (BlockOrder* block : blocks) {
    block->block_barrier();
    all.add(block->known_);
    all.add_block(block->block_, block->time_);
  }
  for (BlockOrder* block : blocks) block->known_.add(all);
}

Knowledge BlockOrder::release(unsigned thread) {
  Thread& self = threads_[thread];
  const Warp& warp = warps_[thread / 32];
  Knowledge result = known_;
  if (self.known) result.add(*self.known);
  result.add_block(block_, barrier_);
  result.add_warp(block_, thread / 32, warp.all);
  if (warp.lanes)
    for (unsigned other = 0; other < 32; ++other)
      result.add_thread(block_, thread / 32 * 32 + other, (*warp.lanes)[thread % 32][other]);
  self.clock = ++time_;
  result.add_thread(block_, thread, time_);
  return result;
}

void BlockOrder::acquire(unsigned thread, const Knowledge& released) {
  auto known = std::make_shared<Knowledge>(released);
  if (threads_[thread].known) known->add(*threads_[thread].known);
  threads_[thread].known = std::move(known);
}

void BlockOrder::relaxed_read(unsigned thread, const Knowledge& released) {
  std::shared_ptr<Knowledge>& read = threads_[thread].read;
  if (!read) read = std::make_shared<Knowledge>();
  read->add(released);
}

void BlockOrder::fence(unsigned thread) {
  Thread& self = threads_[thread];
  if (self.read) acquire(thread, *std::exchange(self.read, nullptr));
  self.fenced = std::make_shared<Knowledge>(release(thread));
}

}  // namespace unroll::kernels::simt::checker
