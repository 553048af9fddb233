#include "lessons/support/interrupt.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <signal.h>
#include <string_view>
#include <unistd.h>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

std::atomic<bool> stop_requested{false};
std::atomic<bool> pipe_was_closed{false};
std::atomic<bool> guard_exists{false};
std::array<struct sigaction, 3> previous;
constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGPIPE};

// Handlers may only touch lock-free atomics and call what is async-signal-safe.
static_assert(std::atomic<bool>::is_always_lock_free);

void say(std::string_view text) {
  const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
  static_cast<void>(written);  // a closed terminal is no reason to fail here
}

void on_stop(int signal_number) {
  const int saved_errno = errno;
  const bool on_terminal = isatty(STDERR_FILENO) == 1;
  if (!stop_requested.exchange(true)) {
    if (on_terminal) say("\n");  // leaves the line of a progress bar
    say("Stopping after this step. Once more stops at once.\n");
  } else {
    if (on_terminal) say("\n");
    signal(signal_number, SIG_DFL);
    raise(signal_number);  // delivered when this handler returns
  }
  errno = saved_errno;
}

void on_closed_pipe(int) {
  pipe_was_closed = true;
  stop_requested = true;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  require(!guard_exists.exchange(true), "[InterruptGuard] there is one already");
  stop_requested = false;
  pipe_was_closed = false;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction action = {};
    action.sa_handler = kSignals[i] == SIGPIPE ? on_closed_pipe : on_stop;
    action.sa_flags = SA_RESTART;  // or a blocked write would fail
    sigaction(kSignals[i], &action, &previous[i]);
  }
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &previous[i], nullptr);
  guard_exists = false;
}

bool interrupted() { return stop_requested; }

bool pipe_closed() { return pipe_was_closed; }

}  // namespace unroll::lessons
