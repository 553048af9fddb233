// Expectations about the `Error` that something throws.
#pragma once

#include <gtest/gtest.h>
#include <string>

#include "engine/error.h"

namespace unroll::testing {

/// Runs `action` and fails the test unless it throws an `Error` with this cause, whose message is
/// one line and contains `part`. Returns the message.
template <class Action>
std::string expect_error(Action&& action, Error::Cause cause, const std::string& part) {
  try {
    action();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.cause(), cause) << message;
    EXPECT_NE(message.find(part), std::string::npos) << "message: " << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << "message: " << message;
    return message;
  }
  ADD_FAILURE() << "expected an Error with \"" << part << "\", nothing was thrown";
  return "";
}

/// The same for an error that the user's input caused.
template <class Action>
std::string expect_input_error(Action&& action, const std::string& part) {
  return expect_error(action, Error::Cause::kInput, part);
}

}  // namespace unroll::testing
