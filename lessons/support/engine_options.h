// Those of the shared options that the engine understands.
#pragma once

#include <string>
#include <string_view>

#include "engine/nn/recurrent.h"
#include "lessons/support/command_line.h"

namespace unroll::lessons {

/// Makes --device and --threads take effect. Returns the number of threads in use. Throws an input
/// error for a device that this build or machine does not have.
int use_device_and_threads(const CommonOptions& options);

/// The cell that --cell names: rnn, lstm or gru.
nn::Cell parse_cell(std::string_view name);

/// What it is called in tables and pictures: RNN, LSTM or GRU.
std::string cell_title(std::string_view name);

/// Throws an input error that names the step and what to try when `loss` is NaN or infinite.
void check_finite_loss(double loss, std::int64_t step);

}  // namespace unroll::lessons
