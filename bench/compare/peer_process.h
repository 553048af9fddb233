// A contender in a process of its own, stopped unless it is asked something.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <vector>

namespace unroll::compare {

/// How a contender is started.
struct PeerCommand {
  std::vector<std::string> arguments;  // the program first
  std::map<std::string, std::string> environment;
};

/// What went wrong with a contender: it ended, did not answer in time, or said no sense.
class PeerFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The process speaks lines of JSON over its standard input and output. It is killed with this
/// object, and by the kernel should this program be killed; so none is ever left behind, stopped or
/// not. Ctrl-C at the terminal does not reach it.
class PeerProcess {
 public:
  /// Starts it with `threads` threads; what it writes to standard error goes to `log`. Whatever
  /// this program's environment says about OpenMP or a BLAS is kept from it. Throws `PeerFailure`
  /// when the program is not there.
  PeerProcess(const PeerCommand& command, int threads, const std::filesystem::path& log);
  ~PeerProcess();
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;

  /// Reads what it says once it runs, then stops it. Throws as `ask` does.
  nlohmann::ordered_json greeting(std::chrono::seconds patience);

  /// Lets it go on, asks, waits for the answer and stops it again. Throws `PeerFailure` unless
  /// there is an answer in time, and `Interrupted` when the user wants to stop.
  nlohmann::ordered_json ask(const nlohmann::ordered_json& request, std::chrono::seconds patience);

  /// Seconds that its threads were ready to run, but had no core, since they started. 0 where the
  /// kernel does not count that.
  double waited() const;

  pid_t pid() const { return pid_; }

 private:
  std::string read_line(std::chrono::seconds patience);
  nlohmann::ordered_json answer(std::chrono::seconds patience);
  void send(const std::string& text);
  void stop();
  /// What the process died of and its last words, for a message.
  std::string obituary();

  std::filesystem::path log_;
  pid_t pid_ = -1;
  int socket_ = -1;
  std::string unread_;
};

}  // namespace unroll::compare
