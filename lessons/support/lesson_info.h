// What a lesson says about itself: its number, its name, and a few commands to try.
#pragma once

#include <string>
#include <vector>

namespace unroll::lessons {

struct LessonInfo {
  int number = 0;
  std::string name;                   // as in the file's name, "text_generation"
  std::string summary;                // one line for --help
  std::vector<std::string> examples;  // what to write after the command, "--quick"

  /// What the user types, "./unroll lesson 2".
  std::string command() const { return "./unroll lesson " + std::to_string(number); }

  /// The name of the program's file and of its output folder, "02_text_generation".
  std::string file_name() const {
    std::string file_name = number < 10 ? "0" : "";
    file_name += std::to_string(number);
    return file_name + '_' + name;
  }
};

}  // namespace unroll::lessons
