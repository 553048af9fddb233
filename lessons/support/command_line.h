// The command line of a lesson: the options all lessons share, the lesson's own, and --help.
//
//   CommonOptions options{.epochs = 8, .hidden = 128};
//   double temperature = 0.8;
//   CommandLine command_line({2, "text_generation", "Train a network on text.", {"--quick"}});
//   command_line.add_common(options, {"--epochs", "--hidden", "--seed", "--quick"});
//   command_line.group("Sampling");
//   command_line.add("--temperature", temperature, "how daring the samples are", 0.05, 10.0);
//   command_line.when_quick("--epochs", options.epochs, 1);
//   return run_lesson(command_line, argc, argv, [&] { … });        // program.h
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lessons/support/json.h"
#include "lessons/support/lesson_info.h"

namespace unroll::lessons {

/// The options that lessons share. The values a lesson puts here before parsing are its defaults;
/// an empty `out` becomes "out/" and the lesson's `file_name()`.
struct CommonOptions {
  std::int64_t epochs = 10;
  std::int64_t hidden = 128;
  std::int64_t layers = 1;
  std::string cell = "lstm";  // rnn, lstm or gru
  std::uint64_t seed = 1;
  std::int64_t seeds = 3;      // runs of each experiment: seed, seed + 1, …
  std::string device = "cpu";  // cpu, simt or cuda
  int threads = 0;             // 0 or -1: all cores
  std::string data = {};       // a file or a folder; empty: the lesson's own
  std::string out = {};        // the folder for pictures, metrics and the model
  bool resume = false;
  bool quick = false;
  bool full = false;
};

/// Options are bound to variables, whose values when they are added are the defaults. The
/// variables must live until `parse` has returned.
class CommandLine {
 public:
  explicit CommandLine(LessonInfo lesson);

  /// Adds those of the shared options that this lesson uses, by name ("--epochs"). Throws `Error`
  /// for a name that is not a shared option.
  void add_common(CommonOptions& options, std::initializer_list<std::string_view> names);

  /// The heading in --help of the options that are added after it.
  void group(std::string title) { group_ = std::move(title); }

  /// Adds an option that takes a whole number from `smallest` to `largest`.
  template <std::integral T>
  requires(!std::same_as<T, bool>) void add(const std::string& name, T& value,
                                            std::string description,
                                            std::type_identity_t<T> smallest,
                                            std::type_identity_t<T> largest);
  /// Adds an option that takes a number from `smallest` to `largest`.
  void add(const std::string& name, double& value, std::string description, double smallest,
           double largest);
  /// Adds an option that takes any text; `placeholder` stands for it in --help.
  void add(const std::string& name, std::string& value, std::string description,
           std::string placeholder = "TEXT");
  /// Adds an option that takes one of a few words.
  void add_choice(const std::string& name, std::string& value, std::string description,
                  std::vector<std::string> choices);
  /// Adds a switch, which is off unless named.
  void add_flag(const std::string& name, bool& value, std::string description);

  /// Lets --quick set `value` (that of option `name`) to `quick`, unless the option is given.
  template <class T>
  void when_quick(const std::string& name, T& value, std::type_identity_t<T> quick);
  /// The same for --full.
  template <class T>
  void when_full(const std::string& name, T& value, std::type_identity_t<T> full);

  /// Sets the bound variables. Returns false when --help was asked for, and the program should
  /// then print `help()` and end. Throws an input error that names the option.
  bool parse(int argc, const char* const* argv);

  /// Whether option `name` was on the command line; after `parse`.
  bool given(std::string_view name) const { return find(name).given; }

  /// Every option's name (without the dashes) and value, for the record of the run.
  Json settings() const;

  /// The text of --help.
  std::string help() const;

  const LessonInfo& lesson() const { return lesson_; }

 private:
  struct Option {
    std::string name;
    std::string placeholder;  // empty: a switch
    std::string description;
    std::string group = {};
    std::function<void(const std::string&)> set;
    std::function<std::string()> show;  // the value as the user would write it
    std::function<Json()> json;
    std::string default_text = {};  // what --help shows, also after `parse`
    std::string quick_text = {};
    std::string full_text = {};
    std::function<void()> set_quick = {};
    std::function<void()> set_full = {};
    bool given = false;
  };

  void add_option(Option option);
  void add_whole_number(const std::string& name, std::string description, std::int64_t smallest,
                        std::int64_t largest, std::function<std::int64_t()> get,
                        std::function<void(std::int64_t)> set);
  const Option& find(std::string_view name) const;
  Option& find(std::string_view name);
  // `value`, bound to `option`, as --help would show it if it were `other`.
  template <class T>
  static std::string text_of(const Option& option, T& value, const T& other);

  LessonInfo lesson_;
  std::string group_;
  std::vector<Option> options_;
  const bool* quick_ = nullptr;
  const bool* full_ = nullptr;
};

template <std::integral T>
requires(!std::same_as<T, bool>) void CommandLine::add(const std::string& name, T& value,
                                                       std::string description,
                                                       std::type_identity_t<T> smallest,
                                                       std::type_identity_t<T> largest) {
  add_whole_number(
      name, std::move(description), static_cast<std::int64_t>(smallest),
      static_cast<std::int64_t>(largest), [&value] { return static_cast<std::int64_t>(value); },
      [&value](std::int64_t number) { value = static_cast<T>(number); });
}

template <class T>
std::string CommandLine::text_of(const Option& option, T& value, const T& other) {
  const T usual = std::exchange(value, other);
  std::string text = option.show();
  value = usual;
  return text;
}

template <class T>
void CommandLine::when_quick(const std::string& name, T& value, std::type_identity_t<T> quick) {
  Option& option = find(name);
  option.quick_text = text_of(option, value, quick);
  option.set_quick = [&value, quick] { value = quick; };
}

template <class T>
void CommandLine::when_full(const std::string& name, T& value, std::type_identity_t<T> full) {
  Option& option = find(name);
  option.full_text = text_of(option, value, full);
  option.set_full = [&value, full] { value = full; };
}

}  // namespace unroll::lessons
