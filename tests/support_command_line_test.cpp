#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lessons/support/command_line.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_error;
using unroll::testing::expect_input_error;

// The command line of a lesson that uses everything.
struct LessonCommandLine {
  CommonOptions options{.epochs = 8, .layers = 2};
  double temperature = 0.8;
  std::string prompt;
  bool interactive = false;
  CommandLine command_line{{2, "text_generation", "train on text.", {"--quick"}}};

  LessonCommandLine() {
    command_line.add_common(
        options, {"--cell", "--hidden", "--layers", "--epochs", "--seed", "--quick", "--resume",
                  "--data", "--out", "--device", "--threads", "--full", "--seeds"});
    command_line.group("Sampling");
    command_line.add("--temperature", temperature, "how daring", 0.01, 10.0);
    command_line.add("--prompt", prompt, "what to go on from");
    command_line.add_flag("--interactive", interactive, "ask for prompts");
    command_line.when_quick("--epochs", options.epochs, 1);
    command_line.when_full("--epochs", options.epochs, 20);
  }

  bool parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "program");
    return command_line.parse(static_cast<int>(arguments.size()), arguments.data());
  }
};

TEST(CommandLine, KeepsDefaultsWithoutArguments) {
  LessonCommandLine lesson;
  EXPECT_TRUE(lesson.parse({}));
  EXPECT_EQ(lesson.options.epochs, 8);
  EXPECT_EQ(lesson.options.hidden, 128);
  EXPECT_EQ(lesson.options.cell, "lstm");
  EXPECT_EQ(lesson.options.out, "out/02_text_generation");
  EXPECT_FALSE(lesson.command_line.given("--epochs"));
}

TEST(CommandLine, SetsEveryKindOfOption) {
  LessonCommandLine lesson;
  EXPECT_TRUE(lesson.parse({"--hidden", "64", "--cell=gru", "--seed", "9223372036854775807",
                            "--threads", "-1", "--temperature", "0.25", "--prompt", "Once upon",
                            "--interactive", "--resume", "--device", "simt", "--data", "a b.txt"}));
  EXPECT_EQ(lesson.options.hidden, 64);
  EXPECT_EQ(lesson.options.cell, "gru");
  EXPECT_EQ(lesson.options.seed, 9223372036854775807u);
  EXPECT_EQ(lesson.options.threads, -1);
  EXPECT_DOUBLE_EQ(lesson.temperature, 0.25);
  EXPECT_EQ(lesson.prompt, "Once upon");
  EXPECT_TRUE(lesson.interactive);
  EXPECT_TRUE(lesson.options.resume);
  EXPECT_EQ(lesson.options.device, "simt");
  EXPECT_EQ(lesson.options.data, "a b.txt");
  EXPECT_TRUE(lesson.command_line.given("--hidden"));
  EXPECT_FALSE(lesson.command_line.given("--layers"));
}

TEST(CommandLine, LastOfARepeatedOptionCounts) {
  LessonCommandLine lesson;
  EXPECT_TRUE(lesson.parse({"--hidden", "64", "--hidden", "32"}));
  EXPECT_EQ(lesson.options.hidden, 32);
}

TEST(CommandLine, QuickAndFullGiveWayToWhatIsGiven) {
  LessonCommandLine quick;
  EXPECT_TRUE(quick.parse({"--quick"}));
  EXPECT_EQ(quick.options.epochs, 1);
  LessonCommandLine both;
  EXPECT_TRUE(both.parse({"--quick", "--epochs", "3"}));
  EXPECT_EQ(both.options.epochs, 3);
  LessonCommandLine full;
  EXPECT_TRUE(full.parse({"--full"}));
  EXPECT_EQ(full.options.epochs, 20);
  LessonCommandLine given;
  EXPECT_TRUE(given.parse({"--full", "--epochs", "3"}));
  EXPECT_EQ(given.options.epochs, 3);
  LessonCommandLine neither;
  expect_input_error([&] { neither.parse({"--quick", "--full"}); }, "exclude each other");
}

