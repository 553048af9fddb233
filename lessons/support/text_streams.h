// A long text cut into streams that are read side by side: the batches of a language model.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor.h"

namespace unroll::lessons {

/// Cuts a text into `batch` streams of equal length, which are read in windows of `window`
/// characters: row b of window w goes on where row b of window w−1 ended, so that the state of a
/// recurrent network can be carried from one window to the next. The few characters at the end of
/// the text that fill no whole window are left out.
class TextStreams {
 public:
  /// Throws an input error when the text is too short for one window of each stream.
  TextStreams(std::span<const std::int32_t> text, std::int64_t batch, std::int64_t window);

  std::int64_t windows() const { return windows_; }
  /// Characters that one window of all streams holds.
  std::int64_t characters_a_window() const { return batch_ * window_; }

  struct Window {
    Tensor inputs;   // (window, batch), i32
    Tensor targets;  // (window, batch), i32: the characters that follow the inputs
  };
  Window window(std::int64_t index) const { return part(index * window_, window_); }
  /// `size` characters of each stream, from its character `begin` on; they lie within the windows.
  Window part(std::int64_t begin, std::int64_t size) const;

 private:
  std::span<const std::int32_t> text_;
  std::int64_t batch_, window_, windows_;
};

}  // namespace unroll::lessons
