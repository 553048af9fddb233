#include "lessons/support/engine_options.h"

#include <cctype>
#include <cmath>

#include "engine/device.h"
#include "engine/error.h"
#include "kernels/parallel.h"

namespace unroll::lessons {

int use_device_and_threads(const CommonOptions& options) {
  set_default_device(parse_device(options.device));
  if (options.threads > 0) kernels::set_num_threads(options.threads);
  return kernels::num_threads();
}

nn::Cell parse_cell(std::string_view name) {
  if (name == "rnn") return nn::Cell::kRnnTanh;
  if (name == "lstm") return nn::Cell::kLstm;
  if (name == "gru") return nn::Cell::kGru;
  throw input_error("unknown cell '", name, "': expected rnn, lstm or gru");
}

std::string cell_title(std::string_view name) {
  std::string title(name);
  for (char& letter : title) letter = static_cast<char>(std::toupper(letter));
  return title;
}

void check_finite_loss(double loss, std::int64_t step) {
  if (std::isfinite(loss)) return;
  throw input_error("the loss became ", loss, " at step ", step,
                    ": training diverged and was stopped; the last good model is kept. Try a "
                    "smaller --lr or clip gradients harder (--clip 0.5)");
}

}  // namespace unroll::lessons
