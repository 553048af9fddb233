// The one exception type of unroll, and how a message is put together.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace unroll {

/// What every unroll library throws. `what()` is one line that names what was wrong, what was
/// expected, and where.
class Error : public std::runtime_error {
 public:
  /// Who can put it right. Programs exit with 1 for `kMachine` and 2 for `kInput`.
  enum class Cause { kMachine, kInput };

  explicit Error(const std::string& message, Cause cause = Cause::kMachine)
      : std::runtime_error(message), cause_(cause) {}

  Cause cause() const { return cause_; }

 private:
  Cause cause_;
};

/// The arguments, streamed one after another into a string.
template <class... Args>
std::string concat_message(const Args&... args) {
  std::ostringstream out;
  (out << ... << args);
  return out.str();
}

/// An `Error` that the user's input caused: a file, a flag, a size.
template <class... Args>
Error input_error(const Args&... args) {
  return Error(concat_message(args...), Error::Cause::kInput);
}

namespace detail {
// Apart from `require`, so that what is checked often stays small.
template <class... Args>
[[noreturn, gnu::cold, gnu::noinline]] void fail(const Args&... args) {
  throw Error(concat_message(args...));
}
}  // namespace detail

/// Throws an `Error` made of `args` unless `condition` holds.
template <class... Args>
void require(bool condition, const Args&... args) {
  if (!condition) [[unlikely]]
    detail::fail(args...);
}

}  // namespace unroll
