// Going on with a training that was stopped.
#pragma once

#include <filesystem>
#include <string>

#include "engine/checkpoint.h"

namespace unroll::lessons {

/// Sets `training` to what was saved of it in `file`. `run`, which is among its values under that
/// name, says what data and settings it has. Throws an input error when there is no such file, or
/// when its run had others.
void resume_training(const std::filesystem::path& file, const Training& training,
                     const std::string& run);

}  // namespace unroll::lessons
