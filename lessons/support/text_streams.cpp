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

TextStreams::Window TextStreams::window(std::int64_t index) const {
  Tensor inputs({window_, batch_}, DType::i32), targets({window_, batch_}, DType::i32);
  std::int32_t* input = inputs.mutable_data<std::int32_t>();
  std::int32_t* target = targets.mutable_data<std::int32_t>();
  for (std::int64_t t = 0; t < window_; ++t)
    for (std::int64_t b = 0; b < batch_; ++b) {
      const auto at = static_cast<std::size_t>((b * windows_ + index) * window_ + t);
      *input++ = text_[at];
      *target++ = text_[at + 1];
    }
  return {inputs, targets};
}

}  // namespace unroll::lessons
