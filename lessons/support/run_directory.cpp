#include "lessons/support/run_directory.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <ostream>
#include <system_error>
#include <unistd.h>

#include "engine/error.h"
#include "engine/files.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& reason) {
  throw input_error("cannot write to the folder ", path.string(), ": ", reason,
                    "; choose another one with --out");
}

// The time now as "2026-01-31T12:34:56Z".
std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  gmtime_r(&now, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

RunDirectory::RunDirectory(fs::path path)
    : path_(std::move(path)), start_(std::chrono::steady_clock::now()) {
  if (path_.empty()) throw input_error("--out is empty, expected the name of a folder");
  // Looks before it makes anything: the part of the path that is there must be a folder of ours.
  std::error_code failed;
  fs::path existing = fs::absolute(path_).lexically_normal();
  while (!fs::exists(existing, failed) && existing != existing.parent_path()) {
    if (fs::is_symlink(existing)) refuse(path_, existing.string() + " is a broken link");
    existing = existing.parent_path();
  }
  if (!fs::is_directory(existing)) refuse(path_, existing.string() + " is not a folder");
  if (access(existing.c_str(), W_OK | X_OK) != 0) refuse(path_, std::strerror(errno));
  fs::create_directories(path_, failed);
  if (failed) refuse(path_, failed.message());
}

double RunDirectory::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void RunDirectory::write_metrics(const RunRecord& record) const {
  Json metrics = {{"lesson", record.lesson},   {"unroll_version", UNROLL_VERSION},
                  {"date", utc_now()},         {"duration_seconds", seconds()},
                  {"threads", record.threads}, {"settings", record.settings},
                  {"data", record.data}};
  if (!record.timings.empty()) metrics["timings"] = record.timings;
  metrics["scores"] = record.scores;
  metrics["baselines"] = record.baselines;
  write_atomically(file("metrics.json"), [&metrics](std::ostream& out) {
    // A prompt from the terminal may be broken UTF-8; that is no reason to lose the record.
    out << metrics.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  });
}

}  // namespace unroll::lessons
