// What is remembered of each word of memory that kernels touched: who wrote it, and who read it
// since.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>

#include "kernels/simt/checker/order.h"
#include "kernels/simt/checker/running.h"

namespace unroll::kernels::simt::checker {

/// One access in the past. `code` is the address of its instruction less the program's base, and 0
/// where there was none.
struct Past {
  uint32_t block = 0;
  Clock clock = 0;
  uint32_t code = 0;
  uint16_t thread = 0;
  bool atomic = false;

  Stamp stamp() const { return {block, thread, clock}; }
};

/// Some bytes that are always accessed together. Three reads are enough to keep one by a thread
/// that a later write can clash with, whichever it is.
struct Cell {
  Epoch epoch = 0;
  Past write;
  std::array<Past, 3> reads;
};

/// Four bytes, a cell of their own each once something has touched some of them only.
struct Word {
  Cell whole;
  std::unique_ptr<std::array<Cell, 4>> bytes;
};

/// 4 KiB of memory.
struct Page {
  static constexpr size_t kBytes = 4096;
  std::mutex mutex;
  std::array<Word, kBytes / 4> words;
};

/// The page of `address`, made at the first call.
Page& shadow_page(uintptr_t address);

/// Calls f(cell) for the cells of the bytes from `address` on, each locked meanwhile.
template <class F>
void for_cells(uintptr_t address, size_t bytes, F f) {
  const uintptr_t end = address + bytes;
  while (address < end) {
    Page& page = shadow_page(address);
    const std::scoped_lock lock(page.mutex);
    const uintptr_t page_end = (address / Page::kBytes + 1) * Page::kBytes;
    const uintptr_t stop = end < page_end ? end : page_end;
    while (address < stop) {
      Word& word = page.words[address % Page::kBytes / 4];
      if (address % 4 == 0 && stop - address >= 4 && !word.bytes) {
        f(word.whole);
        address += 4;
        continue;
      }
      if (!word.bytes) {
        word.bytes = std::make_unique<std::array<Cell, 4>>();
        word.bytes->fill(word.whole);
      }
      f((*word.bytes)[address % 4]);
      ++address;
    }
  }
}

}  // namespace unroll::kernels::simt::checker
