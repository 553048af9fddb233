// meet.h for the CUDA thread that runs.
#include "kernels/simt/meet.h"

#include "kernels/simt/block.h"
#include "kernels/simt/gang.h"

namespace unroll::kernels::simt {
namespace {

struct Shuffle {
  uint64_t bits, result;
  unsigned source;
};

void exchange_shuffle(uint32_t mask, void* const* offers) {
  for (unsigned lane = 0; lane < 32; ++lane) {
    if (!(mask >> lane & 1)) continue;
    Shuffle& to = *static_cast<Shuffle*>(offers[lane]);
    if (to.source >= 32 || !(mask >> to.source & 1))
      Block::current().fail("lane " + std::to_string(lane) + " reads lane " +
                            std::to_string(to.source) + ", which is not in the mask");
    to.result = static_cast<Shuffle*>(offers[to.source])->bits;
  }
}

struct Ballot {
  bool predicate;
  uint32_t result;
};

void exchange_ballot(uint32_t mask, void* const* offers) {
  uint32_t result = 0;
  for (unsigned lane = 0; lane < 32; ++lane)
    if (mask >> lane & 1)
      result |= static_cast<uint32_t>(static_cast<Ballot*>(offers[lane])->predicate) << lane;
  for (unsigned lane = 0; lane < 32; ++lane)
    if (mask >> lane & 1) static_cast<Ballot*>(offers[lane])->result = result;
}

}  // namespace

void* dynamic_shared() { return Block::current().dynamic_shared(); }

unsigned lane() { return Block::current().lane(); }

int block_barrier(bool predicate, const char* what, Place place) {
  return Block::current().block_barrier(predicate, what, place);
}

void grid_barrier(Place place) {
  Block& block = Block::current();
  if (!block.launch().cooperative)
    block.fail("grid.sync() in a kernel that was not launched with launch_cooperative");
  block.gang_barrier(State::kAtGrid, "grid.sync()", place);
}

void cluster_barrier(Place place) {
  Block::current().gang_barrier(State::kAtCluster, "cluster.sync()", place);
}

void warp_barrier(uint32_t mask, Place place) {
  Block::current().warp_meet(mask, nullptr, nullptr, true, "__syncwarp", place);
}

void warp_meet(uint32_t mask, void* offer, void (*exchange)(uint32_t, void* const*),
               const char* what, Place place) {
  Block::current().warp_meet(mask, offer, exchange, false, what, place);
}

uint64_t shuffle(uint32_t mask, uint64_t bits, unsigned source, const char* what, Place place) {
  Shuffle mine{bits, 0, source};
  warp_meet(mask, &mine, exchange_shuffle, what, place);
  return mine.result;
}

uint32_t ballot(uint32_t mask, bool predicate, const char* what, Place place) {
  Ballot mine{predicate, 0};
  warp_meet(mask, &mine, exchange_ballot, what, place);
  return mine.result;
}

bool may_wait(const void* address, uint64_t bits, Place place) {
  return Block::current().may_wait(address, bits, place);
}

void note_progress() { Block::current().note_progress(); }

void pause(Place place) { Block::current().spin(place); }

unsigned cluster_blocks() { return Block::current().launch().cluster; }

unsigned cluster_rank() { return blockIdx.x % cluster_blocks(); }

void* cluster_address(void* own, unsigned rank) {
  Block& block = Block::current();
  if (rank >= cluster_blocks())
    block.fail("map_shared_rank: rank " + std::to_string(rank) + " of a cluster of " +
               std::to_string(cluster_blocks()));
  return rank == cluster_rank() ? own : block.in_peer(own, rank);
}

}  // namespace unroll::kernels::simt
