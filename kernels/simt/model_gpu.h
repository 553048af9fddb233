// The GPU that simt claims to be: a small one of compute capability 9.0.
//
// Registers are not modelled: how many a kernel takes is known to nvcc alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace unroll::kernels::simt {

struct ModelGpu {
  static constexpr const char* kName = "simt (a model of compute capability 9.0 on the CPU)";
  static constexpr int kMajor = 9, kMinor = 0;
  static constexpr int kMultiprocessors = 16;
  static constexpr int kClockKilohertz = 1'500'000;
  static constexpr int kMemoryClockKilohertz = 1'500'000, kMemoryBusBits = 1024;
  static constexpr int kL2Bytes = 8 << 20;
  static constexpr size_t kMemoryBytes = size_t{8} << 30;

  static constexpr unsigned kBlockThreads = 1024;
  static constexpr unsigned kBlockX = 1024, kBlockY = 1024, kBlockZ = 64;
  static constexpr unsigned kGridX = 0x7fffffff, kGridY = 65535, kGridZ = 65535;
  static constexpr unsigned kClusterBlocks = 8;

  static constexpr size_t kSharedBytes = 48 * 1024;        // of a block, without asking
  static constexpr size_t kSharedBytesOptin = 227 * 1024;  // of a block, after opting in
  static constexpr size_t kSharedBytesReserved = 1024;     // of each block, by CUDA
  static constexpr size_t kMultiprocessorSharedBytes = 228 * 1024;
  static constexpr unsigned kMultiprocessorThreads = 2048;
  static constexpr unsigned kMultiprocessorBlocks = 32;
  static constexpr int kMultiprocessorRegisters = 64 * 1024;

  /// Blocks of this size that a multiprocessor holds at once.
  static constexpr unsigned resident_blocks(uint64_t threads, size_t shared_bytes) {
    const uint64_t by_threads = kMultiprocessorThreads / ((threads + 31) / 32 * 32);
    const uint64_t by_shared = kMultiprocessorSharedBytes / (shared_bytes + kSharedBytesReserved);
    return static_cast<unsigned>(
        std::min<uint64_t>({by_threads, by_shared, kMultiprocessorBlocks}));
  }
};

}  // namespace unroll::kernels::simt
