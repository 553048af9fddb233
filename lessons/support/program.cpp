#include "lessons/support/program.h"

#include <exception>
#include <iostream>
#include <new>

#include "engine/error.h"
#include "kernels/environment.h"
#include "lessons/support/interrupt.h"

namespace unroll::lessons {

namespace {

// Messages of other libraries may have several lines; ours are promised to have one.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

int complain(const std::string& name, const std::string& message, int exit_code) {
  std::cout.flush();
  std::cerr << name << ": " << one_line(message) << std::endl;
  return exit_code;
}

}  // namespace

int run_program(const std::string& name, const std::function<void()>& body) {
  const InterruptGuard guard;
  try {
    body();
    std::cout.flush();
    // A reader that went away (`| head`) has seen what it wanted; a full disk is a failure.
    if (!std::cout && !pipe_closed()) {
      return complain(name, "cannot write to standard output: the disk may be full", kExitFailure);
    }
    return kExitFine;
  } catch (const Interrupted& stop) {
    return complain(name, concat_message("interrupted: ", stop.what()), kExitInterrupted);
  } catch (const Error& error) {
    return complain(name, error.what(),
                    error.cause() == Error::Cause::kInput ? kExitInput : kExitFailure);
  } catch (const kernels::EnvironmentError& error) {
    return complain(name, error.what(), kExitInput);
  } catch (const std::bad_alloc&) {
    return complain(name, "out of memory: choose smaller sizes, or free some memory", kExitFailure);
  } catch (const std::exception& error) {
    return complain(name, concat_message("unexpected failure: ", error.what()), kExitFailure);
  }
}

int run_lesson(CommandLine& command_line, int argc, const char* const* argv,
               const std::function<void()>& body) {
  return run_program("unroll lesson " + std::to_string(command_line.lesson().number), [&] {
    if (command_line.parse(argc, argv)) {
      body();
    } else {
      std::cout << command_line.help();
    }
  });
}

}  // namespace unroll::lessons
