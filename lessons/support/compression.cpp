#include "lessons/support/compression.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/error.h"
#include "lessons/support/interrupt.h"

extern "C" char** environ;  // POSIX declares it in no header

namespace unroll::lessons {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  void redirect(int to, const File& file) {
    posix_spawn_file_actions_adddup2(&actions_, fileno(file.get()), to);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

File temporary_file() {
  File file(std::tmpfile());  // gone when it is closed
  require(file != nullptr, "cannot make a temporary file: ", std::strerror(errno));
  return file;
}

}  // namespace

std::optional<std::int64_t> xz_bytes(std::string_view text) {
  const File input = temporary_file(), output = temporary_file();
  require(std::fwrite(text.data(), 1, text.size(), input.get()) == text.size() &&
              std::fflush(input.get()) == 0,
          "cannot write a temporary file: ", std::strerror(errno));
  std::rewind(input.get());

  SpawnActions actions;
  actions.redirect(STDIN_FILENO, input);
  actions.redirect(STDOUT_FILENO, output);
  std::array<std::string, 4> words{"xz", "-9", "--threads=1", "--stdout"};
  std::array<char*, 5> arguments{words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                                 nullptr};
  pid_t process = 0;
  const int failure =
      posix_spawnp(&process, "xz", actions.get(), nullptr, arguments.data(), environ);
  if (failure == ENOENT) return std::nullopt;
  require(failure == 0, "cannot run xz: ", std::strerror(failure));
  int status = 0;
  while (waitpid(process, &status, 0) < 0)
    require(errno == EINTR, "lost the program xz: ", std::strerror(errno));
  if (interrupted()) throw Interrupted("nothing was trained yet; start again");
  require(WIFEXITED(status) && WEXITSTATUS(status) == 0, "xz -9 failed");
  std::fseek(output.get(), 0, SEEK_END);
  return std::ftell(output.get());
}

std::optional<double> xz_bits_after(std::string_view known, std::string_view text) {
  const std::optional<std::int64_t> alone = xz_bytes(known);
  if (!alone) return std::nullopt;
  const std::optional<std::int64_t> both = xz_bytes(std::string(known) + std::string(text));
  return 8.0 * static_cast<double>(*both - *alone);
}

}  // namespace unroll::lessons
