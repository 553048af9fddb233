#include <functional>
#include <gtest/gtest.h>
#include <new>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "engine/error.h"
#include "kernels/environment.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/program.h"

namespace unroll::lessons {
namespace {

struct Outcome {
  int exit_code;
  std::string out, err;
};

Outcome run(const std::function<void()>& body) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const int exit_code = run_program("unroll lesson 2", body);
  std::string out = ::testing::internal::GetCapturedStdout();
  return {exit_code, std::move(out), ::testing::internal::GetCapturedStderr()};
}

TEST(Program, ExitCodesAreHonest) {
  EXPECT_EQ(run([] {}).exit_code, 0);

  const Outcome input = run([] { throw input_error("x.txt is empty"); });
  EXPECT_EQ(input.exit_code, 2);
  EXPECT_EQ(input.err, "unroll lesson 2: x.txt is empty\n");

  const Outcome machine = run([] { throw Error("the disk is full"); });
  EXPECT_EQ(machine.exit_code, 1);
  EXPECT_EQ(machine.err, "unroll lesson 2: the disk is full\n");

  const Outcome variable =
      run([] { throw kernels::EnvironmentError("UNROLL_SIMD=fast: expected portable"); });
  EXPECT_EQ(variable.exit_code, 2);
  EXPECT_EQ(variable.err, "unroll lesson 2: UNROLL_SIMD=fast: expected portable\n");

  const Outcome memory = run([] { throw std::bad_alloc(); });
  EXPECT_EQ(memory.exit_code, 1);
  EXPECT_NE(memory.err.find("out of memory"), std::string::npos);

  const Outcome other = run([] { throw std::logic_error("first\nsecond\n"); });
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_EQ(other.err, "unroll lesson 2: unexpected failure: first second\n");

  const Outcome stopped = run([] { throw Interrupted("saved in out/x"); });
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_EQ(stopped.err, "unroll lesson 2: interrupted: saved in out/x\n");
}

TEST(Program, LessonParsesBeforeItRuns) {
  const auto lesson = [](const char* argument, bool& ran) {
    CommonOptions options;
    CommandLine command_line({2, "text_generation", "train on text.", {}});
    command_line.add_common(options, {"--epochs"});
    const char* arguments[] = {"program", argument};
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int exit_code = run_lesson(command_line, 2, arguments, [&] { ran = true; });
    std::string out = ::testing::internal::GetCapturedStdout();
    return Outcome{exit_code, std::move(out), ::testing::internal::GetCapturedStderr()};
  };
  bool ran = false;
  const Outcome help = lesson("--help", ran);
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.out.find("--epochs N"), std::string::npos);
  const Outcome unknown = lesson("--wrong", ran);
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_EQ(unknown.err.find("unroll lesson 2: "), 0u);
  EXPECT_FALSE(ran);
  EXPECT_EQ(lesson("--epochs=2", ran).exit_code, 0);
  EXPECT_TRUE(ran);
}

TEST(Interrupt, FirstSignalSetsTheFlag) {
  for (const int signal_number : {SIGINT, SIGTERM}) {
    ::testing::internal::CaptureStderr();
    {
      const InterruptGuard guard;
      EXPECT_FALSE(interrupted());
      raise(signal_number);
      EXPECT_TRUE(interrupted());
      EXPECT_FALSE(pipe_closed());
    }
    EXPECT_NE(::testing::internal::GetCapturedStderr().find("Stopping"), std::string::npos);
  }
  const InterruptGuard fresh;
  EXPECT_FALSE(interrupted());
}

TEST(Interrupt, GuardRestoresTheFormerHandlers) {
  struct sigaction before = {}, after = {};
  sigaction(SIGINT, nullptr, &before);
  { const InterruptGuard guard; }
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
}

TEST(InterruptDeathTest, SecondSignalKills) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const int signal_number : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          const InterruptGuard guard;
          raise(signal_number);
          raise(signal_number);
          _exit(0);
        },
        ::testing::KilledBySignal(signal_number), "Stopping");
  }
}

TEST(Interrupt, ClosedPipeAsksToStopAndNeverKills) {
  const InterruptGuard guard;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(write(ends[1], "x", 1), -1);
  close(ends[1]);
  EXPECT_TRUE(interrupted());
  EXPECT_TRUE(pipe_closed());
}

}  // namespace
}  // namespace unroll::lessons
