#include "lessons/support/terminal.h"

#include <cstdlib>
#include <iostream>
#include <poll.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lessons/support/interrupt.h"

namespace unroll::lessons {

namespace {

bool is_terminal(int file) {
  const char* kind = std::getenv("TERM");
  return isatty(file) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

}  // namespace

bool stderr_is_terminal() { return is_terminal(STDERR_FILENO); }

bool stdout_has_colors() {
  const char* unwanted = std::getenv("NO_COLOR");
  return is_terminal(STDOUT_FILENO) && (unwanted == nullptr || *unwanted == '\0');
}

int terminal_width() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::optional<std::string> ask_line(const std::string& prompt) {
  if (isatty(STDIN_FILENO) == 1) {
    std::cout << prompt << std::flush;
    // Waits here, because a read would be taken up again after Ctrl-C.
    pollfd input = {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (interrupted() || poll(&input, 1, -1) < 0) return std::nullopt;
  }
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

}  // namespace unroll::lessons
