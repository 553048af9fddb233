// What surrounds every lesson's main: parsing, one line for an error, an honest exit code.
#pragma once

#include <functional>
#include <string>

#include "lessons/support/command_line.h"

namespace unroll::lessons {

/// The exit codes of all programs of unroll.
inline constexpr int kExitFine = 0;
inline constexpr int kExitFailure = 1;        // ours or the machine's
inline constexpr int kExitInput = 2;          // the user's input
inline constexpr int kExitInterrupted = 130;  // stopped by the user, state saved

/// Parses the command line, prints --help where asked for, otherwise runs `body` with an
/// `InterruptGuard` in place. Whatever is thrown becomes one line on standard error,
/// "unroll lesson 2: message", and the exit code that is returned.
int run_lesson(CommandLine& command_line, int argc, const char* const* argv,
               const std::function<void()>& body);

/// The same for a program that is no lesson and parses its own arguments; `name` opens the line
/// of an error.
int run_program(const std::string& name, const std::function<void()>& body);

}  // namespace unroll::lessons
