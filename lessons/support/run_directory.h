// The folder of one run of a lesson: pictures, the model, and metrics.json with what came out.
#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "lessons/support/json.h"

namespace unroll::lessons {

/// What goes into metrics.json beside the version, the date and the duration.
struct RunRecord {
  std::string lesson;               // LessonInfo::file_name()
  Json settings = Json::object();   // CommandLine::settings(): the seed and the device are there
  int threads = 1;                  // how many were used
  Json data = Json::object();       // what was read; its hash under "sha256"
  Json timings = Json::object();    // what was timed, and so differs from run to run
  Json scores = Json::object();     // what the network reached
  Json baselines = Json::object();  // what it has to beat
};

class RunDirectory {
 public:
  /// Makes the folder `path` if it is not there; the run's clock starts. Throws an input error,
  /// having made nothing, when it cannot be written.
  explicit RunDirectory(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }

  /// The path of a file in the folder.
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

  /// Seconds since the run began.
  double seconds() const;

  /// Writes metrics.json, whole or not at all.
  void write_metrics(const RunRecord& record) const;

 private:
  std::filesystem::path path_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace unroll::lessons
