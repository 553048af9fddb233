#include "bench/compare/peer_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/error.h"
#include "lessons/support/interrupt.h"

namespace unroll::compare {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

// The environment of a contender: ours without what tunes the threads or the library of one of
// them, then what belongs to this one.
std::vector<std::string> environment_for(const PeerCommand& command, int threads) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    bool tuning = false;
    for (const char* prefix : {"OMP_", "GOMP_", "KMP_", "OPENBLAS_", "GOTO_", "MKL_", "DNNL_",
                               "ONEDNN_", "ATEN_", "TF_", "PYTHON"})
      tuning = tuning || text.starts_with(prefix);
    const size_t equals = text.find('=');
    if (!tuning && equals != std::string::npos)
      variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"})
    variables[name] = std::to_string(threads);
  variables["PYTHONDONTWRITEBYTECODE"] = "1";  // the checkout stays as it is
  for (const auto& [name, value] : command.environment) variables[name] = value;
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + '=' + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::string last_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) last = line;
  return last;
}

}  // namespace

PeerProcess::PeerProcess(const PeerCommand& command, int threads, const std::filesystem::path& log)
    : log_(log) {
  if (access(command.arguments.front().c_str(), X_OK) != 0)
    throw PeerFailure(concat_message(command.arguments.front(), " is not there"));
  int ends[2];
  require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0,
          "socketpair: ", std::strerror(errno));
  const int errors = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  std::vector<std::string> texts = command.arguments;
  std::vector<std::string> variables = environment_for(command, threads);
  const std::vector<char*> arguments = pointers(texts);
  const std::vector<char*> environment = pointers(variables);
  const pid_t parent = getpid();
  socket_ = ends[0];
  pid_ = fork();
  if (pid_ == 0) {
    // Only what is async-signal-safe from here on, since this program has threads.
    setpgid(0, 0);                        // Ctrl-C is for the driver alone
    prctl(PR_SET_PDEATHSIG, SIGKILL);     // which a stopped process receives, too
    if (getppid() != parent) _exit(127);  // it was too late for that
    signal(SIGPIPE, SIG_DFL);
    dup2(ends[1], STDIN_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    if (errors >= 0) dup2(errors, STDERR_FILENO);
    execve(arguments[0], arguments.data(), environment.data());
    _exit(127);
  }
  const int problem = errno;
  close(ends[1]);
  if (errors >= 0) close(errors);
  if (pid_ < 0) {
    close(socket_);
    throw Error(concat_message("fork: ", std::strerror(problem)));
  }
}

double PeerProcess::waited() const {
  double nanoseconds = 0;
  std::error_code ended;
  const std::filesystem::path threads = "/proc/" + std::to_string(pid_) + "/task";
  for (const auto& thread : std::filesystem::directory_iterator(threads, ended)) {
    std::ifstream file(thread.path() / "schedstat");
    double ran = 0, waiting = 0;
    if (file >> ran >> waiting) nanoseconds += waiting;
  }
  return nanoseconds * 1e-9;
}

PeerProcess::~PeerProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  close(socket_);
}

Json PeerProcess::greeting(std::chrono::seconds patience) { return answer(patience); }

Json PeerProcess::ask(const Json& request, std::chrono::seconds patience) {
  if (pid_ < 0) throw PeerFailure("it has ended");
  kill(pid_, SIGCONT);
  send(request.dump() + '\n');
  return answer(patience);
}

Json PeerProcess::answer(std::chrono::seconds patience) {
  const std::string line = read_line(patience);
  stop();
  Json json = Json::parse(line, nullptr, false);
  if (!json.is_object())
    throw PeerFailure(concat_message("expected a line of JSON, got: ", line.substr(0, 80)));
  return json;
}

void PeerProcess::send(const std::string& text) {
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t count = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw PeerFailure(obituary());
    sent += static_cast<size_t>(count);
  }
}

std::string PeerProcess::read_line(std::chrono::seconds patience) {
  const auto deadline = Clock::now() + patience;
  for (;;) {
    if (const size_t end = unread_.find('\n'); end != std::string::npos) {
      const std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    // Awake often enough to see Ctrl-C, whichever thread the signal went to.
    pollfd waiting{socket_, POLLIN, 0};
    const int ready = poll(&waiting, 1, 200);
    if (lessons::interrupted()) throw lessons::Interrupted("while a contender was at work");
    if (ready <= 0) {
      if (Clock::now() < deadline) continue;
      throw PeerFailure(concat_message("no answer in ", patience.count(), " s"));
    }
    char buffer[4096];
    const ssize_t count = recv(socket_, buffer, sizeof buffer, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw PeerFailure(obituary());
    unread_.append(buffer, static_cast<size_t>(count));
  }
}

void PeerProcess::stop() {
  kill(pid_, SIGSTOP);
  int status = 0;
  while (waitpid(pid_, &status, WUNTRACED) < 0 && errno == EINTR) {
  }
  if (WIFSTOPPED(status)) return;
  pid_ = -1;  // its answer stands; the next question finds out
}

std::string PeerProcess::obituary() {
  int status = 0;
  kill(pid_, SIGKILL);  // where it only closed its output
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  const std::string words = last_line(log_);
  const std::string cause = WIFEXITED(status)
                                ? concat_message("it ended with exit code ", WEXITSTATUS(status))
                                : concat_message("it was ended by signal ", WTERMSIG(status));
  return words.empty() ? cause : concat_message(cause, "; its last words: ", words);
}

}  // namespace unroll::compare
