#include "lessons/support/text_streams.h"

#include "engine/error.h"

namespace unroll::lessons {

TextStreams::TextStreams(std::span<const std::int32_t> text, std::int64_t batch,
                         std::int64_t window)
    : text_(text), batch_(batch), window_(window) {
  // A stream needs one character more than it has inputs: the last one's target.
  windows_ = (static_cast<std::int64_t>(text.size()) - 1) / (batch * window);
  if (windows_ < 1)
    throw input_error("the text is too short: ", text.size(), " characters, but ", batch,
                      " streams with windows of ", window, " need ", batch * window + 1,
                      "; use a longer text, or smaller --batch and --window");
}

TextStreams::Window TextStreams::part(std::int64_t begin, std::int64_t size) const {
  std::vector<std::int32_t> inputs, targets;
  for (std::int64_t t = begin; t < begin + size; ++t)
    for (std::int64_t b = 0; b < batch_; ++b) {
      const auto at = static_cast<std::size_t>(b * windows_ * window_ + t);
      inputs.push_back(text_[at]);
      targets.push_back(text_[at + 1]);
    }
  return {from_vector(inputs, {size, batch_}), from_vector(targets, {size, batch_})};
}

}  // namespace unroll::lessons
