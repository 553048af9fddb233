// How the blocks of a group hand each other their results in every step, through global memory.
//
// Each block writes its part of one vector a batch row: forward, the states of its units; backward,
// the gradients of their h-gates. Then it raises its flag to the number of vectors written, and
// goes on when the flags of all blocks of its group stand there. The store that raises a flag
// releases, and the load that sees it acquires, what was written before it.
//
// Two buffers take turns: a block that writes vector n + 2 has seen every flag at n + 2, which a
// block raises only after it has read vector n.
#pragma once

#include "kernels/recurrent/split.h"

namespace unroll::kernels {
namespace {

template <class Element>
class FlagExchange {
 public:
  static constexpr bool kCluster = false;

  /// Where all groups exchange vectors of `width` elements, in global memory.
  struct Memory {
    Element* vectors;  // (2, groups, rows, width), zero at first
    unsigned* flags;   // (groups, blocks), zero at first
    int groups, rows, blocks, width;

    Memory(Arena& arena, const Split& split, int padded_rows, int padded_width)
        : groups(split.groups), rows(padded_rows), blocks(split.blocks), width(padded_width) {
      vectors = arena.take<Element>(vector_elements());
      flags = arena.take<unsigned>(int64_t{groups} * blocks);
    }
    void clear() const {
      gpu_zero(Gpu{}, static_cast<size_t>(vector_elements()) * sizeof(Element), vectors);
      gpu_zero(Gpu{}, static_cast<size_t>(groups * blocks) * sizeof(unsigned), flags);
    }
    HD int64_t vector_elements() const { return int64_t{2} * groups * rows * width; }
  };

  /// Bytes of shared memory that a block needs for it.
  static int64_t shared_bytes(int /*rows*/, int /*width*/) { return 0; }

  /// As many groups as there are `tile_rows` batch rows for, or fewer, until fits(split); if none
  /// does, one group. All blocks run at once, one on each multiprocessor.
  template <class Fits>
  static Split split(const RecurrentShape& shape, const GpuProperties& gpu, int tile_rows,
                     Fits fits) {
    const auto wanted = static_cast<int>((shape.batch + tile_rows - 1) / tile_rows);
    for (int groups = wanted < gpu.multiprocessors ? wanted : gpu.multiprocessors;; --groups) {
      if (groups <= 1) return Split(shape, 1, gpu.multiprocessors);
      const Split split(shape, groups, gpu.multiprocessors / groups);
      if (fits(split)) return split;
    }
  }

  __device__ __forceinline__ FlagExchange(const Memory& memory, const Share& share,
                                          void* /*shared*/)
      : vectors_(memory.vectors + int64_t{share.group} * memory.rows * memory.width),
        flags_(memory.flags + share.group * memory.blocks),
        other_(memory.groups * memory.rows * memory.width),
        width_(memory.width),
        blocks_(memory.blocks),
        member_(share.member) {}

  /// Vector n of the group's first row; the next row's is width() elements on.
  __device__ __forceinline__ const Element* vectors(int64_t n) const {
    return vectors_ + (n % 2 ? other_ : 0);
  }
  __device__ __forceinline__ int width() const { return width_; }

  __device__ __forceinline__ void put(int64_t n, int row, int at, Element value) const {
    vectors_[(n % 2 ? other_ : 0) + row * width_ + at] = value;
  }

  /// Tells the group that this block has written its part of `count` vectors.
  __device__ __forceinline__ void publish(int64_t count) const {
    __syncthreads();
    if (threadIdx.x == 0)
      flag(member_).store(static_cast<unsigned>(count), cuda::memory_order_release);
  }

  /// Waits until all blocks of the group have written theirs; each thread watches one of them.
  __device__ __forceinline__ void wait(int64_t count) const {
    for (int block = static_cast<int>(threadIdx.x); block < blocks_; block += kThreads)
      while (flag(block).load(cuda::memory_order_acquire) < static_cast<unsigned>(count)) {
      }
    __syncthreads();
  }

 private:
  using Flag = cuda::atomic_ref<unsigned, cuda::thread_scope_device>;
  __device__ __forceinline__ Flag flag(int block) const { return Flag(flags_[block]); }

  Element* vectors_;
  unsigned* flags_;
  int other_;  // elements from one buffer to the other
  int width_, blocks_, member_;
};

}  // namespace
}  // namespace unroll::kernels