TEST(CommandLine, RefusesImpossibleSizes) {
  for (const char* value : {"0", "-5", "1000000000", "99999999999999999999", "abc", "3.5", "12x"}) {
    LessonCommandLine lesson;
    expect_input_error(
        [&] {
          lesson.parse({"--hidden", value});
        },
        "--hidden must be a whole number from 1 to 16384, but is \"" + std::string(value) + "\"");
    EXPECT_EQ(lesson.options.hidden, 128);
  }
  for (const char* value : {"nan", "0", "inf", "-1", ""}) {
    LessonCommandLine lesson;
    expect_input_error(
        [&] {
          lesson.parse({"--temperature", value});
        },
        "--temperature must be a number from 0.01 to 10");
  }
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  LessonCommandLine lesson;
  expect_input_error([&] { lesson.parse({"--foo", "3"}); }, "--foo");
  expect_input_error([&] { lesson.parse({"stray"}); }, "stray");
  expect_input_error(
      [&] {
        lesson.parse({"--cell", "elman"});
      },
      "--cell must be one of rnn, lstm, gru, but is \"elman\"");
  expect_input_error([&] { lesson.parse({"--hidden"}); }, "--hidden");
  expect_input_error([&] { lesson.parse({"--foo"}); }, "./unroll lesson 2 --help");
}

TEST(CommandLine, LeavesOutWhatALessonDoesNotUse) {
  CommonOptions options;
  CommandLine command_line({1, "basic_rnn_cell", "a cell by hand.", {}});
  command_line.add_common(options, {"--seed", "--out"});
  const char* arguments[] = {"program", "--epochs", "3"};
  expect_input_error([&] { command_line.parse(3, arguments); }, "--epochs");
  EXPECT_EQ(command_line.help().find("--epochs"), std::string::npos);
  EXPECT_EQ(options.out, "out/01_basic_rnn_cell");
}

TEST(CommandLine, HelpShowsGroupsDefaultsAndExamples) {
  LessonCommandLine lesson;
  EXPECT_FALSE(lesson.parse({"--help"}));
  EXPECT_FALSE(LessonCommandLine().parse({"-h"}));
  const std::string help = lesson.command_line.help();
  EXPECT_EQ(help.find("Lesson 2, text generation: train on text."), 0u) << help;
  for (const char* part : {"Usage: ./unroll lesson 2 [options]", "\nModel\n", "--cell rnn|lstm|gru",
                           "[lstm]", "[8, with --quick 1, with --full", "\nSampling\n", "[0.8]",
                           "\nExamples\n  ./unroll lesson 2 --quick"}) {
    EXPECT_NE(help.find(part), std::string::npos) << part << " is missing in\n" << help;
  }
  EXPECT_LT(help.find("\nTraining\n"), help.find("\nSampling\n"));
  EXPECT_LT(help.find("\nSampling\n"), help.find("\nFiles\n"));
  EXPECT_EQ(lesson.options.epochs, 8);  // the quick value was only tried on
}

TEST(CommandLine, SettingsRecordEveryOption) {
  LessonCommandLine lesson;
  lesson.parse({"--hidden", "64", "--quick"});
  const Json settings = lesson.command_line.settings();
  EXPECT_EQ(settings["hidden"], 64);
  EXPECT_EQ(settings["epochs"], 1);
  EXPECT_EQ(settings["seed"], 1);
  EXPECT_EQ(settings["quick"], true);
  EXPECT_EQ(settings["temperature"], 0.8);
  EXPECT_EQ(settings.size(), 16u);
}

TEST(CommandLine, RefusesMistakesOfALesson) {
  CommonOptions options;
  CommandLine command_line({1, "x", "y", {}});
  expect_error([&] { command_line.add_common(options, {"--epoch"}); }, Error::Cause::kMachine,
               "--epoch is not an option that lessons share");
  command_line.add_common(options, {"--seed"});
  expect_error([&] { command_line.add_common(options, {"--seed"}); }, Error::Cause::kMachine,
               "--seed is added twice");
  expect_error([&] { command_line.given("--hidden"); }, Error::Cause::kMachine, "no option");
}

}  // namespace
}  // namespace unroll::lessons
