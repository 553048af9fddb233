// Going on with a training that was stopped.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/checkpoint.h"
#include "lessons/support/command_line.h"

namespace unroll::lessons {

/// One of the trainings of a run.
struct SavedTraining {
  std::filesystem::path file;  // where it is saved
  std::string run;             // its data and settings (`settings_that_matter`)
  bool resume = false;         // go on with what is in the file
};

/// What a resumed run must share with the one that was stopped: all settings but `others` and those
/// that say where and how often to compute (--out, --threads, --device, --seeds, --resume), and
/// `more`, such as a hash of the data.
std::string settings_that_matter(const CommandLine& command_line,
                                 std::initializer_list<const char*> others,
                                 const Json& more = Json::object());

/// Sets `training` to what was saved of it in `file`. `run`, which is among its values under that
/// name, says what data and settings it has. Throws an input error when there is no such file, or
/// when its run had others.
void resume_training(const std::filesystem::path& file, const Training& training,
                     const std::string& run);

}  // namespace unroll::lessons
