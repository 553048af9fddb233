// Ctrl-C that lets a training loop finish its step and save.
//
//   while (training) {
//     step();
//     if (interrupted()) {
//       save();
//       throw Interrupted("saved in out/x; go on with ./unroll lesson 2 --resume");
//     }
//   }
#pragma once

#include <stdexcept>

namespace unroll::lessons {

/// While it lives, the first SIGINT or SIGTERM only sets the flag that `interrupted()` reads and
/// says so on standard error; the second ends the program at once. SIGPIPE (the reader of our
/// output has gone) sets the flag too and never ends the program. There is one at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// Whether the program has been asked to stop since the guard was made.
bool interrupted();

/// Whether standard output or standard error was closed by its reader.
bool pipe_closed();

/// Thrown once everything is saved; `what()` says where, and how to go on. `run_lesson` prints it
/// and exits with 130.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace unroll::lessons
